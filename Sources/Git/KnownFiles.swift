// What the index remembers of files in the work tree, without a look at them.

internal import Glibc
package import System

/// The entries of an index, asked by path. Where Git takes a file for unchanged by its status, so may others.
package struct KnownFiles: Sendable {
  private let index: IndexFile
  /// Seconds of the index file's modification time.
  private let writtenAt: UInt32
  /// The block in which the last path was found: the next one is there too, as a rule.
  private var place = 0

  fileprivate init(_ index: IndexFile, writtenAt: UInt32) {
    (self.index, self.writtenAt) = (index, writtenAt)
  }

  package var count: Int { index.count }

  /// The stamp that the file had when it held this blob; nil where that is not known, or too close to the writing of
  /// the index to be trusted.
  package mutating func stamp(_ path: String, holding id: ObjectID) -> FileStamp? {
    let name = TreeName.bytes(path)
    find(name)
    guard place < index.blocks.count else { return nil }
    var stamp: FileStamp?
    index.withEntries(of: index.blocks[place]) { entry, _ in
      guard entry.id == id, entry.holdsFile, entry.extendedFlags == 0,
        entry.modificationSeconds < writtenAt, entry.name.elementsEqual(name)
      else { return }
      stamp = FileStamp(entry)
    }
    return stamp
  }

  /// Puts `place` at the last block that does not begin behind a name.
  private mutating func find(_ name: [UInt8]) {
    func begins(_ block: Int) -> Bool { index.order(name, firstOf: block) < 0 }
    if index.blocks.isEmpty
      || !begins(place) && (place + 1 == index.blocks.count || begins(place + 1))
    {
      return
    }
    var (low, high) = (0, index.blocks.count)
    while low < high {
      let middle = (low + high) / 2
      if begins(middle) { high = middle } else { low = middle + 1 }
    }
    place = max(0, low - 1)
  }
}

extension FileStamp {
  /// Of the inode's number an index keeps 32 bits: a file with a longer one is never taken for known.
  fileprivate init(_ entry: RawIndexEntry) {
    func nanoseconds(_ at: Int) -> Int64 {
      Int64(entry.word(at)) * 1_000_000_000 + Int64(entry.word(at + 4))
    }
    self.init(
      size: Int64(entry.size), modified: nanoseconds(8), changed: nanoseconds(0),
      inode: UInt64(entry.word(20)))
  }
}

extension Repository {
  /// Nil where there is no index that can be read.
  package func knownFiles() -> KnownFiles? {
    guard let file = try? IndexContents(indexPath), let index = try? IndexFile(file.bytes) else {
      return nil
    }
    return KnownFiles(index, writtenAt: UInt32(truncatingIfNeeded: file.status.st_mtim.tv_sec))
  }
}
