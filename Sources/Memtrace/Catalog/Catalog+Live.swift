// A catalog that stays open: it follows what this process writes without reading it again.

internal import Synchronization
internal import System

extension Catalog {
  /// Files that are as they are known here.
  func current(among paths: Set<String>) -> [String: FileStamp] {
    var current: [String: FileStamp] = [:]
    for path in paths {
      let known = look { $0.known(path) }
      // One that cannot be looked at now is read again.
      if let stamp = try? tree.stamp(path) ?? .absent, stamp == known { current[path] = stamp }
    }
    return current
  }

  /// Lines that were added are at the end of these files by now; they are in the overlay already.
  /// - Parameter before: as `current(among:)` said before it was done.
  func grew(_ lines: [PendingLine], _ before: [String: FileStamp]) {
    var bytes: [String: Int64] = [:]
    for line in lines { bytes[line.path, default: 0] += Int64(line.bytes.count) }
    for (path, old) in before {
      guard let now = try? tree.stamp(path), now.size == max(0, old.size) + bytes[path, default: 0]
      else { continue }
      look { held in
        guard held.known(path) == old else { return }
        let segment = held.views.stamp(of: path)
        if held.absorbed[path] != nil || segment == .absent {
          held.absorbed[path] = now
        } else {
          held.grown[path] = (segment, now)
        }
      }
    }
  }

  /// What is there now, whatever was held before: HEAD is on another branch, or nobody knows what has changed. Until all of
  /// it is read, answers are as before.
  func reopen(_ store: Store) throws {
    let meanwhile = try replacing.withLock { _ in
      try noting {
        while true {
          let (erasures, changes) = look { ($0.erasures, $0.erasureChanges) }
          let other = Catalog(
            tree, files: files, limits: limits, identityKeys: identityKeys, waiting: waiting)
          other.look { $0.erasures = erasures }
          let waiting = try waiting()
          let head = try head(store)
          try other.open(at: head, waiting) { try other.follow(from: $0, to: head, store) }
          if put(other.look { $0 }, isAnew: true, since: changes) { return }
        }
      }
    }
    let branch = try store.place.branch()
    try add(meanwhile.filter { $0.isMeant(for: branch) })
  }

  /// Makes a segment of the overlay where it holds much, so that memory stays small.
  /// - Parameter head: a commit that everything here is at, or past.
  func settleOpen(at head: KnownCommit?) throws {
    guard let files, look({ $0.filesOf.count + $0.outsideIn.count }) > limits.muchOpen else {
      return
    }
    let meanwhile = try replacing.withLock { _ in
      try noting {
        guard !look({ $0.views.contains { $0.segment.name.isEmpty } }) else { return }
        try replaceOverlay(in: files, at: head, isAnew: false)
      }
    }
    try add(try waiting())
    try add(meanwhile)
  }
}
