// To whom a record hands the customer over, and who takes that up.

/// The words that name the target of a hand-off, and the rule by which an agent is that target.
struct HandOff {
  let author: String
  /// Empty where nobody is named: then any other agent will do.
  let targets: Set<String>

  /// Topics and the words after "to", but for those of the author's own department.
  init(_ memory: Memory, by author: String, topics: [String]) {
    self.author = author
    var words = Set(topics.flatMap { Self.words(in: $0) })
    words.formUnion(Self.wordsAfterTo(memory.content))
    targets = words.subtracting(Self.words(in: author))
  }

  /// Another agent whose id holds a word of the target, or no word of any department.
  /// - Parameter department: `words(in: agent)`.
  func isTakenUp(by agent: String, of department: Set<String>) -> Bool {
    if agent == author { return false }
    if targets.isEmpty { return true }
    return department.isEmpty || !department.isDisjoint(with: targets)
  }

  /// Words that name no department.
  private static let general: Set<String> = [
    "a", "an", "the", "to", "our", "their", "his", "her", "this", "that", "be", "agent", "agents",
    "assistant", "bot", "support", "helper", "team", "department", "dept", "desk", "service",
    "services", "specialist", "specialists", "human", "customer", "general", "ai", "issue",
    "related", "needed", "needs", "colleague", "someone", "another", "for", "and", "of", "in",
  ]

  /// The words of an id or a tag that say which department is meant.
  static func words(in text: String) -> Set<String> {
    var words: Set<String> = []
    var word: [UInt8] = []
    // Most are plain ASCII; the letters of other scripts are told by their properties.
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      return Set(text.lowercased().split { !$0.isLetter }.map(String.init)).subtracting(general)
    }
    func end() {
      guard !word.isEmpty else { return }
      let text = String(decoding: word, as: UTF8.self)
      if !general.contains(text) { words.insert(text) }
      word.removeAll(keepingCapacity: true)
    }
    for byte in text.utf8 {
      if (0x61...0x7A).contains(byte | 0x20) { word.append(byte | 0x20) } else { end() }
    }
    end()
    return words
  }

  /// Up to three words after each "to".
  private static func wordsAfterTo(_ text: String) -> Set<String> {
    var found: Set<String> = []
    var left = 0
    for word in text.prefix(2_000).split(whereSeparator: { !$0.isLetter }) {
      if word == "to" {
        left = 3
      } else if left > 0 {
        left -= 1
        found.insert(word.lowercased())
      }
    }
    return found.subtracting(general)
  }
}
