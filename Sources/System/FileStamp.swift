// What changes whenever a file does: its size, its times and its inode.

package import Glibc

/// A file as the system describes it, without a look into it. Absent files have none.
package struct FileStamp: Hashable, BitwiseCopyable, Sendable {
  /// In bytes.
  package let size: Int64
  /// Nanoseconds since 1970 of the last change to its contents, and to anything about it.
  package let modified: Int64
  package let changed: Int64
  package let inode: UInt64

  package init(_ status: stat) {
    func nanoseconds(_ time: timespec) -> Int64 {
      Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
    size = Int64(status.st_size)
    modified = nanoseconds(status.st_mtim)
    changed = nanoseconds(status.st_ctim)
    inode = UInt64(status.st_ino)
  }

  package init(size: Int64, modified: Int64, changed: Int64, inode: UInt64) {
    (self.size, self.modified, self.changed, self.inode) = (size, modified, changed, inode)
  }

  /// Of a file that no work tree holds: what a commit says never changes.
  package static let eternal = FileStamp(size: 0, modified: 0, changed: 0, inode: 0)

  /// Of a file that is known to be gone.
  package static let absent = FileStamp(size: -1, modified: 0, changed: 0, inode: 0)

  /// Words of a line of text, and back.
  package var text: String { "\(size) \(modified) \(changed) \(inode)" }

  package init?(_ words: some Collection<Substring>) {
    let words = Array(words)
    guard words.count == 4, let size = Int64(words[0]), let modified = Int64(words[1]),
      let changed = Int64(words[2]), let inode = UInt64(words[3])
    else { return nil }
    self.init(size: size, modified: modified, changed: changed, inode: inode)
  }
}

extension Descriptor {
  /// `AT_EMPTY_PATH` of <fcntl.h>, which the module map leaves out.
  private var emptyPath: Int32 { 0x1000 }

  package func stamp() throws(SystemError) -> FileStamp {
    var status = stat()
    // By the same call as for a path: programs that set the clock for a test change what one of them says.
    try retrying("fstatat", "") { fstatat(raw, "", &status, emptyPath) }
    return FileStamp(status)
  }
}
