// Character trigrams, which survive typing errors.

/// The trigrams of a query's terms, each word with a space before and after it.
struct TrigramQuery {
  /// Open addressing: the code of a trigram and its number plus 1 in the lowest byte.
  private var slots: [UInt32] = Array(repeating: 0, count: 1 << slotBits)
  private(set) var count = 0

  /// At most 255 different trigrams; more are left out.
  init(_ words: [ArraySlice<UInt8>]) {
    for word in words {
      word.withUnsafeBufferPointer { word in
        Self.forEachWindow(of: word) { code in
          guard Self.isTrigram(code), number(of: code) == nil, count < 255 else { return }
          var slot = Self.slot(of: code)
          while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
          count += 1
          slots[slot] = code << 8 | UInt32(count)
        }
      }
    }
  }

  private static let bits: UInt32 = 6
  private static let slotBits: UInt32 = 12

  /// 0 for what parts words, then letters, digits, and 27 codes that all other bytes share.
  private static let codes: [UInt8] = (UInt8.min...UInt8.max).map { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 1
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 27
    case 0x80...: 37 + byte % 27
    default: 0
    }
  }

  /// Calls with the code of every three neighbouring bytes, the last of them a space that follows the text.
  @inline(__always)
  private static func forEachWindow(
    of bytes: UnsafeBufferPointer<UInt8>, _ body: (_ code: UInt32) -> Void
  ) {
    codes.withUnsafeBufferPointer { codes in
      var code: UInt32 = 0
      for byte in bytes {
        code = (code << bits | UInt32(codes[Int(byte)])) & (1 << (3 * bits) - 1)
        body(code)
      }
      body(code << bits & (1 << (3 * bits) - 1))
    }
  }

  /// Whether a window is part of a word of two characters or more, and at most a space beside it.
  @inline(__always)
  private static func isTrigram(_ code: UInt32) -> Bool {
    let middle: UInt32 = (1 << bits - 1) << bits
    return code & middle != 0 && code & ~middle != 0
  }

  @inline(__always)
  private static func slot(of code: UInt32) -> Int {
    Int((code &* 0x9e37_79b1) >> (32 - slotBits))
  }

  /// The number of a trigram of the query.
  @inline(__always)
  private func number(of code: UInt32) -> Int? {
    slots.withUnsafeBufferPointer { slots in
      var slot = Self.slot(of: code)
      while slots[slot] != 0 {
        if slots[slot] >> 8 == code { return Int(slots[slot] & 0xFF) - 1 }
        slot = (slot + 1) & (slots.count - 1)
      }
      return nil
    }
  }

  /// Calls with the number of each trigram of the query that the folded text has, as often as it has it.
  ///
  /// - Returns: how many trigrams the text has.
  @inline(__always)
  func matches(in folded: [UInt8], _ body: (Int) -> Void) -> Int {
    var length = 0
    folded.withUnsafeBufferPointer { folded in
      Self.forEachWindow(of: folded) { code in
        length &+= Self.isTrigram(code) ? 1 : 0
        if let number = number(of: code) { body(number) }
      }
    }
    return length
  }
}

/// BM25 of each text over the query's trigrams, among these texts alone.
struct TrigramScores {
  private let query: TrigramQuery
  private var hits: [(trigram: UInt8, count: UInt32)] = []
  private var starts = [0]
  private var lengths: [Int] = []
  private var frequency: [Int]
  private var counts: [UInt32]

  init(_ query: TrigramQuery) {
    self.query = query
    frequency = Array(repeating: 0, count: query.count)
    counts = Array(repeating: 0, count: query.count)
  }

  mutating func add(_ folded: [UInt8]) {
    let query = query
    let length = counts.withUnsafeMutableBufferPointer { counts in
      query.matches(in: folded) { counts[$0] &+= 1 }
    }
    for i in counts.indices where counts[i] > 0 {
      hits.append((UInt8(i), counts[i]))
      frequency[i] += 1
      counts[i] = 0
    }
    starts.append(hits.count)
    lengths.append(length)
  }

  /// `shares` of the text that came last.
  var lastShare: Double {
    Double(starts[starts.count - 1] - starts[starts.count - 2]) / Double(max(1, query.count))
  }

  /// How much of the query's trigrams each text has, 0…1.
  func shares() -> [Double] {
    lengths.indices.map { Double(starts[$0 + 1] - starts[$0]) / Double(max(1, query.count)) }
  }

  /// A score for each text, in the order in which they came.
  /// - Parameter k1: see `BM25.saturation`.
  func scores(k1: Double) -> [Double] {
    let norm = LengthNorm(
      mean: Double(lengths.reduce(0, +)) / Double(max(1, lengths.count)), k1: k1)
    let idf = frequency.map { BM25.idf(documents: lengths.count, with: $0) }
    return lengths.indices.map { i in
      let length = norm[Double(lengths[i])]
      return hits[starts[i]..<starts[i + 1]].reduce(0.0) {
        $0 + idf[Int($1.trigram)] * norm.part(Double($1.count), length)
      }
    }
  }
}
