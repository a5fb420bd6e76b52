// What a fetch brought, looked through before any reference moves.

import Git

/// Changes from what both sides know to the remote's side.
struct Incoming {
  let changes: [TreeChange]
  private let repository: Repository

  /// Bytes of one file in our folders.
  static let largestFile = 64 * 1_024 * 1_024

  /// - Throws: what makes a remote's tree one that must not be taken.
  init(
    _ repository: Repository, from base: ObjectID?, to theirs: ObjectID, remote: String,
    isJoining: Bool
  ) throws {
    self.repository = repository
    let tree = try repository.commit(theirs).tree
    try Self.checkConfiguration(repository, tree, remote, isJoining)
    let baseTree = try base.map { try repository.commit($0).tree }
    changes = try repository.changes(from: baseTree, to: tree)
    for change in changes {
      guard let new = change.new else { continue }
      if let problem = try Self.problem(change.path, new, repository) {
        throw MemtraceError(
          .invalid,
          "\(remote) holds \(Self.printable(change.path)), \(problem); nothing was changed",
          hint: "have it removed from the remote, then memtrace sync")
      }
    }
  }

  /// Counts the records that the base has not.
  func records() throws -> Int { try repository.recordsAdded(changes) }

  private static func problem(
    _ path: String, _ new: TreeChange.Side, _ repository: Repository
  ) throws -> String? {
    if !TreePath.isPossible(path) { return "a path that leads out of the work tree" }
    let first = path.prefix { $0 != "/" }
    guard Layout.recordRoots.contains(String(first)) || first == ".memtrace" else { return nil }
    if !TreePath.isWritable(path) { return "a name that no memory file may have" }
    if !new.mode.isRegular { return "a link where a memory file should be" }
    if path == first { return "a file where a memory folder should be" }
    let size = try repository.blobSize(new.id)
    return size > largestFile ? "\(size >> 20) MiB large (at most 64 MiB are taken)" : nil
  }

  private static func checkConfiguration(
    _ repository: Repository, _ tree: ObjectID, _ remote: String, _ isJoining: Bool
  ) throws {
    guard let entry = try repository.treeEntry(in: tree, Layout.configuration), entry.mode.isBlob
    else {
      if isJoining { return }
      throw MemtraceError(
        .conflict,
        "\(remote) is no memory repository: it holds other files and no \(Layout.configuration)",
        hint: "memtrace sync \(remote) --join puts this memory beside its files")
    }
    if isJoining {
      throw MemtraceError(
        .conflict,
        "\(remote) holds a memory of its own, with no history in common; the two are not joined",
        hint: "memtrace clone it, and memtrace import what memtrace export prints here")
    }
    do {
      _ = try Configuration(parsing: repository.blob(entry.id))
    } catch let error as MemtraceError {
      throw MemtraceError(
        error.kind, "\(remote): \(error.message); nothing was changed", hint: error.hint)
    }
  }

  /// Without what a terminal would obey or could not show.
  static func printable(_ path: String) -> String {
    String(
      String.UnicodeScalarView(
        path.unicodeScalars.prefix(200).map {
          $0.value < 32 || $0.value == 127 || $0.value >= 0x10_0000 ? "?" : $0
        }))
  }
}

extension Repository {
  /// Records in the record files of `new` that the same files of `old` have not.
  func recordsAdded(from old: ObjectID?, to new: ObjectID) throws -> Int {
    let oldTree = try old.map { try commit($0).tree }
    return try recordsAdded(changes(from: oldTree, to: commit(new).tree))
  }

  func recordsAdded(_ changes: [TreeChange]) throws -> Int {
    var count = 0
    for change in changes where RecordPath.isRecordFile(change.path) {
      guard let new = change.new, new.mode.isRegular else { continue }
      let after = WriteSession.ids(in: try blob(new.id))
      let old = try change.old.flatMap { $0.mode.isRegular ? try blob($0.id) : nil }
      count += old.map { after.subtracting(WriteSession.ids(in: $0)).count } ?? after.count
    }
    return count
  }
}
