// What stands in the columns of a segment, one for a row.

/// Some text of a segment.
struct TextPlace: BitwiseCopyable {
  let offset: UInt32
  let count: UInt32
}

/// Where a line stands: in which file of its segment, from which byte, and how many without its line feed.
struct LinePlace: BitwiseCopyable, Hashable {
  let file: UInt32
  let offset: UInt32
  let count: UInt32
}

/// Milliseconds since 1970; the last two may be `SegmentTimes.none`.
struct SegmentTimes: BitwiseCopyable {
  let first: Int64
  let second: Int64
  let third: Int64

  static let none = Int64.min
}

/// What is put into one word of a record.
struct RecordKinds: BitwiseCopyable {
  let bits: UInt16

  init(
    _ id: RecordID.Kind, _ kind: Memory.Kind, isContested: Bool, hasKey: Bool, corrects: Bool,
    isScattered: Bool, mayBeOpen: Bool, isClosedWithin: Bool
  ) {
    let place = Memory.Kind.allCases.firstIndex(of: kind)!
    bits =
      UInt16(id.rawValue) | UInt16(place) << 4 | (isContested ? 1 << 8 : 0)
      | (hasKey ? 1 << 9 : 0) | (corrects ? 1 << 10 : 0) | (isScattered ? 1 << 11 : 0)
      | (mayBeOpen ? 1 << 12 : 0) | (isClosedWithin ? 1 << 13 : 0)
  }

  var id: RecordID.Kind { RecordID.Kind(rawValue: UInt8(bits & 15)) ?? .memory }
  var memory: Memory.Kind { Memory.Kind.allCases[memoryPlace] }
  /// Among all kinds.
  var memoryPlace: Int { Int(bits >> 4 & 15) }
  var isContested: Bool { bits >> 8 & 1 == 1 }
  /// Whether other lines with its id belong elsewhere: then nothing is known of it once one of them changes.
  var isScattered: Bool { bits >> 11 & 1 == 1 }
  /// By the words that are built in; nothing that is open is without it, but for corrections.
  var mayBeOpen: Bool { bits >> 12 & 1 == 1 }
  /// Its own session says that it is done, and nothing in the segment puts that in question.
  var isClosedWithin: Bool { bits >> 13 & 1 == 1 }
  var corrects: Bool { bits >> 10 & 1 == 1 }
  /// Whether others may have a say in whether it stands: those of its `dedup_key`, and what it corrects.
  var hasKin: Bool { bits >> 9 & 3 != 0 }
}

/// How much of an older segment a newer one takes the place of.
struct SegmentMask: BitwiseCopyable {
  let segment: TextPlace
  let sessions: UInt32
  let files: UInt32
  let agents: UInt32
}
