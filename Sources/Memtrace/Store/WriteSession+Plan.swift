// What each file is to hold: HEAD's blob and the waiting lines, never the working file's bytes.

internal import Git

/// A file of records, before and after.
struct PlannedFile {
  let path: String
  /// HEAD's bytes; empty where HEAD has no such file.
  let committed: [UInt8]
  /// The waiting lines that HEAD does not have.
  let added: [PendingLine]
  /// Every waiting line of this file, also those that HEAD has already.
  let waiting: [PendingLine]

  /// What the commit is to hold; nil where HEAD holds it already.
  var target: [UInt8]? { added.isEmpty ? nil : Self.joined(committed, added) }

  static func joined(_ bytes: [UInt8], _ lines: [PendingLine]) -> [UInt8] {
    var result = bytes
    if let last = result.last, last != UInt8(ascii: "\n") { result.append(UInt8(ascii: "\n")) }
    for line in lines { result += line.bytes }
    return result
  }
}

extension WriteSession {
  /// The files of the waiting lines, in order of first mention. A line whose id HEAD's file has already was
  /// committed before a crash.
  func plan(on tree: ObjectID?) throws -> [PlannedFile] {
    var order: [String] = []
    var lines: [String: [PendingLine]] = [:]
    for line in pending {
      if lines[line.path] == nil { order.append(line.path) }
      lines[line.path, default: []].append(line)
    }
    return try order.map { path in
      let committed = try blob(at: path, in: tree) ?? []
      let waiting = lines[path] ?? []
      let known = Self.ids(in: committed)
      let added = waiting.filter { line in Self.ids(in: line.bytes).isDisjoint(with: known) }
      return PlannedFile(path: path, committed: committed, added: added, waiting: waiting)
    }
  }

  static func ids(in bytes: [UInt8]) -> Set<RecordID> {
    var ids: Set<RecordID> = []
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        if let id = line.id { ids.insert(id) }
      }
    }
    return ids
  }

  /// Brings the working file to what the commit will hold, leaving alone what a person did to it.
  /// - Returns: whether the file holds exactly that now.
  func write(_ file: PlannedFile) throws -> Bool {
    let target = file.target ?? file.committed
    guard let working = try store.folder.read(file.path) else {
      // A person, `git clean` or a sparse checkout took it away: it comes back whole.
      try store.folder.replace(file.path, with: target)
      return true
    }
    if working == target { return true }
    if working == file.committed || working.isEmpty {
      try store.folder.append(Array(target[working.count...]), to: file.path)
      return true
    }
    if working.starts(with: file.committed), target.starts(with: working) {
      // We were cut off in the middle of an append.
      try store.folder.replace(file.path, with: target)
      return true
    }
    if try quarantineTail(of: file, working: working) {
      try store.folder.replace(file.path, with: target)
      return true
    }
    let known = Self.ids(in: working)
    let missing = file.waiting.filter { Self.ids(in: $0.bytes).isDisjoint(with: known) }
    if !missing.isEmpty { try store.folder.append(missing.flatMap(\.bytes), to: file.path) }
    return false
  }

  /// A last line that is no JSON, in our own file and not in HEAD: a torn append. It goes to the quarantine.
  private func quarantineTail(of file: PlannedFile, working: [UInt8]) throws -> Bool {
    guard working.starts(with: file.committed), working.last != UInt8(ascii: "\n") else {
      return false
    }
    let start = working.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    guard start >= file.committed.count, (try? JSON(parsing: Array(working[start...]))) == nil,
      working[file.committed.count..<start].elementsEqual(
        file.waiting.flatMap(\.bytes).prefix(start - file.committed.count))
    else { return false }
    let name = file.path.split(separator: "/").suffix(2).joined(separator: ".")
    try store.stateFiles().replace(
      "quarantine/\(name).\(store.world.now().milliseconds)", with: Array(working[start...]),
      mode: 0o600)
    store.notices.append(
      "\(file.path): a torn last line was moved to .git/memtrace/quarantine and the file rebuilt")
    return true
  }
}
