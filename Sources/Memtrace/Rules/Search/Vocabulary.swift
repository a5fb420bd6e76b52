// Terms by their hashes, and where their postings lie.

import Glibc

/// Two levels: the upper 16 bits of a hash choose a range, the lower 32 are sorted in it. A term that occurs
/// once in one record has its document in place of an address, so an id costs eight bytes in all.
struct Vocabulary: Sendable {
  /// 65,537 places in `lower`.
  let directory: Column<UInt32>
  let lower: Column<UInt32>
  /// An address in `postings`; with the highest bit, a document.
  let address: Column<UInt32>
  let postings: Column<UInt8>

  static let inlined: UInt32 = 0x8000_0000

  /// The address of a term's postings, nil if no record has it.
  func address(of term: UInt64) -> UInt32? {
    let bucket = Int(term >> 32)
    let range = Int(directory[bucket])..<Int(directory[bucket + 1])
    let low = UInt32(truncatingIfNeeded: term)
    let i = lower.firstIndex(notBelow: low, in: range)
    return i < range.upperBound && lower[i] == low ? address[i] : nil
  }

}

/// How a posting list is written.
///
/// varint records with the term in their text · varint blocks · for each 64th block but the first: block (4),
/// place in the directory (4), place in the postings (4) · varint length of the directory · directory: for each
/// block varint distance, varint length of its postings, bound · postings: varint distance << 2 | kind.
enum PostingFormat {
  static let skipEvery = 64
  static let skipBytes = 12
  /// Kinds of weight: once in the text, only the agent's name, both, or a varint of twentieths follows.
  static let weights: [Int32] = [20, 6, 26]
  static let explicitWeight: UInt32 = 3
  /// `weights` in a byte each, the first one lowest.
  static let packedWeights: UInt32 = 0x1A_06_14

  static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }

  static func appendFixed(_ value: UInt32, to bytes: inout [UInt8]) {
    for shift in [0, 8, 16, 24] as [UInt32] {
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  @inline(__always)
  static func read(_ at: inout UnsafePointer<UInt8>) -> UInt32 {
    var byte = at.pointee
    at += 1
    if byte < 0x80 { return UInt32(byte) }
    var value = UInt32(byte & 0x7F)
    var shift: UInt32 = 7
    repeat {
      byte = at.pointee
      at += 1
      value |= UInt32(byte & 0x7F) << shift
      shift += 7
    } while byte >= 0x80
    return value
  }

  static func readFixed(_ at: UnsafePointer<UInt8>) -> UInt32 {
    UnsafeRawPointer(at).loadUnaligned(as: UInt32.self).littleEndian
  }
}

/// A block's best frequency over length norm, as a logarithm in a byte, always rounded up.
enum BlockBound {
  static func byte(_ ratio: Double) -> UInt8 {
    UInt8(max(1, min(255, (log2(ratio) * 16).rounded(.up) + 129)))
  }

  static let ratios: [Double] = (0...255).map { exp2((Double($0) - 128) / 16) }
}
