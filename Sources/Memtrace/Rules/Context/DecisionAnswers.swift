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
    _ words: ContextWords, isAnswer: (Int) -> Bool
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
        where answers[place] == nil && isProblem(memories[place], marks[place], words) {
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

  private static func isProblem(
    _ memory: Memory, _ marks: ContextMarks, _ known: ContextWords
  ) -> Bool {
    if marks.isIssue || marks.isHandOff { return true }
    var isProblem = false
    words(of: memory.content) { word in
      isProblem = isProblem || known.mayBeProblem.contains(word) && known.problems.contains(word)
    }
    return isProblem
  }

  /// Of the first 400 bytes.
  private static func words(of text: String, _ body: (UInt64) -> Void) {
    TextWords.each(in: Array(text.utf8.prefix(400))[...]) { word, _ in body(word) }
  }
}
