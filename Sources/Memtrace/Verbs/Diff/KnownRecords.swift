// Which records a commit had already, in another file than the one where they are new.

internal import Git

extension Repository {
  /// A record that is so much younger than a commit is not in it: clocks differ by less, and where one does not, what was
  /// copied is told as new.
  private static let certainlyLater: Int64 = 3_600_000

  /// How much younger than an archive its lines are not: 60 days by the clock of whoever archived, less ten for that clock.
  private static let archivedAfter: Int64 = 50 * 86_400_000

  /// Those of these memories whose id a commit has in the folder where it belongs, or in an archive of its month, as they read
  /// there.
  /// - Parameter files: what has changed since, read already.
  func records(
    _ memories: [Memory], of commit: Commit, without files: [ChangedFile]
  ) throws -> [RecordID: Memory] {
    let time = commit.committer.seconds * 1_000
    let memories = memories.filter { $0.id.ulid.milliseconds < time + Self.certainlyLater }
    let changed = Dictionary(files.map { ($0.path, $0.old) }) { first, _ in first }
    var gathering = Gathering()
    for (folder, memories) in Dictionary(grouping: memories, by: { Layout.place(of: $0).folder }) {
      let wanted = Set(memories.map(\.id))
      var paths: [(path: String, id: ObjectID)] = []
      if let entry = try treeEntry(in: commit.tree, folder), entry.isTree {
        paths = try entries(of: entry.id).filter { $0.mode.isRegular }
          .map { ("\(folder)/\($0.name)", $0.id) }
      }
      let oldest = memories.map(\.id.ulid.milliseconds).min() ?? 0
      if let session = memories[0].session,
        oldest < time - Self.archivedAfter
      {
        paths += try archives(of: session, in: commit.tree)
      }
      for (path, id) in paths where FileName.mayHoldMemories(path) {
        let bytes = try changed[path] ?? blob(id)
        gathering.add(lines(wanted, of: bytes ?? []))
      }
    }
    return Dictionary(gathering.memories().map { ($0.id, $0) }) { first, _ in first }
  }

  private func lines(_ wanted: Set<RecordID>, of bytes: [UInt8]) -> [UInt8] {
    var lines: [UInt8] = []
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard let id = line.id, wanted.contains(id) else { return }
        lines += line.bytes
        lines.append(UInt8(ascii: "\n"))
      }
    }
    return lines
  }
}
