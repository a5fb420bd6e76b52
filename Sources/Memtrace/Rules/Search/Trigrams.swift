// Character trigrams, which survive typing errors.

/// The trigrams of a query's terms, each word with a space before and after it.
struct TrigramQuery {
  /// Number of a trigram plus 1 by its code.
  private var table: [UInt8] = []
  private(set) var count = 0

  /// At most 255 different trigrams; more are left out.
  init(_ words: [ArraySlice<UInt8>]) {
    guard !words.isEmpty else { return }
    table = Array(repeating: 0, count: 1 << (3 * Self.bits))
    for word in words {
      Self.forEachCode(in: word) { code in
        if table[code] == 0, count < 255 {
          count += 1
          table[code] = UInt8(count)
        }
      }
    }
  }

  private static let bits = 6

  /// 0 for what parts words, then letters, digits, and 27 codes that all other bytes share.
  private static let codes: [UInt8] = (UInt8.min...UInt8.max).map { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 1
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 27
    case 0x80...: 37 + byte % 27
    default: 0
    }
  }

  @inline(__always)
  private static func forEachCode(in bytes: some Sequence<UInt8>, _ body: (Int) -> Void) {
    let mask = 1 << (3 * bits) - 1
    var code = 0
    var inWord = 0
    codes.withUnsafeBufferPointer { codes in
      for byte in bytes {
        let next = Int(codes[Int(byte)])
        if next == 0 {
          if inWord > 1 { body((code << bits) & mask) }
          code = 0
          inWord = 0
        } else {
          code = (code << bits | next) & mask
          inWord += 1
          if inWord > 1 { body(code) }
        }
      }
    }
    if inWord > 1 { body((code << bits) & mask) }
  }

  /// Calls with the number of each trigram of the query that the folded text has, as often as it has it.
  ///
  /// - Returns: how many trigrams the text has.
  @inline(__always)
  func matches(in folded: [UInt8], _ body: (Int) -> Void) -> Int {
    var length = 0
    folded.withUnsafeBufferPointer { folded in
      table.withUnsafeBufferPointer { table in
        Self.forEachCode(in: folded) { code in
          length += 1
          let number = table[code]
          if number != 0 { body(Int(number) - 1) }
        }
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
    let length = query.matches(in: folded) { counts[$0] += 1 }
    for i in 0..<query.count where counts[i] > 0 {
      hits.append((UInt8(i), counts[i]))
      frequency[i] += 1
      counts[i] = 0
    }
    starts.append(hits.count)
    lengths.append(length)
  }

  /// How much of the query's trigrams each text has, 0…1.
  func shares() -> [Double] {
    lengths.indices.map { Double(starts[$0 + 1] - starts[$0]) / Double(max(1, query.count)) }
  }

  /// A score for each text, in the order in which they came.
  func scores() -> [Double] {
    let norm = LengthNorm(mean: Double(lengths.reduce(0, +)) / Double(max(1, lengths.count)))
    let idf = frequency.map { BM25.idf(documents: lengths.count, with: $0) }
    return lengths.indices.map { i in
      let norm = norm[Double(lengths[i])]
      return hits[starts[i]..<starts[i + 1]].reduce(0.0) {
        $0 + idf[Int($1.trigram)] * BM25.part(Double($1.count), norm)
      }
    }
  }
}
