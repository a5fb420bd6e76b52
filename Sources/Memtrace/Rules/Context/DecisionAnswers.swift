// Which problems somebody has decided what to do about.

enum DecisionAnswers {
  /// Each problem with the decision that answers it, by position: the first later decision that names the record as its
  /// parent; or of the same agent, in the same session, in whose words or tags a topic of the problem stands, other than
  /// the agent's own department. A problem is marked as an issue, or has a word for one in its first 400 bytes.
  /// - Parameters:
  ///   - memories: by id.
  ///   - isAnswer: whether a decision is one that may answer: not one that only hands the customer over.
  static func find(
    _ memories: [Memory], _ subjects: [OpenItems.Subject], _ marks: [ContextMarks],
    _ correctedBy: [RecordID: RecordID], isStanding: (RecordID) -> Bool,
    isAnswer: (Int) -> Bool
  ) -> [Int: RecordID] {
    let decisions = memories.filter { $0.kind == .decision }
    if decisions.isEmpty { return [:] }
    let hasParents = decisions.contains { $0.parent != nil }
    var answers: [Int: RecordID] = [:]
    var topics: [Conversation: Topics] = [:]
    var positions: [RecordID: Int] = [:]
    for (at, memory) in memories.enumerated() where isStanding(memory.id) {
      if hasParents { positions[memory.id] = at }
      let conversation = Conversation(
        agent: subjects[at].source.agent, session: subjects[at].session)
      if memory.kind == .decision {
        guard isAnswer(at) else { continue }
        if let parent = memory.parent.flatMap({ RecordID($0) }),
          let place = positions[correctedBy[parent] ?? parent],
          isCandidate(memories[place], marks[place])
        {
          answers[place] = answers[place] ?? memory.id
        }
        for place in topics[conversation]?.take(namedBy: memory) ?? []
        where answers[place] == nil && isProblem(memories[place], marks[place]) {
          answers[place] = memory.id
        }
      } else if !marks[at].topics.isEmpty, isCandidate(memory, marks[at]) {
        topics[conversation, default: Topics(of: conversation.agent)].add(marks[at].topics, at)
      }
    }
    return answers
  }

  private struct Conversation: Hashable {
    let agent: String
    let session: SessionID?
  }

  private static func isCandidate(_ memory: Memory, _ marks: ContextMarks) -> Bool {
    memory.kind != .entity && memory.kind != .decision && !marks.isClosing && !marks.isPreference
      && !marks.isSentiment
  }

  /// The topics of one agent's records in one session, by the hash of their first word.
  private struct Topics {
    private var entries: [UInt64: [(rest: [UInt64], at: Int)]] = [:]
    private var mayBegin = WordFilter()
    /// The agent's department, which is no topic.
    private let department: Set<String>

    init(of agent: String) {
      department = HandOff.words(in: agent)
    }

    mutating func add(_ topics: [String], _ at: Int) {
      for topic in topics where !department.contains(topic) {
        var words: [UInt64] = []
        DecisionAnswers.words(of: topic) { words.append($0) }
        guard let first = words.first else { continue }
        mayBegin.insert(first)
        entries[first, default: []].append((Array(words.dropFirst()), at))
      }
    }

    /// Positions of the records of which a whole topic stands in a decision. They are not found again.
    mutating func take(namedBy decision: Memory) -> Set<Int> {
      if entries.isEmpty { return [] }
      var named: [UInt64] = []
      DecisionAnswers.words(of: decision.content) { named.append($0) }
      DecisionAnswers.words(of: decision.reasoning ?? "") { named.append($0) }
      for tag in decision.tags { DecisionAnswers.words(of: tag) { named.append($0) } }
      var found: Set<Int> = []
      for word in named where mayBegin.contains(word) {
        guard let list = entries[word] else { continue }
        let matches = list.filter { $0.rest.allSatisfy(named.contains) }
        found.formUnion(matches.map(\.at))
        if matches.count == list.count {
          entries[word] = nil
        } else if !matches.isEmpty {
          entries[word] = list.filter { !$0.rest.allSatisfy(named.contains) }
        }
      }
      return found
    }
  }

  private static func isProblem(_ memory: Memory, _ marks: ContextMarks) -> Bool {
    if marks.isIssue || marks.isHandOff { return true }
    var isProblem = false
    words(of: memory.content) { word in
      isProblem = isProblem || mayBeProblem.contains(word) && problems.contains(word)
    }
    return isProblem
  }

  private static let mayBeProblem: WordFilter = {
    var filter = WordFilter()
    for word in problems { filter.insert(word) }
    return filter
  }()

  /// Knows most words that are not in a set by the last nine bits of their hash: nearly all are not.
  private struct WordFilter {
    private var bits = InlineArray<8, UInt64>(repeating: 0)

    mutating func insert(_ word: UInt64) { bits[Int(word >> 6 & 7)] |= 1 << (word & 63) }

    func contains(_ word: UInt64) -> Bool { bits[Int(word >> 6 & 7)] >> (word & 63) & 1 == 1 }
  }

  private static let problems: Set<UInt64> = {
    var hashes: Set<UInt64> = []
    words(
      of: """
        report reports reported complain complains complained complaint issue issues problem problems
        trouble diagnosis diagnosed fault faulty error errors fail fails failed failing failure broken
        defect defective slow unstable outage down drops dropped dropping crackles noisy lost missing
        stuck wrong overcharged cannot unable dispute disputes disputed
        """, upTo: .max
    ) { hashes.insert($0) }
    return hashes
  }()

  /// FNV-1a of each word of the first bytes, in small letters; anything but a letter or digit parts words.
  private static func words(
    of text: String, upTo limit: Int = 400, _ body: (UInt64) -> Void
  ) {
    let start: UInt64 = 0xCBF2_9CE4_8422_2325
    var hash = start
    for byte in text.utf8.prefix(limit) {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        hash = (hash ^ UInt64(byte | 0x20)) &* 0x100_0000_01B3
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      default:
        if hash != start { body(hash) }
        hash = start
      }
    }
    if hash != start { body(hash) }
  }
}
