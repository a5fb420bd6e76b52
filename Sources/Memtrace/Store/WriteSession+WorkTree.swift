// The work tree follows: the same lines by append, and never over what a person did to a file.

internal import Git
internal import System

extension WriteSession {
  /// Brings the working file to what the commit holds, leaving alone what a person did to it.
  /// - Returns: whether the file holds exactly that now.
  func write(_ file: PlannedFile) throws -> Bool {
    let target = file.target ?? file.committed
    // Once more where somebody put another file in its place meanwhile.
    for _ in 0..<3 {
      let working = try store.folder.read(file.path)
      switch working {
      case target?: return true
      case nil where file.committed.isEmpty, file.committed?:
        // The common case. A cut in the middle of it leaves the beginning of the target.
        try store.folder.extend(file.path) {
          $0 == working ?? [] ? Array(target[$0.count...]) : []
        }
      case nil:
        // A person, `git clean` or a sparse checkout took it away: it comes back whole.
        try replaceWorkingFile(file.path, with: target)
        return true
      case let working?:
        if file.committed.starts(with: working) {
          // Cut short, or put back by a `git restore` at the moment of a commit: nobody's edit.
          store.notices.append(
            "\(file.path): the work tree lacked lines at its end that are committed; they are back")
        } else if try !isOurs(working, file) {
          try appendMissing(file, to: working)
          return false
        }
        try replaceWorkingFile(file.path, with: target)
        return true
      }
    }
    return try store.folder.read(file.path) == target
  }

  /// Whole or not at all. What is written beside it lies in our own folder, where a cut leaves it to be written over.
  func replaceWorkingFile(_ path: String, with bytes: [UInt8]) throws {
    try store.folder.replace(path, with: bytes, by: state + "/work-tree-file")
  }

  /// HEAD's bytes and a part of what we were appending. A torn last line that is not from the journal goes to the
  /// quarantine.
  private func isOurs(_ working: [UInt8], _ file: PlannedFile) throws -> Bool {
    guard working.starts(with: file.committed) else { return false }
    if (file.target ?? file.committed).starts(with: working) { return true }
    let tail = Self.tornTail(of: working)
    let start = working.count - tail.count
    guard start >= file.committed.count, !tail.isEmpty, (try? JSON(parsing: tail)) == nil,
      file.waiting.flatMap(\.bytes).starts(with: working[file.committed.count..<start])
    else { return false }
    let name = file.path.split(separator: "/").suffix(2).joined(separator: ".")
    try store.stateFiles().replace(
      "quarantine/\(name).\(store.world.now().milliseconds)", with: tail, mode: 0o600)
    store.notices.append(
      "\(file.path): a torn last line was moved to .git/memtrace/quarantine and the file rebuilt")
    return true
  }

  /// Adds to a file that a person has changed what it lacks at its end: our lines, and committed ones that a stash which
  /// was popped at the moment of a commit had put behind.
  private func appendMissing(_ file: PlannedFile, to working: [UInt8]) throws {
    let target = file.target ?? file.committed
    let tail = Self.tornTail(of: working)
    // We were cut off in the middle of this before.
    guard !tail.isEmpty, file.waiting.contains(where: { $0.bytes.starts(with: tail) }) else {
      _ = try addMissing(to: file.path, having: target)
      return
    }
    let kept = Array(working.dropLast(tail.count))
    let missing = LineSet.missingAtEnd(of: kept, having: target)
    try replaceWorkingFile(file.path, with: PlannedFile.joined(kept, missing))
  }

  /// Adds to a working file what it lacks at its end.
  /// - Returns: whether it lacked something.
  func addMissing(to path: String, having target: [UInt8]) throws -> Bool {
    var isAdded = false
    try store.folder.extend(path) { working in
      let missing = LineSet.missingAtEnd(of: working, having: target)
      guard !missing.isEmpty else { return [] }
      isAdded = true
      return Array(PlannedFile.joined(working, missing)[working.count...])
    }
    return isAdded
  }

  /// What follows the last line feed.
  private static func tornTail(of bytes: [UInt8]) -> [UInt8] {
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return Array(bytes[end...])
  }
}
