// All record files of a repository, for verbs that look at lines and not at records.

internal import Glibc

extension Store {
  /// Lines that are acknowledged and in no commit yet; none where they are another user's, who will commit them.
  func waiting() throws -> [PendingLine] {
    guard let state = place.stateFolder else { return [] }
    do {
      return try Journal.read(state + "/journal")
    } catch let error as SystemError where error.code == EACCES {
      return []
    }
  }

  /// How many torn lines were put aside.
  func quarantined() throws -> Int {
    guard let gitFolder = place.gitFolder else { return 0 }
    return try Folder(gitFolder).list("memtrace/quarantine").count
  }

  /// Calls `body` with every record file, path and contents, in the order of paths; what waits in the journal
  /// comes last, in files of its own.
  func eachRecordFile(_ body: (String, FileName, [UInt8]) throws -> Void) throws {
    var waiting = Dictionary(grouping: try waiting(), by: \.path)
    for root in Layout.recordRoots {
      try folder.walk(root) { path, bytes in
        guard let name = path.split(separator: "/").last, let file = FileName(name) else { return }
        var bytes = bytes
        if let lines = waiting.removeValue(forKey: path) {
          let known = WriteSession.ids(in: bytes)
          bytes = PlannedFile.joined(
            bytes, lines.filter { WriteSession.ids(in: $0.bytes).isDisjoint(with: known) })
        }
        try body(path, file, bytes)
      }
    }
    for (path, lines) in waiting.sorted(by: { $0.key < $1.key }) {
      try body(path, lines[0].file, lines.flatMap(\.bytes))
    }
  }
}
