// The words by which contexts tell what a record is, from one file a language: templates/context/words.<lang>.json.

internal import Templates

/// All languages at once, for one customer may write in two. A repository's own file takes the place of the built-in one
/// of its language, or adds a language. Nothing changes in it once it is made, and nothing of it is copied.
final class ContextWords: @unchecked Sendable {
  enum Mark: String, CaseIterable {
    case handOff = "hand_off"
    case callOver = "call_over"
    case issue, closing, preference, sentiment
  }

  /// Tags and event types, in small letters with `_` for `-` and `.`.
  private var marks: [String: Mark] = [:]
  /// Most tags are no marks, and their outline says so.
  private var mayBeMark = [Bool](repeating: false, count: 256)
  /// What ends a tag that is an issue: `billing_issue`.
  private(set) var issueEndings: Set<String> = []
  /// Names of departments: who works on something is not what it is about.
  private(set) var departments: Set<String> = []
  /// Hashes of the words that say that something is wrong.
  private(set) var problems: Set<UInt64> = []
  private(set) var mayBeProblem = WordFilter()
  /// Of a wish: how a sentence begins, what a customer says of himself, what others note of him.
  private(set) var begins = Phrases()
  private(set) var said = Phrases()
  private(set) var noted = Phrases()
  /// All of them.
  private var wishes = Phrases()
  /// How each language says that a customer goes to somebody else.
  private(set) var transfers: [TransferWords] = []

  static let languages = ["en", "es", "de", "fr", "pt"]

  /// - Throws: `invalid` for what is no such file.
  init(_ files: [[UInt8]]) throws {
    for file in files { try add(file) }
  }

  /// Whether the repository has no words of its own.
  private(set) var isBuiltIn = false

  static let builtIn = {
    let words = assembled(replacing: [:])
    words.isBuiltIn = true
    return words
  }()

  /// - Parameter own: by language, files that were found to be right before.
  static func assembled(replacing own: [String: [UInt8]]) -> ContextWords {
    var files: [[UInt8]] = languages.filter { own[$0] == nil }.compactMap {
      Template.named("context/words.\($0).json")?.bytes
    }
    files += own.sorted { $0.key < $1.key }.map(\.value)
    guard let words = try? ContextWords(files) else {
      preconditionFailure("a built-in list of words is broken")
    }
    return words
  }

  /// The language that a file's name says: `words.en.json`.
  static func language(ofFile name: String) -> String? {
    guard name.hasPrefix("words."), name.hasSuffix(".json") else { return nil }
    let language = name.dropFirst(6).dropLast(5)
    let isName =
      (1...16).contains(language.utf8.count)
      && language.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
    return isName ? String(language) : nil
  }

  private func add(_ file: [UInt8]) throws {
    guard let json = try? JSON(parsing: file, depth: 4), let members = json.members else {
      throw MemtraceError(.invalid, "a list of words is one JSON object")
    }
    for member in members {
      switch member.key {
      case "tags":
        for group in member.value.members ?? [] { try addTags(group) }
      case "problems":
        guard let text = member.value.string else { throw Self.fault("problems", "text") }
        TextWords.each(in: Array(text.utf8)[...]) { word, _ in
          problems.insert(word)
          mayBeProblem.insert(word)
        }
      case "wishes":
        for group in member.value.members ?? [] {
          let phrases = try Self.texts(group)
          for phrase in phrases { wishes.add(phrase) }
          switch group.key {
          case "begins": for phrase in phrases { begins.add(phrase) }
          case "said": for phrase in phrases { said.add(phrase) }
          case "noted": for phrase in phrases { noted.add(phrase) }
          default: throw Self.unknown(group.key)
          }
        }
      case "transfers":
        var words: [TransferWords.Group: Set<String>] = [:]
        for group in member.value.members ?? [] {
          guard let name = TransferWords.Group(rawValue: group.key) else {
            throw Self.unknown(group.key)
          }
          guard let text = group.value.string else { throw Self.fault(group.key, "text") }
          words[name] = Set(text.split(separator: " ").map { $0.lowercased() })
        }
        transfers.append(TransferWords(words))
      default: throw Self.unknown(member.key)
      }
    }
  }

  private func addTags(_ group: JSON.Member) throws {
    let words = try Self.texts(group).map(ContextMarks.normalized)
    if let mark = Mark(rawValue: group.key) {
      for word in words {
        marks[word] = mark
        mayBeMark[Self.outline(word)] = true
      }
    } else if group.key == "issue_endings" {
      issueEndings.formUnion(words)
    } else if group.key == "department" {
      departments.formUnion(words)
    } else {
      throw Self.unknown(group.key)
    }
  }

  func mark(_ word: String) -> Mark? { mayBeMark[Self.outline(word)] ? marks[word] : nil }

  private static func outline(_ word: String) -> Int {
    let bytes = word.utf8
    return (Int(bytes.first ?? 0) &* 7 &+ Int(bytes.last ?? 0) &* 31 &+ bytes.count) & 255
  }

  /// Whether a phrase of wishes stands anywhere in the first 8 KiB.
  func mayHoldWish(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      wishes.begin(in: UnsafeBufferPointer(rebasing: bytes.prefix(8_192)))
    }
  }

  private static func texts(_ member: JSON.Member) throws -> [String] {
    let texts = member.value.array?.compactMap(\.string)
    guard let texts, texts.count == member.value.array?.count else {
      throw fault(member.key, "a list of texts")
    }
    return texts
  }

  private static func fault(_ key: String, _ kind: String) -> MemtraceError {
    MemtraceError(.invalid, "in a list of words '\(key.prefix(64))' is \(kind)")
  }

  private static func unknown(_ key: String) -> MemtraceError {
    MemtraceError(
      .invalid, "a list of words has no '\(key.prefix(64))'",
      hint: "memtrace template context/words.en.json shows one")
  }
}

/// Phrases by their first word.
struct Phrases: Sendable {
  private var rests: [UInt64: [[UInt64]]] = [:]
  private var mayBegin = WordFilter()
  /// Of the first two words, one bit each in 65,536: of a thousand pairs that begin no phrase a few look as if they did.
  private var pairs = [UInt64](repeating: 0, count: 1 << 10)

  mutating func add(_ phrase: String) {
    let words = TextWords.all(in: Array(phrase.utf8)[...])
    guard let first = words.first else { return }
    rests[first, default: []].append(Array(words.dropFirst()))
    mayBegin.insert(first)
    let pair = Self.pair(first, words.count > 1 ? words[1] : Self.alone)
    pairs[pair >> 6] |= 1 << UInt64(pair & 63)
  }

  /// Whether one of them stands at a place among words.
  func stands(at place: Int, in words: [UInt64]) -> Bool {
    guard mayBegin.contains(words[place]), let rests = rests[words[place]] else { return false }
    return rests.contains { words[(place + 1)...].starts(with: $0) }
  }

  private static func pair(_ first: UInt64, _ second: UInt64) -> Int {
    Int(((first &+ second << 1) &* 0x9E37_79B9_7F4A_7C15) >> 48)
  }

  /// Stands for the second word of a phrase of one.
  private static let alone: UInt64 = 1

  /// Whether the first two words of a phrase, or the one that it has, stand in a text.
  func begin(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard mayBegin(in: text) else { return false }
    var last: UInt64?
    var begins = false
    TextWords.each(in: text) { word, _ in
      if let last, !begins { begins = self.begins(with: last, word) }
      last = word
    }
    if let last, !begins { begins = self.begins(with: last, nil) }
    return begins
  }

  private func begins(with word: UInt64, _ next: UInt64?) -> Bool {
    rests[word]?.contains { $0.isEmpty || $0.first == next } == true
  }

  /// Most texts have none, which is told here without a branch for each word.
  private func mayBegin(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    pairs.withUnsafeBufferPointer { pairs in
      var found: UInt64 = 0
      var last: UInt64 = 0
      TextWords.each(in: text) { word, _ in
        let pair = Self.pair(last, word)
        let one = Self.pair(word, Self.alone)
        found |= pairs[pair >> 6] >> UInt64(pair & 63) | pairs[one >> 6] >> UInt64(one & 63)
        last = word
      }
      return found & 1 == 1
    }
  }

  func stands(in words: [UInt64]) -> Bool {
    words.indices.contains { stands(at: $0, in: words) }
  }
}

/// Knows most words that are not in a set by the last nine bits of their hash: nearly all are not.
struct WordFilter: Sendable {
  private var bits = InlineArray<8, UInt64>(repeating: 0)

  mutating func insert(_ word: UInt64) { bits[Int(word >> 6 & 7)] |= 1 << (word & 63) }

  func contains(_ word: UInt64) -> Bool { bits[Int(word >> 6 & 7)] >> (word & 63) & 1 == 1 }
}

/// The words of a text as hashes.
enum TextWords {
  static func all(in text: ArraySlice<UInt8>) -> [UInt64] {
    var words: [UInt64] = []
    each(in: text) { word, _ in words.append(word) }
    return words
  }

  /// The hash of each word in small letters, those of western Europe too, and its number of bytes; anything but a letter or
  /// digit parts words, apostrophes of either form among it.
  static func each(in text: ArraySlice<UInt8>, _ body: (UInt64, Int) -> Void) {
    text.withUnsafeBufferPointer { each(in: $0, body) }
  }

  static func each(in bytes: UnsafeBufferPointer<UInt8>, _ body: (UInt64, Int) -> Void) {
    kinds.withUnsafeBufferPointer { kinds in
      var hash: UInt64 = 0
      var length = 0
      var at = 0
      while at < bytes.count {
        let byte = bytes[at]
        var kind = kinds[Int(byte)]
        at &+= 1
        if kind == special {
          kind = byte
          if byte == 0xE2 {
            if at + 1 < bytes.count, bytes[at] == 0x80, bytes[at + 1] >= 0x93 {
              at += 2
              kind = 0
            }
          } else if at > 1, bytes[at - 2] == 0xC3, byte != 0x97 {
            kind = byte | 0x20
          }
        }
        if kind != 0 {
          hash = (hash << 7 | hash >> 57) ^ UInt64(kind)
          length &+= 1
        } else if length > 0 {
          body(mixed(hash), length)
          (hash, length) = (0, 0)
        }
      }
      if length > 0 { body(mixed(hash), length) }
    }
  }

  /// Words of nine letters and less have all their bits in a hash; those of longer ones overlap.
  @inline(__always)
  private static func mixed(_ hash: UInt64) -> UInt64 {
    let product = hash &* 0x9E37_79B9_7F4A_7C15
    return product ^ product >> 32
  }

  /// Of a byte that only its neighbours tell: a capital of western Europe, or the beginning of an apostrophe or dash.
  private static let special: UInt8 = 1

  /// By byte: 0 for what parts words, else the letter or digit, small.
  private static let kinds: [UInt8] = (0..<256).map { value in
    switch UInt8(value) {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt8(value) | 0x20
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): UInt8(value)
    case 0x80..<0xA0, 0xE2: special
    case ..<0x80: 0
    default: UInt8(value)
    }
  }
}
