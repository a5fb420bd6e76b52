// The files that our last commits wrote: a stash that is popped at such a moment puts back an older one, without the line.

internal import Git
internal import Glibc
internal import System

/// `.git/memtrace/recent`: paths with size and time as we left them. Disposable.
private struct RecentFiles {
  struct Mark: Hashable {
    let path: String
    let size: Int64
    let nanoseconds: Int64

    /// A hint only, so one call of the system is enough; what is read and written goes the safe way.
    init?(_ path: String, in folder: Folder) {
      var status = stat()
      guard stat("\(folder.path)/\(path)", &status) == 0 else { return nil }
      self.path = path
      size = Int64(status.st_size)
      nanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    /// Of a file that did not come to rest: it is looked at with the next commit, whatever it is then.
    init(restless path: String) { (self.path, size, nanoseconds) = (path, -1, 0) }

    init?(_ line: Substring) {
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count == 3, let size = Int64(words[0]), let time = Int64(words[1]) else {
        return nil
      }
      (self.size, nanoseconds, path) = (size, time, String(words[2]))
    }
  }

  private static let file = "recent"
  /// More are forgotten, the oldest first.
  static let limit = 64

  var marks: [Mark]

  init(in state: Folder) throws {
    let bytes = try state.read(Self.file) ?? []
    marks = String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap(Mark.init)
  }

  func save(to state: Folder) throws {
    let lines = marks.suffix(Self.limit).map { "\($0.size) \($0.nanoseconds) \($0.path)\n" }
    try state.replace(Self.file, with: lines.joined().utf8, mode: 0o600, by: Self.file + ".new")
  }
}

extension WriteSession {
  /// Gives recently written files back what they lack at their end, those of this commit too: a stash that is popped at
  /// such a moment may have put an older one there already. Tidying up: what fails is looked at with the next commit.
  func tendWorkTree(
    after written: [(path: String, committed: [UInt8])], at commit: ObjectID?
  ) {
    do {
      let states = try store.stateFiles()
      var recent = try RecentFiles(in: states)
      let paths = Set(written.map(\.path))
      let tree = try commit.map { try repository.commit($0).tree }
      recent.marks = try recent.marks.filter { !paths.contains($0.path) }.compactMap { mark in
        let now = RecentFiles.Mark(mark.path, in: store.folder)
        guard let now, now != mark else { return now }
        guard let committed = try blob(at: mark.path, in: tree) else { return now }
        return try settle(mark.path, committed)
      }
      recent.marks += try written.suffix(RecentFiles.limit).compactMap {
        try settle($0.path, $0.committed)
      }
      try recent.save(to: states)
    } catch {
      // As said above.
    }
  }

  /// - Returns: what the file looked like before it was read and found to lack nothing; nil where it is not there.
  private func settle(_ path: String, _ committed: [UInt8]) throws -> RecentFiles.Mark? {
    for _ in 0..<3 {
      guard let mark = RecentFiles.Mark(path, in: store.folder) else { return nil }
      if try !giveBack(path, committed) { return mark }
    }
    return RecentFiles.Mark(restless: path)
  }

  /// - Returns: whether something was missing.
  private func giveBack(_ path: String, _ committed: [UInt8]) throws -> Bool {
    guard let working = try store.folder.read(path), working != committed,
      try addMissing(to: path, having: committed)
    else { return false }
    store.notices.append(
      "\(path): the work tree lacked lines at its end that are committed; they are back")
    return true
  }
}
