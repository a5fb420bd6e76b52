// The words by which contexts tell what a record is, from one file a language: templates/context/words.<lang>.json.

internal import Templates

/// All languages at once, for one customer may write in two. A repository's own file takes the place of the built-in one
/// of its language, or adds a language.
struct ContextWords: Sendable {
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
    var words = assembled(replacing: [:])
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

  private mutating func add(_ file: [UInt8]) throws {
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

  private mutating func addTags(_ group: JSON.Member) throws {
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
      // Two words at a time tell nearly all texts apart that hold none.
      var last: UInt64?
      var mayHold = false
      TextWords.each(in: UnsafeBufferPointer(rebasing: bytes.prefix(8_192))) { word, _ in
        if let last, !mayHold { mayHold = wishes.mayStand(last, then: word) }
        last = word
      }
      if let last, !mayHold { mayHold = wishes.mayStand(last, then: nil) }
      return mayHold
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

  mutating func add(_ phrase: String) {
    let words = TextWords.all(in: Array(phrase.utf8)[...])
    guard let first = words.first else { return }
    rests[first, default: []].append(Array(words.dropFirst()))
    mayBegin.insert(first)
  }

  /// Whether one of them stands at a place among words.
  func stands(at place: Int, in words: [UInt64]) -> Bool {
    guard mayBegin.contains(words[place]), let rests = rests[words[place]] else { return false }
    return rests.contains { words[(place + 1)...].starts(with: $0) }
  }

  /// By the first two words.
  func mayStand(_ word: UInt64, then next: UInt64?) -> Bool {
    guard mayBegin.contains(word), let rests = rests[word] else { return false }
    return rests.contains { $0.isEmpty || $0.first == next }
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

  /// FNV-1a of each word in small letters, those of western Europe too, and its number of bytes; anything but a letter or
  /// digit parts words, apostrophes of either form among it.
  static func each(in text: ArraySlice<UInt8>, _ body: (UInt64, Int) -> Void) {
    text.withUnsafeBufferPointer { each(in: $0, body) }
  }

  static func each(in bytes: UnsafeBufferPointer<UInt8>, _ body: (UInt64, Int) -> Void) {
    let start: UInt64 = 0xCBF2_9CE4_8422_2325
    var hash = start
    var length = 0
    var at = 0
    while at < bytes.count {
      var byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte |= 0x20
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
      case 0x80..<0xA0 where at > 1 && bytes[at - 2] == 0xC3 && byte != 0x97: byte |= 0x20
      case 0xE2 where at + 1 < bytes.count && bytes[at] == 0x80 && bytes[at + 1] >= 0x93:
        at += 2
        fallthrough
      case ..<0x80:
        if length > 0 { body(hash, length) }
        (hash, length) = (start, 0)
        continue
      default: break
      }
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      length += 1
    }
    if length > 0 { body(hash, length) }
  }
}
