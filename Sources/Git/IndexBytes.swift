// Bytes of an index where they lie: in its file, or made in memory.

internal import Glibc
internal import System

/// A run of bytes that is never copied. A large index is mapped, for to read it takes as long as to write it: Git and we
/// replace that file by rename, so it does not get shorter.
struct IndexBytes: RandomAccessCollection, @unchecked Sendable {
  /// From so many bytes on, an index is worth a mapping, and its checksum another thread.
  static let large = 1 << 20

  /// Whatever keeps the bytes.
  private let owner: AnyObject?
  private let all: UnsafeRawBufferPointer
  let startIndex: Int
  let endIndex: Int

  private init(_ owner: AnyObject?, _ all: UnsafeRawBufferPointer, _ range: Range<Int>) {
    (self.owner, self.all) = (owner, all)
    (startIndex, endIndex) = (range.lowerBound, range.upperBound)
  }

  init() { self.init(nil, UnsafeRawBufferPointer(start: nil, count: 0), 0..<0) }

  init(_ file: MappedFile) { self.init(file, file.bytes, file.bytes.indices) }

  init(copying bytes: [UInt8]) {
    let copy = Copy(bytes)
    self.init(copy, UnsafeRawBufferPointer(copy.bytes), copy.bytes.indices)
  }

  private final class Copy {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ made: [UInt8]) {
      bytes = .allocate(byteCount: made.count, alignment: 16)
      bytes.copyBytes(from: made)
    }

    deinit { bytes.deallocate() }
  }

  subscript(place: Int) -> UInt8 { all[place] }

  subscript(range: Range<Int>) -> IndexBytes { IndexBytes(owner, all, range) }

  func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(owner) {} }
    return try body(UnsafeRawBufferPointer(rebasing: all[startIndex..<endIndex]))
  }

  func withContiguousStorageIfAvailable<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result? {
    try withUnsafeBytes { try $0.withMemoryRebound(to: UInt8.self, body) }
  }
}

/// The index's file as it is at one moment.
struct IndexContents {
  let bytes: IndexBytes
  let status: stat

  /// Nil where there is no file.
  init?(_ path: String) throws(SystemError) {
    do {
      let file = try Descriptor(opening: path, O_RDONLY)
      status = try file.status()
      let isLarge = status.st_size >= IndexBytes.large
      if isLarge, let mapped = try MappedFile(file) {
        bytes = IndexBytes(mapped)
      } else {
        bytes = IndexBytes(copying: try file.readAll())
      }
    } catch  where error.isMissing {
      return nil
    } catch {
      throw SystemError(call: error.call, path: path, code: error.code)
    }
  }
}
