// The journal as writers see it: two files that take turns, so that one is appended to while the other is committed.

internal import Glibc

/// `.git/memtrace/journal` and, where a bridge is or was at work, `.git/memtrace/journal.2`. Generations tell which
/// one is older.
final class Journal {
  private var files: [JournalFile]
  /// The one that is appended to.
  private var active = 0
  /// Whether the other one holds lines.
  private var isOtherFull = false
  /// How many lines the other one held when it was loaded.
  private var olderCount = 0
  private let path: String
  private let seed: UInt64

  /// Opens the journal for writing, under the lock.
  init(_ path: String, seed: UInt64) throws {
    self.path = path
    self.seed = seed
    files = [try JournalFile(path, seed: seed)]
    if access(path + ".2", F_OK) == 0 { files.append(try JournalFile(path + ".2", seed: seed)) }
  }

  /// One file alone, which was turned away from.
  init(of file: JournalFile) {
    files = [file]
    path = ""
    seed = 0
  }

  /// What a reader sees, without a lock: empty where there is no journal.
  static func read(_ path: String) throws -> [PendingLine] {
    let first = try JournalFile.read(path)
    guard access(path + ".2", F_OK) == 0 else { return first.lines }
    let second = try JournalFile.read(path + ".2")
    return isBefore(second.generation, first.generation)
      ? second.lines + first.lines : first.lines + second.lines
  }

  /// Everything in it, oldest first.
  func load() throws -> [PendingLine] {
    let found = try files.map { try $0.load() }
    guard files.count == 2, !found[1].isEmpty else { return found.flatMap(\.self) }
    let isSecondNewer = Self.isBefore(files[0].generation, files[1].generation)
    active = isSecondNewer || found[0].isEmpty ? 1 : 0
    isOtherFull = !found[0].isEmpty
    if isOtherFull { olderCount = found[1 - active].count }
    return isSecondNewer ? found[0] + found[1] : found[1] + found[0]
  }

  /// The file that an earlier writer turned away from and did not get to commit, with how many of the first lines that
  /// `load` found are in it; nil where there is none.
  var older: (file: JournalFile, count: Int)? {
    isOtherFull ? (files[1 - active], olderCount) : nil
  }

  /// Adds one entry and syncs it: from here on the lines survive a power cut.
  func append(_ lines: [PendingLine]) throws {
    try files[active].append(lines)
  }

  /// Begins anew: what was in it is committed.
  func empty() throws {
    for file in files { try file.empty() }
    isOtherFull = false
  }

  /// Lets what is in it be committed while new lines go to the other file.
  /// - Returns: the file to empty after the commit; then `otherIsEmpty` is to be called.
  func turn() throws -> JournalFile {
    if files.count == 1 { files.append(try JournalFile(path + ".2", seed: seed)) }
    let full = files[active]
    active = 1 - active
    try files[active].begin(full.generation &+ 1)
    isOtherFull = true
    return full
  }

  /// Takes away what was in it before: it holds nothing but what waits then. Only where no other session uses a file
  /// of it.
  func scrub() throws {
    for file in files { try file.scrub() }
  }

  func otherIsEmpty() { isOtherFull = false }

  /// Generations are counted on from a random one, round the end of 64 bits.
  private static func isBefore(_ a: UInt64, _ b: UInt64) -> Bool {
    Int64(bitPattern: a &- b) < 0
  }
}
