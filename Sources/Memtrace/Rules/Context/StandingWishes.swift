// What a customer asked to be always or never done, found by rule.

/// A sentence that says how somebody wants to be treated from then on: "Never call before noon", "prefers e-mail",
/// "from now on …". Of several that say nearly the same the newest wins.
struct StandingWish {
  /// Position of the record.
  let at: Int
  /// Of the sentence among the parts of the record's text.
  let part: Int
  let sentence: ArraySlice<UInt8>
  /// "Always …", "never …": said as a rule, not as a liking.
  let isRule: Bool

  /// - Returns: the newest first.
  static func find(_ records: [ContextRecord], _ words: ContextWords) -> [StandingWish] {
    var wishes: [StandingWish] = []
    var kept: [Set<UInt64>] = []
    for at in records.indices.reversed() {
      let record = records[at]
      guard record.section != .superseded, record.section != .customer,
        record.memory.kind != .decision
      else { continue }
      for wish in Self.find(in: record.memory, at, words).reversed() {
        let said = topics(wish.sentence)
        let isOld = kept.contains {
          let common = $0.count(where: said.contains)
          return 10 * common >= 7 * ($0.count + said.count - common)
        }
        if isOld { continue }
        kept.append(said)
        wishes.append(wish)
      }
    }
    return wishes
  }

  private static func find(
    in memory: Memory, _ at: Int, _ words: ContextWords
  ) -> [StandingWish] {
    // Most texts have none: they are not even cut into sentences.
    guard words.mayHoldWish(memory.content) else { return [] }
    let speaker = Speaker(memory)
    if speaker == .reply { return [] }
    let bytes = Array(memory.content.utf8.prefix(8_192))
    let isShort = bytes.count <= 300
    guard JSONOutline.find(in: bytes) == nil else { return [] }
    var found: [StandingWish] = []
    for (part, range) in Sentences.split(bytes, upTo: bytes.count).enumerated() {
      let spoken = TextWords.all(in: bytes[range])
      // "Customer: Never call me": the first word names the speaker.
      let start = part == 0 && Speaker.isNamed(bytes[range]) ? 1 : 0
      let mayBe = speaker == .customer || isShort
      let isRule =
        mayBe && start < spoken.count && words.begins.stands(at: start, in: spoken)
      if isRule || words.noted.stands(in: spoken) || mayBe && words.said.stands(in: spoken) {
        found.append(
          StandingWish(at: at, part: part, sentence: bytes[range], isRule: isRule))
      }
    }
    return found
  }

  /// Words of more than three letters.
  private static func topics(_ sentence: ArraySlice<UInt8>) -> Set<UInt64> {
    var topics: Set<UInt64> = []
    TextWords.each(in: sentence) { word, length in if length > 3 { topics.insert(word) } }
    return topics
  }
}

/// Whose words a record holds.
private enum Speaker {
  case customer
  /// An answer to the customer, whose "always" is advice.
  case reply
  /// What somebody noted.
  case note

  private static let customers: Set<String> = [
    "customer", "user", "client", "caller", "human", "customer_message", "user_message", "cliente",
    "kunde", "kundin",
  ]
  private static let replies: Set<String> = [
    "assistant", "agent_response", "assistant_message", "response", "reply", "agent_reply",
    "tool_result", "tool",
  ]

  init(_ memory: Memory) {
    let marks = ([memory.agent, memory.eventType] + memory.tags).map(ContextMarks.normalized)
    if marks.contains(where: Self.replies.contains) {
      self = .reply
    } else if marks.contains(where: Self.customers.contains)
      || Self.isNamed(Array(memory.content.utf8.prefix(32))[...])
    {
      self = .customer
    } else {
      self = .note
    }
  }

  /// Whether a text begins with "Customer:" or the like.
  static func isNamed(_ text: ArraySlice<UInt8>) -> Bool {
    guard let colon = text.prefix(24).firstIndex(of: UInt8(ascii: ":")) else { return false }
    return customers.contains(
      ContextMarks.normalized(String(decoding: text[..<colon], as: UTF8.self)))
  }
}
