// The words by which agents mark what a record is: in its tags and its event type.

/// Marks are compared in small letters, with `_` for `-` and `.`.
struct ContextMarks {
  private enum Mark {
    case handOff, issue, closing, preference, sentiment
  }

  /// What is left of the tags once the marks are gone: what the record is about.
  private(set) var topics: [String] = []
  private(set) var isHandOff = false
  private(set) var isIssue = false
  private(set) var isClosing = false
  private(set) var isPreference = false
  private(set) var isSentiment = false

  init(tags: [String], eventType: String) {
    for tag in tags { note(Self.normalized(tag), isTag: true) }
    note(Self.normalized(eventType), isTag: false)
    // What says of itself that it is over is not open.
    if isClosing {
      isIssue = false
      isHandOff = false
    }
  }

  private mutating func note(_ word: String, isTag: Bool) {
    switch Self.mayBeMark[Self.outline(word)] ? Self.marks[word] : nil {
    case .handOff: isHandOff = true
    case .issue: isIssue = true
    case .closing: isClosing = true
    case .preference: isPreference = true
    case .sentiment: isSentiment = true
    case nil:
      if let last = word.utf8.last, last == UInt8(ascii: "e") || last == UInt8(ascii: "m"),
        word.hasSuffix("_issue") || word.hasSuffix("_problem"), let end = word.lastIndex(of: "_")
      {
        isIssue = true
        add(String(word[..<end]))
      } else if isTag {
        add(word)
      }
    }
  }

  private mutating func add(_ topic: String) {
    if !topics.contains(topic) { topics.append(topic) }
  }

  /// Whether every topic of one is a topic of the other; two that are about nothing share nothing.
  func sharesTopics(with other: ContextMarks) -> Bool {
    !topics.isEmpty && !other.topics.isEmpty
      && (topics.allSatisfy(other.topics.contains) || other.topics.allSatisfy(topics.contains))
  }

  private static let marks: [String: Mark] = {
    let words: [(Mark, String)] = [
      (
        .handOff,
        "handoff handoff_needed hand_off handover hand_over transfer transfer_needed escalation "
          + "escalate escalated escalation_needed needs_escalation"
      ),
      (
        .issue,
        "issue issue_reported problem complaint open open_issue open_item unresolved todo to_do "
          + "task follow_up followup follow_up_needed followup_needed callback callback_needed "
          + "pending waiting blocked action_required promise"
      ),
      (
        .closing,
        "resolved resolution issue_resolved solved fixed done completed complete closed "
          + "call_complete call_resolved answered"
      ),
      (.preference, "preference preferences customer_preference"),
      (.sentiment, "sentiment customer_sentiment mood"),
    ]
    var marks: [String: Mark] = [:]
    for (mark, list) in words {
      for word in list.split(separator: " ") { marks[String(word)] = mark }
    }
    return marks
  }()

  /// Most tags are no marks, and their outline says so.
  private static let mayBeMark: [Bool] = {
    var table = [Bool](repeating: false, count: 256)
    for word in marks.keys { table[outline(word)] = true }
    return table
  }()

  private static func outline(_ word: String) -> Int {
    let bytes = word.utf8
    return (Int(bytes.first ?? 0) &* 7 &+ Int(bytes.last ?? 0) &* 31 &+ bytes.count) & 255
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
