// Where a text needs a closer look: one lookup of three bytes at each beginning of a word.

/// The first texts of all formats and all words, found by a hash of their first three bytes.
///
/// Made once and never freed, so that a look costs no counting of references.
struct GateTriggers: @unchecked Sendable {
  enum Target: Sendable {
    case format(Int)
    case word(GateWord)
  }

  struct Entry: Sendable {
    /// Where its text stands in `texts`: in small letters where it is a word.
    let text: Range<Int>
    let target: Target
  }

  static let shared = GateTriggers()

  let formats = SecretFormats.all
  /// Formats that begin with a run: tried where a long text begins.
  let shapes: [SecretFormat]
  let entries: UnsafeBufferPointer<Entry>
  let texts: UnsafeBufferPointer<UInt8>
  /// Of each hash, whether anything begins so.
  let bits: UnsafeBufferPointer<UInt64>
  /// Of each hash, where its entries begin; its last is the count of all.
  let heads: UnsafeBufferPointer<UInt16>
  let kinds: UnsafeBufferPointer<UInt8>

  private init() {
    shapes = formats.filter { $0.pattern.prefix.count < 2 }
    var (texts, found): ([UInt8], [(hash: Int, entry: Entry)]) = ([], [])
    func add(_ text: [UInt8], _ target: Target) {
      let entry = Entry(text: texts.count..<texts.count + text.count, target: target)
      texts += text
      found += Self.hashes(of: text).map { ($0, entry) }
    }
    for (number, format) in formats.enumerated() where format.pattern.prefix.count >= 2 {
      add(format.pattern.prefix, .format(number))
    }
    var words = GateWord.all.flatMap { row in Self.texts(row.texts).map { ($0, row.word) } }
    for (number, id) in NationalID.all.enumerated() {
      words += Self.texts(id.words).map { ($0, .nationalID(number)) }
    }
    for (number, row) in SecretFormats.allNamed.enumerated() {
      words += row.words.map { (Array($0.utf8), .company(number)) }
    }
    for (text, word) in words { add(text, .word(word)) }
    // The longest first: `pin code` is not `pin`.
    found.sort { ($0.hash, $1.entry.text.count) < ($1.hash, $0.entry.text.count) }
    entries = Self.kept(found.map(\.entry))
    self.texts = Self.kept(texts)
    kinds = Self.kept(ByteKind.table)
    var (bits, heads) = ([UInt64](repeating: 0, count: 512), [UInt16](repeating: 0, count: 32_769))
    for (hash, _) in found {
      bits[hash >> 6] |= 1 << UInt64(hash & 63)
      heads[hash + 1] += 1
    }
    for place in 1..<heads.count { heads[place] += heads[place - 1] }
    (self.bits, self.heads) = (Self.kept(bits), Self.kept(heads))
  }

  private static func kept<Element>(_ array: [Element]) -> UnsafeBufferPointer<Element> {
    let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: array.count)
    _ = memory.initialize(from: array)
    return UnsafeBufferPointer(memory)
  }

  @inline(__always)
  static func hash(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Int {
    Int(a & 31) << 10 | Int(b & 31) << 5 | Int(c & 31)
  }

  @inline(__always)
  func mayBegin(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    guard place + 2 < bytes.count else { return false }
    let hash = Self.hash(bytes[place], bytes[place + 1], bytes[place + 2])
    return bits[hash >> 6] >> UInt64(hash & 63) & 1 == 1
  }

  /// Several, where one of the three bytes may be any.
  private static func hashes(of text: [UInt8]) -> Set<Int> {
    func may(_ place: Int) -> [UInt8] {
      guard place < text.count else { return Array(0..<32) }
      return text[place] == 0x20
        ? [0x20, 0x5F, 0x2D] + (place + 1 < text.count ? [text[place + 1]] : []) : [text[place]]
    }
    var found: Set<Int> = []
    for b in may(1) { for c in may(2) { found.insert(hash(text[0], b, c)) } }
    return found
  }

  /// Words as the gate sees a text: without accents.
  static func texts(_ list: String) -> [[UInt8]] {
    list.split(separator: ",").map { word in
      var word = String(word.drop { $0 == " " })
      return word.withUTF8 { GateText.plain($0)?.bytes ?? Array($0) }
    }
  }
}
