// One line of a file of records, and the walk over all of them.
import Glibc

/// A line by its bytes, which live as long as the buffer that was scanned.
package struct Line {
  /// Without the line feed and the white space before it, and without a byte order mark where the file begins.
  let bytes: UnsafeRawBufferPointer
  /// Of the line's first byte in the buffer.
  let offset: Int
  /// Counted from 1, empty lines included.
  let number: Int
  let memo: UnsafeMutablePointer<LineMemo>

  /// How many arrays and objects may stand within each other, the line's own object included.
  static let depth = 64

  /// In the buffer.
  var range: Range<Int> { offset..<offset + bytes.count }

  /// Where each field stands. Throws where the line is not JSON of ours.
  func fields() throws(JSONFault) -> LineFields { try LineFields(bytes, memo) }

  /// The id, without reading the rest where it comes last, as we write it. Only right for a valid
  /// line.
  var id: RecordID? {
    guard bytes.count >= 39, let base = bytes.baseAddress else { return try? fields().id }
    let tail = (base + (bytes.count - 39)).assumingMemoryBound(to: UInt8.self)
    let text = UnsafeBufferPointer(start: tail + 7, count: RecordID.textLength)
    if memcmp(tail, ",\"id\":\"", 7) == 0, tail[37] == UInt8(ascii: "\""),
      tail[38] == UInt8(ascii: "}"), let id = memo.pointee.crockford.recordID(text)
    {
      return id
    }
    return try? fields().id
  }
}

/// Calls `body` for each line that is not empty. The last one may lack its line feed. A byte order mark at the start and
/// white space at a line's end are what editors leave behind: no part of any line.
package func scanLines<Failure: Error>(
  _ buffer: UnsafeRawBufferPointer, _ body: (Line) throws(Failure) -> Void
) throws(Failure) {
  guard let base = buffer.baseAddress else { return }
  let memo = UnsafeMutablePointer<LineMemo>.allocate(capacity: 1)
  memo.initialize(to: LineMemo())
  defer {
    memo.pointee.deallocate()
    memo.deinitialize(count: 1)
    memo.deallocate()
  }
  var start = memcmp(base, "\u{FEFF}", min(3, buffer.count)) == 0 && buffer.count >= 3 ? 3 : 0
  var number = 0
  while start < buffer.count {
    let rest = buffer.count - start
    let end = memchr(base + start, 0x0A, rest).map { UnsafeRawPointer($0) - base } ?? buffer.count
    number += 1
    var length = end - start
    while length > 0, isSpace(buffer[start + length - 1]) { length -= 1 }
    if length > 0 {
      try body(
        Line(
          bytes: UnsafeRawBufferPointer(start: base + start, count: length), offset: start,
          number: number, memo: memo))
    }
    start = end + 1
  }
}

/// White space of JSON within a line.
@inline(__always)
private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0D || byte == 0x09 }
