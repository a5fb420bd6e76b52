// What is still to be done: issues until they are resolved, hand-offs until they are taken up.

enum OpenItems {
  enum State {
    case open
    /// Something was resolved that may have been this.
    case doubtful(RecordID)
    case resolved
    case takenUp(String)

    /// What is said of it in the text.
    var note: String? {
      switch self {
      case .open: nil
      case .doubtful(let id): "maybe resolved by \(id)"
      case .resolved: "resolved"
      case .takenUp(let agent): "taken up by \(agent)"
      }
    }

    var isOpen: Bool {
      switch self {
      case .open, .doubtful: true
      case .resolved, .takenUp: false
      }
    }
  }

  /// What a record is about, where it belongs, and when that came up.
  struct Subject {
    /// A correction without tags of its own, none or the same, is about what it corrects.
    let source: Memory
    let session: SessionID?

    /// - Parameter original: the oldest record that it corrects.
    init(_ memory: Memory, correcting original: Memory?) {
      let isAlike = memory.tags.isEmpty || memory.tags == original?.tags
      source = isAlike ? original ?? memory : memory
      session = (original ?? memory).session
    }
  }

  private struct Item {
    let at: Int
    var handOff: HandOff?
    var isIssue: Bool
    var takenUpBy: String?
    var doubt: RecordID?
  }

  /// Reads the records oldest first; a correction without tags of its own stands in the place of what it corrects.
  ///
  /// - A record is an issue by its marks, and a hand-off by its marks or as a decision to transfer.
  /// - A hand-off is taken up by the first later record of an agent that it is meant for.
  /// - A closing record resolves its parent, and what its text names by id. Without a parent it resolves the earlier items
  ///   whose specific topics are all among its own; a department's name is no topic. If it says that the call is over, or
  ///   has no topic at all and one item alone is open in its session, it resolves what is open there. Where only some
  ///   topics are the same, or only the department, the item stays open and says by what it may be resolved.
  /// - Parameters:
  ///   - memories: by id.
  ///   - subjects: of each of them.
  ///   - marks: of each subject.
  ///   - correctedBy: the correction that stands, of each record that was corrected.
  ///   - isStanding: false for records that were corrected since, which count for nothing.
  /// - Returns: states by position; nothing for records that were never open.
  static func judge(
    _ memories: [Memory], _ subjects: [Subject], _ marks: [ContextMarks],
    _ correctedBy: [RecordID: RecordID], _ words: ContextWords, isStanding: (RecordID) -> Bool
  ) -> [Int: State] {
    var open: [Item] = []
    var states: [Int: State] = [:]
    var departments: [String: Set<String>] = [:]
    let general = words.departments
    for (id, at) in turns(memories, subjects) where isStanding(memories[at].id) {
      let memory = memories[at]
      if id == memory.id, open.contains(where: { $0.handOff != nil }) {
        let department = departments[memory.agent] ?? HandOff.words(in: memory.agent)
        departments[memory.agent] = department
        takeUp(&open, &states, by: memory.agent, of: department)
      }
      guard id == subjects[at].source.id else { continue }
      if marks[at].isClosing {
        let parent = subjects[at].source.parent.flatMap { RecordID($0) }
        let author = departments[memory.agent] ?? HandOff.words(in: memory.agent)
        departments[memory.agent] = author
        let closing = Closing(
          id: memory.id, subject: subjects[at],
          parent: parent.flatMap { $0 == memory.id ? nil : correctedBy[$0] ?? $0 },
          topics: Set(marks[at].topics), departments: general.union(author),
          isCallOver: marks[at].isCallOver, named: RecordID.named(in: memory.content))
        close(&open, &states, closing, memories, subjects, marks)
        continue
      }
      let isHandOff = marks[at].isHandOff || HandOff.isTransfer(memory, words)
      if isHandOff || marks[at].isIssue {
        let handOff =
          isHandOff
          ? HandOff(memory, by: subjects[at].source.agent, topics: marks[at].topics) : nil
        open.append(Item(at: at, handOff: handOff, isIssue: marks[at].isIssue))
      }
    }
    for item in open { states[item.at] = item.doubt.map { .doubtful($0) } ?? .open }
    return states
  }

  /// A case that came from elsewhere was closed there with all that was open in it.
  static func end(
    _ states: inout [Int: State], _ memories: [Memory], _ subjects: [Subject],
    _ sessions: [SessionRecords]
  ) {
    if states.isEmpty { return }
    var ends: [SessionID: Timestamp] = [:]
    for session in sessions.lazy.map(\.session) where session.source != nil {
      ends[session.id] = session.closedAt
    }
    if ends.isEmpty { return }
    for (at, state) in states where state.isOpen {
      if let end = subjects[at].session.flatMap({ ends[$0] }), memories[at].time <= end {
        states[at] = .resolved
      }
    }
  }

  /// Those of a session's records that it closes by itself, by the words that are built in. What has a `dedup_key` may be
  /// a repetition, and closes nothing here.
  /// - Parameter memories: in id order, none of which corrects another one.
  static func closed(among memories: [Memory], _ marks: [ContextMarks]) -> [Int] {
    let keyed = Set(memories.lazy.filter { $0.dedupKey != nil }.map(\.id))
    let states = judge(
      memories, memories.map { Subject($0, correcting: nil) }, marks, [:], .builtIn,
      isStanding: { !keyed.contains($0) })
    return states.filter { !$0.value.isOpen }.map(\.key)
  }

  /// When each record was written and, if that is not the same, when its subject came up.
  private static func turns(
    _ memories: [Memory], _ subjects: [Subject]
  ) -> [(id: RecordID, at: Int)] {
    var turns = memories.enumerated().map { (id: $1.id, at: $0) }
    for (at, memory) in memories.enumerated() where subjects[at].source !== memory {
      turns.append((subjects[at].source.id, at))
    }
    if turns.count > memories.count { turns.sort { $0.id < $1.id } }
    return turns
  }

  private static func takeUp(
    _ open: inout [Item], _ states: inout [Int: State], by agent: String,
    of department: Set<String>
  ) {
    for i in open.indices {
      guard let handOff = open[i].handOff, handOff.isTakenUp(by: agent, of: department)
      else { continue }
      open[i].handOff = nil
      open[i].takenUpBy = agent
    }
    guard open.contains(where: { $0.handOff == nil && !$0.isIssue }) else { return }
    open.removeAll { item in
      guard item.handOff == nil, !item.isIssue, let agent = item.takenUpBy else { return false }
      states[item.at] = .takenUp(agent)
      return true
    }
  }

  /// What a closing record says of what it closes.
  private struct Closing {
    let id: RecordID
    let subject: Subject
    let parent: RecordID?
    let topics: Set<String>
    let departments: Set<String>
    let isCallOver: Bool
    /// The records that its text names by id.
    let named: [RecordID]

    enum Verdict { case yes, maybe, no }

    /// - Parameter isAlone: whether nothing else is open in the item's session.
    func closes(
      _ item: RecordID, _ itemTopics: [String], in session: SessionID?, isAlone: Bool
    ) -> Verdict {
      if let parent { return parent == item ? .yes : .no }
      if named.contains(item) { return .yes }
      let isSameSession = session == subject.session
      if topics.isEmpty || isCallOver, isSameSession, isCallOver || isAlone { return .yes }
      if topics.isEmpty { return isSameSession ? .maybe : .no }
      // Most items have nothing in common with it.
      guard itemTopics.contains(where: topics.contains) else { return .no }
      let specific = itemTopics.filter { !departments.contains($0) }
      return !specific.isEmpty && specific.allSatisfy(topics.contains) ? .yes : .maybe
    }
  }

  private static func close(
    _ open: inout [Item], _ states: inout [Int: State], _ closing: Closing, _ memories: [Memory],
    _ subjects: [Subject], _ marks: [ContextMarks]
  ) {
    let alone = open.count { subjects[$0.at].session == closing.subject.session } == 1
    for i in open.indices.reversed() {
      let at = open[i].at
      switch closing.closes(
        memories[at].id, marks[at].topics, in: subjects[at].session, isAlone: alone)
      {
      case .yes:
        states[at] = .resolved
        open.remove(at: i)
      case .maybe: open[i].doubt = closing.id
      case .no: break
      }
    }
  }
}

extension RecordID {
  /// The ids that stand in a text, in its order.
  static func named(in text: String) -> [RecordID] {
    var text = text
    return text.withUTF8 { bytes in
      var found: [RecordID] = []
      var at = 3
      // Three letters, `_`, and 26 of a ULID.
      while at + 26 < bytes.count {
        defer { at += 1 }
        guard bytes[at] == UInt8(ascii: "_") else { continue }
        let candidate = UnsafeBufferPointer(rebasing: bytes[(at - 3)..<(at + 27)])
        if let id = RecordID(String(decoding: candidate, as: UTF8.self)) { found.append(id) }
      }
      return found
    }
  }
}
