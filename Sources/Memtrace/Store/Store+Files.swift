// All record files of a repository, for verbs that look at lines and not at records.

internal import Glibc
internal import System

extension Store {
  /// Lines that are acknowledged and in no commit yet; none where they are another user's, who will commit them.
  func waiting() throws -> [PendingLine] { try place.waiting() }

  /// Whether it has under 2,000 files, as the head of the Git index counts them. Where that is not there, or cannot be
  /// read, it has: more is looked at then.
  var isSmall: Bool {
    guard let gitFolder = place.gitFolder,
      let head = try? Descriptor(opening: gitFolder + "/index", O_RDONLY).prefix(12),
      head.count == 12
    else { return true }
    return head[8..<12].reduce(0) { $0 << 8 | Int($1) } < 2_000
  }

  /// The files of torn lines that were put aside and that nobody has looked at yet.
  func quarantined() throws -> [String] {
    guard let state = place.stateFolder, access(state, F_OK) == 0 else { return [] }
    return try Folder(state).list("quarantine").filter { !$0.isFolder }.map(\.name)
  }

  /// Moves them where they count no longer.
  func clearQuarantine() throws {
    let names = try quarantined()
    guard !names.isEmpty else { return }
    let folder = try stateFolder() + "/quarantine"
    try Path.makeFolder(folder + "/cleared", mode: 0o700)
    for name in names {
      try retrying("rename", name) { rename("\(folder)/\(name)", "\(folder)/cleared/\(name)") }
    }
  }

  /// Calls `body` with every file of lines, path and contents, records first, then the words of `.memtrace`; what waits
  /// in the journal comes last, in files of its own.
  /// - Parameter unread: called with the path of every other `.jsonl`, which nobody reads.
  func eachRecordFile(
    unread: (String) -> Void = { _ in }, _ body: (String, FileName, [UInt8]) throws -> Void
  ) throws {
    var waiting = Dictionary(grouping: try waiting(), by: \.path)
    for root in Layout.lineRoots {
      try folder.walk(root) { path, bytes in
        guard let name = path.split(separator: "/").last, let file = FileName(name) else {
          return path.hasSuffix(".jsonl") ? unread(path) : ()
        }
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

extension Store {
  /// Paths in our folders of what is neither a file nor a folder: nobody reads it.
  func oddities() throws -> [String] { try Layout.lineRoots.flatMap(folder.oddities) }
}

extension Place {
  /// Stamps of what a write changes before it is acknowledged: HEAD, its branch and the journal.
  func writeMarks(on branch: String?) -> [FileStamp?] {
    func mark(_ folder: String?, _ name: String) -> FileStamp? {
      var status = stat()
      guard let folder, stat("\(folder)/\(name)", &status) == 0 else { return nil }
      return FileStamp(status)
    }
    return [
      mark(gitFolder, "HEAD"), branch.flatMap { mark(commonFolder, $0) },
      mark(stateFolder, "journal"), mark(stateFolder, "journal.2"),
    ]
  }

  /// Lines of this work tree that are acknowledged and in no commit yet, as far as they belong to the branch that HEAD
  /// is on.
  func waiting() throws -> [PendingLine] {
    guard let stateFolder else { return [] }
    do {
      let all = try Journal.read(stateFolder + "/journal")
      guard all.contains(where: { $0.branch != nil }) else { return all }
      let head = try branch()
      return all.filter { $0.isMeant(for: head) }
    } catch let error as SystemError where error.code == EACCES {
      return []
    }
  }
}
