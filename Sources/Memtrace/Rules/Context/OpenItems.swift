// What is still to be done: issues until they are resolved, hand-offs until they are taken up.

enum OpenItems {
  enum State {
    case open
    case resolved
    case takenUp(String)

    /// What is said of it in the text.
    var note: String? {
      switch self {
      case .open: nil
      case .resolved: "resolved"
      case .takenUp(let agent): "taken up by \(agent)"
      }
    }
  }

  /// What a record is about, where it belongs, and when that came up.
  struct Subject {
    /// A correction without tags is about what it corrects.
    let source: Memory
    let session: SessionID?

    /// - Parameter original: the oldest record that it corrects.
    init(_ memory: Memory, correcting original: Memory?) {
      source = memory.tags.isEmpty ? original ?? memory : memory
      session = (original ?? memory).session
    }
  }

  private struct Item {
    let at: Int
    var handOff: HandOff?
    var isIssue: Bool
    var takenUpBy: String?
  }

  /// Reads the records oldest first; a correction without tags stands in the place of what it corrects.
  ///
  /// - A record is an issue by its marks, and a hand-off by its marks or as a decision to transfer.
  /// - A hand-off is taken up by the first later record of an agent that it is meant for.
  /// - A closing record resolves its parent. Without a parent it resolves the earlier items about the same: every
  ///   topic of one is a topic of the other. If it has neither, it resolves all that is open in its session.
  /// - Parameters:
  ///   - memories: by id.
  ///   - subjects: of each of them.
  ///   - marks: of each subject.
  ///   - correctedBy: the correction that stands, of each record that was corrected.
  ///   - isStanding: false for records that were corrected since, which count for nothing.
  /// - Returns: states by position; nothing for records that were never open.
  static func judge(
    _ memories: [Memory], _ subjects: [Subject], _ marks: [ContextMarks],
    _ correctedBy: [RecordID: RecordID], isStanding: (RecordID) -> Bool
  ) -> [Int: State] {
    var open: [Item] = []
    var states: [Int: State] = [:]
    var departments: [String: Set<String>] = [:]
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
        close(&open, &states, subjects[at], marks[at], subjects, marks) { item in
          guard let parent, parent != memory.id else { return nil }
          return memories[item].id == correctedBy[parent] ?? parent
        }
        continue
      }
      let isHandOff = marks[at].isHandOff || HandOff.isTransfer(memory)
      if isHandOff || marks[at].isIssue {
        let handOff =
          isHandOff
          ? HandOff(memory, by: subjects[at].source.agent, topics: marks[at].topics) : nil
        open.append(Item(at: at, handOff: handOff, isIssue: marks[at].isIssue))
      }
    }
    for item in open { states[item.at] = .open }
    return states
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

  /// - Parameter isParent: whether a record is the one that is closed by name; nil where none is named.
  private static func close(
    _ open: inout [Item], _ states: inout [Int: State], _ subject: Subject, _ closing: ContextMarks,
    _ subjects: [Subject], _ marks: [ContextMarks], isParent: (Int) -> Bool?
  ) {
    open.removeAll { item in
      let isMeant =
        isParent(item.at)
        ?? (closing.topics.isEmpty
          ? subjects[item.at].session == subject.session
          : closing.sharesTopics(with: marks[item.at]))
      if isMeant { states[item.at] = .resolved }
      return isMeant
    }
  }
}
