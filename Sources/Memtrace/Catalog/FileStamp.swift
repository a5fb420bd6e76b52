// What changes whenever a file does: its size, its times and its inode.

internal import Glibc

/// A file as the system describes it, without a look into it. Absent files have none.
struct FileStamp: Hashable, BitwiseCopyable, Sendable {
  /// In bytes.
  let size: Int64
  /// Nanoseconds since 1970 of the last change to its contents, and to anything about it.
  let modified: Int64
  let changed: Int64
  let inode: UInt64

  init(_ status: stat) {
    func nanoseconds(_ time: timespec) -> Int64 {
      Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
    size = Int64(status.st_size)
    modified = nanoseconds(status.st_mtim)
    changed = nanoseconds(status.st_ctim)
    inode = UInt64(status.st_ino)
  }

  init(size: Int64, modified: Int64, changed: Int64, inode: UInt64) {
    (self.size, self.modified, self.changed, self.inode) = (size, modified, changed, inode)
  }

  /// Of a file that no work tree holds: what a commit says never changes.
  static let eternal = FileStamp(size: 0, modified: 0, changed: 0, inode: 0)

  /// Of a file that a segment knows to be gone.
  static let absent = FileStamp(size: -1, modified: 0, changed: 0, inode: 0)

  /// Words of a line of text, and back.
  var text: String { "\(size) \(modified) \(changed) \(inode)" }

  init?(_ words: some Collection<Substring>) {
    let words = Array(words)
    guard words.count == 4, let size = Int64(words[0]), let modified = Int64(words[1]),
      let changed = Int64(words[2]), let inode = UInt64(words[3])
    else { return nil }
    self.init(size: size, modified: modified, changed: changed, inode: inode)
  }
}
