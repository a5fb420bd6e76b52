// What a text says, however it is written: by this, what was rejected is known when somebody says it again.

/// Two texts say the same where they are equal without case, accents, width, look-alike letters, invisible characters,
/// spaces and punctuation, or hold the same clauses in another order. Other words are another text.
struct SaidForm: Hashable, Sendable {
  /// All of it as it comes.
  let flat: [UInt8]
  /// Its clauses, in the order of their bytes.
  let sorted: [UInt8]

  /// Nil where nothing is said.
  init?(_ text: String) {
    var reader = Reader()
    for scalar in text.unicodeScalars { reader.take(scalar) }
    reader.endClause()
    flat = reader.flat
    if flat.isEmpty { return nil }
    sorted = Array(
      reader.clauses.sorted { $0.lexicographicallyPrecedes($1) }.joined(separator: [0]))
  }

  func says(_ other: SaidForm) -> Bool { flat == other.flat || sorted == other.sorted }

  /// Words stand together without a space, but for numbers: "4 euro" is "4euro", "1 2" is not "12".
  private struct Reader {
    var flat: [UInt8] = []
    var clauses: [[UInt8]] = []
    private var clause: [UInt8] = []
    private var word: [Unicode.Scalar] = []
    /// Punctuation that belongs to a number if a digit follows.
    private var held: Unicode.Scalar?

    mutating func take(_ scalar: Unicode.Scalar) {
      let look = GateText.look(scalar.value)
      var seen = scalar
      switch look {
      case .nothing: return
      case .one(let byte) where !Self.isLetter(byte): seen = Unicode.Scalar(byte)
      case .one, .itself: break
      }
      let isDigit = seen.properties.numericType == .decimal
      if let sign = held {
        held = nil
        if isDigit { word.append(sign) } else { punctuate(sign) }
      }
      switch seen {
      case ".", ",":
        if word.last?.properties.numericType == .decimal {
          held = "."
        } else {
          punctuate(seen)
        }
      case "-":
        if word.isEmpty { held = seen } else { endWord() }
      case ";", "|", "\n", "!", "?", "•", "·", "。", "、", "，", "；": punctuate(seen)
      case "%", "#", "@", "&", "+", "*", "<", ">": word.append(seen)
      default:
        let properties = seen.properties
        if seen.value >= 0x80 || properties.isAlphabetic || isDigit {
          if Self.isSeparator(properties.generalCategory) { endWord() } else { word.append(seen) }
        } else {
          endWord()
        }
      }
    }

    private mutating func punctuate(_ sign: Unicode.Scalar) {
      if sign == "-" { endWord() } else { endClause() }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    private static func isSeparator(_ category: Unicode.GeneralCategory) -> Bool {
      switch category {
      case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .connectorPunctuation,
        .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
        .finalPunctuation, .otherPunctuation, .modifierSymbol:
        true
      default: false
      }
    }

    private mutating func endWord() {
      if word.isEmpty { return }
      defer { word.removeAll(keepingCapacity: true) }
      let isMixed = word.contains { $0.isASCII && $0.properties.isAlphabetic }
      var bytes: [UInt8] = []
      for scalar in word { SaidForm.append(scalar, isMixed: isMixed, to: &bytes) }
      guard let first = bytes.first else { return }
      if let last = clause.last, last &- 0x30 < 10, first &- 0x30 < 10 {
        clause.append(UInt8(ascii: " "))
      }
      clause += bytes
    }

    mutating func endClause() {
      if let sign = held {
        held = nil
        if sign != "-" { endWord() }
      }
      endWord()
      if clause.isEmpty { return }
      if let last = flat.last, last &- 0x30 < 10, clause[0] &- 0x30 < 10 {
        flat.append(UInt8(ascii: " "))
      }
      flat += clause
      clauses.append(clause)
      clause = []
    }
  }

  /// - Parameter isMixed: whether Latin letters stand in the word: then those of other alphabets are what they look like,
  ///   capitals too.
  private static func append(_ scalar: Unicode.Scalar, isMixed: Bool, to bytes: inout [UInt8]) {
    func put(_ byte: UInt8) { bytes.append(byte &- 0x41 < 26 ? byte | 0x20 : byte) }
    if scalar.isASCII { return put(UInt8(scalar.value)) }
    if isMixed, case .one(let byte) = GateText.look(scalar.value) { return put(byte) }
    for lower in scalar.properties.lowercaseMapping.unicodeScalars {
      if let twin = smallTwins[lower] {
        put(twin)
      } else if case .one(let byte) = GateText.look(lower.value) {
        put(byte)
      } else if lower.isASCII {
        put(UInt8(lower.value))
      } else {
        let folded = TextFolding.folded(lower)
        bytes += folded == " " ? Array(String(lower).utf8) : Array(folded.utf8)
      }
    }
  }

  /// Small letters whose capital looks like a Latin one, and they do not.
  private static let smallTwins: [Unicode.Scalar: UInt8] = [
    "в": UInt8(ascii: "b"), "н": UInt8(ascii: "h"), "м": UInt8(ascii: "m"),
    "β": UInt8(ascii: "b"), "η": UInt8(ascii: "h"), "μ": UInt8(ascii: "m"),
    "τ": UInt8(ascii: "t"), "κ": UInt8(ascii: "k"), "ε": UInt8(ascii: "e"),
    "ζ": UInt8(ascii: "z"), "т": UInt8(ascii: "t"), "з": UInt8(ascii: "3"),
  ]
}
