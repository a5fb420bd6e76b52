// The form of a segment's file: named columns, one after another, with a checksum over all.

internal import Glibc
internal import System

/// The columns of a segment, in the order in which they lie in the file. A new meaning is a new version.
enum SegmentColumn: Int, CaseIterable {
  case counts
  /// Files, in the order of their paths' bytes.
  case filePath, fileStamp, fileIsOwned, fileSubjectStart, fileSubjects, fileRecordStart,
    fileRecords
  /// Sessions, in id order.
  case sessionID, sessionAgent, sessionStatus, sessionTimes, sessionNewest, sessionSource,
    sessionMetadata, sessionRecordStart, sessionRecords, sessionLineStart, sessionLines
  /// Agents that anything names, in the order of their ids' bytes.
  case agentID, agentIsOwned, agentTimes, agentNewest, agentEventStart, agentEvents
  /// Records, in id order.
  case recordID, recordKinds, recordTime, recordAgent, recordSession, recordEventType, recordTags,
    recordImportance, recordLine, recordDigest
  /// Reviews: where they stand, and of which session or none.
  case reviewLine, reviewSession
  /// Those that reject or retract, by the session in which what they judge stands too; `Segment.noSession` for none.
  case denialSession, denialPlace
  case eventTypes, tagLists
  /// What can be found of each record, one text behind the other.
  case recordTextStart, recordText
  /// Hashes with what they stand for, ascending.
  case metadataHash, metadataSession, ownHash, ownRecord, reviewHash, reviewPlace, keyHash,
    keyRecord, parentHash,
    parentRecord
  /// What it takes the place of in older segments.
  case maskCounts, maskPlaces
  /// Text of all kinds, by offset and length.
  case text
  /// Of the search index.
  case documentOf, partCounts, partRecords, partOwnLength, partVirtualLength, partEdges, partShares,
    partBlockStarts, partDirectory, partLower, partAddress, partPostings
}

/// A file of columns. Header: magic (8) · version (8) · checksum of the rest (8) · number of columns (8) · of each
/// its offset and its length in bytes (16). Columns begin at multiples of 64. Everything is little endian.
enum SegmentFile {
  static let magic: UInt64 = 0x3154_4143_5452_4D4D
  /// Changes with the meaning of any column, the ranker's lengths and hashes included.
  static let version: UInt64 = 7
  static let headerSize = 32 + SegmentColumn.allCases.count * 16

  /// Puts columns together.
  struct Writer {
    private var file = [UInt8](repeating: 0, count: (headerSize + 63) & ~63)
    private var places = [(offset: Int, count: Int)](
      repeating: (0, 0), count: SegmentColumn.allCases.count)

    /// - Parameter expecting: about so many bytes.
    init(expecting size: Int) { file.reserveCapacity(size) }

    mutating func add<Element: BitwiseCopyable>(_ column: SegmentColumn, _ elements: [Element]) {
      elements.withUnsafeBytes { add(column, $0) }
    }

    /// One behind the other.
    mutating func add<Element>(_ column: SegmentColumn, _ pieces: [Column<Element>]) {
      let start = file.count
      for piece in pieces { file.append(contentsOf: UnsafeRawBufferPointer(piece.buffer)) }
      end(column, from: start)
    }

    /// As bytes that come piece by piece.
    mutating func add(_ column: SegmentColumn, _ body: (inout [UInt8]) -> Void) {
      let start = file.count
      body(&file)
      end(column, from: start)
    }

    private mutating func add(_ column: SegmentColumn, _ bytes: UnsafeRawBufferPointer) {
      let start = file.count
      file.append(contentsOf: bytes)
      end(column, from: start)
    }

    private mutating func end(_ column: SegmentColumn, from start: Int) {
      places[column.rawValue] = (start, file.count - start)
      file.append(contentsOf: repeatElement(0, count: -file.count & 63))
    }

    consuming func bytes() -> [UInt8] {
      file.withUnsafeMutableBytes { buffer in
        func put(_ word: UInt64, at offset: Int) {
          buffer.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
        }
        put(SegmentFile.magic, at: 0)
        put(SegmentFile.version, at: 8)
        put(UInt64(places.count), at: 24)
        for (i, place) in places.enumerated() {
          put(UInt64(place.offset), at: 32 + i * 16)
          put(UInt64(place.count), at: 40 + i * 16)
        }
        put(SegmentFile.checksum(UnsafeRawBufferPointer(buffer)), at: 16)
      }
      return file
    }
  }

  /// A copy in which some bytes are taken out.
  struct Blanking {
    private var file: [UInt8]

    init(_ bytes: SegmentBytes) { file = Array(bytes.buffer) }

    private func start(_ column: SegmentColumn) -> Int {
      file.withUnsafeBytes {
        Int(
          UInt64(
            littleEndian: $0.loadUnaligned(
              fromByteOffset: 32 + column.rawValue * 16, as: UInt64.self)))
      }
    }

    mutating func blank(_ column: SegmentColumn, _ range: Range<Int>) {
      let start = start(column)
      for place in range { file[start + place] = 0 }
    }

    mutating func blank(_ column: SegmentColumn, _ place: TextPlace) {
      blank(column, Int(place.offset)..<Int(place.offset) + Int(place.count))
    }

    /// The order stays.
    mutating func blank(
      _ column: SegmentColumn, _ postings: Postings, where counts: (Int) -> Bool
    ) {
      let start = start(column)
      file.withUnsafeMutableBytes { buffer in
        postings.eachBlank(where: counts) { place, neighbour in
          buffer.storeBytes(
            of: neighbour.littleEndian, toByteOffset: start + place * 8, as: UInt64.self)
        }
      }
    }

    consuming func whole() -> [UInt8] {
      file.withUnsafeMutableBytes { buffer in
        let sum = SegmentFile.checksum(UnsafeRawBufferPointer(buffer))
        buffer.storeBytes(of: sum.littleEndian, toByteOffset: 16, as: UInt64.self)
      }
      return file
    }
  }

  /// Of everything behind the checksum, which lies at multiples of 32 bytes: four lanes of FNV-1a over words (Fowler, Noll,
  /// Vo), each mixed once more.
  static func checksum(_ file: UnsafeRawBufferPointer) -> UInt64 {
    var lanes: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
    @inline(__always)
    func mix(_ lane: inout UInt64, _ word: UInt64) {
      lane = (lane ^ word) &* 0x0000_0100_0000_01B3
      lane ^= lane >> 29
    }
    var at = 24
    while at + 32 <= file.count {
      mix(&lanes.0, file.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      mix(&lanes.1, file.loadUnaligned(fromByteOffset: at + 8, as: UInt64.self))
      mix(&lanes.2, file.loadUnaligned(fromByteOffset: at + 16, as: UInt64.self))
      mix(&lanes.3, file.loadUnaligned(fromByteOffset: at + 24, as: UInt64.self))
      at += 32
    }
    while at < file.count {
      mix(&lanes.0, UInt64(file[at]))
      at += 1
    }
    mix(&lanes.1, lanes.0)
    mix(&lanes.2, lanes.1)
    mix(&lanes.3, lanes.2)
    return lanes.3
  }
}

/// The bytes of a segment, in a file that is mapped or in memory.
final class SegmentBytes: @unchecked Sendable {
  private let base: UnsafeRawPointer
  let count: Int
  /// Nil where they are in memory of our own.
  private let file: MappedFile?

  /// Maps a file. Whether its bytes are what was written is not looked at here.
  /// - Returns: nil where it is no segment of this version.
  init?(_ descriptor: borrowing Descriptor) throws {
    guard let file = try MappedFile(descriptor), file.bytes.count >= SegmentFile.headerSize else {
      return nil
    }
    (base, count, self.file) = (file.bytes.baseAddress!, file.bytes.count, file)
    guard isSound else { return nil }
  }

  init(_ bytes: [UInt8]) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
    bytes.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) }
    (base, count, file) = (UnsafeRawPointer(memory), bytes.count, nil)
  }

  deinit {
    if file == nil { UnsafeMutableRawPointer(mutating: base).deallocate() }
  }

  private func word(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The header fits the file.
  private var isSound: Bool {
    guard word(0) == SegmentFile.magic, word(8) == SegmentFile.version,
      word(24) == UInt64(SegmentColumn.allCases.count)
    else { return false }
    return SegmentColumn.allCases.allSatisfy { column in
      let (offset, length) = (word(32 + column.rawValue * 16), word(40 + column.rawValue * 16))
      return offset <= UInt64(count) && length <= UInt64(count) - offset
    }
  }

  /// Reads all of it.
  var isWhole: Bool {
    SegmentFile.checksum(UnsafeRawBufferPointer(start: base, count: count)) == word(16)
  }

  var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  func column<Element: BitwiseCopyable>(
    _ column: SegmentColumn, of type: Element.Type = Element.self
  ) -> Column<Element> {
    let (offset, length) = (
      Int(word(32 + column.rawValue * 16)), Int(word(40 + column.rawValue * 16))
    )
    let start = (base + offset).assumingMemoryBound(to: Element.self)
    return Column(
      UnsafeBufferPointer(start: start, count: length / MemoryLayout<Element>.stride), in: self)
  }
}
