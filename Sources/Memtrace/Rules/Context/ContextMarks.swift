// The words by which agents mark what a record is: in its tags and its event type.

/// Marks are compared in small letters, with `_` for `-` and `.`.
struct ContextMarks {
  /// What is left of the tags once the marks are gone: what the record is about.
  private(set) var topics: [String] = []
  private(set) var isHandOff = false
  private(set) var isIssue = false
  private(set) var isClosing = false
  /// All that was open in the session is done.
  private(set) var isCallOver = false
  private(set) var isPreference = false
  private(set) var isSentiment = false

  init(tags: [String], eventType: String, _ words: ContextWords) {
    for tag in tags { note(Self.normalized(tag), isTag: true, words) }
    note(Self.normalized(eventType), isTag: false, words)
    // What says of itself that it is over is not open.
    if isClosing {
      isIssue = false
      isHandOff = false
    }
  }

  private mutating func note(_ word: String, isTag: Bool, _ words: ContextWords) {
    switch words.mark(word) {
    case .handOff: isHandOff = true
    case .issue: isIssue = true
    case .closing: isClosing = true
    case .callOver:
      isClosing = true
      isCallOver = true
    case .preference: isPreference = true
    case .sentiment: isSentiment = true
    case nil:
      if let end = word.lastIndex(of: "_"), words.issueEndings.contains(String(word[end...])) {
        isIssue = true
        add(String(word[..<end]))
      } else if isTag {
        add(word)
      }
    }
  }

  /// The topics once more, where they are many: a record may have ten thousand tags.
  private var manyTopics: Set<String>?

  private mutating func add(_ topic: String) {
    if topics.count >= 32 {
      if manyTopics == nil { manyTopics = Set(topics) }
      if manyTopics?.insert(topic).inserted == true { topics.append(topic) }
    } else if !topics.contains(topic) {
      topics.append(topic)
    }
  }

  static func normalized(_ word: String) -> String {
    let isNormal = word.utf8.allSatisfy {
      $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".")
        && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
    }
    if isNormal { return word }
    var bytes = Array(word.utf8)
    for (at, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "-"), UInt8(ascii: "."): bytes[at] = UInt8(ascii: "_")
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes[at] = byte | 0x20
      default: break
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
