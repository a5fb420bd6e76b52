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

  private struct Item {
    let at: Int
    var handOff: HandOff?
    var isIssue: Bool
    var takenUpBy: String?
  }

  /// Reads the records oldest first.
  ///
  /// - A record is an issue by its marks, and a hand-off by its marks or as a decision to transfer.
  /// - A hand-off is taken up by the first later record of an agent that it is meant for.
  /// - A closing record resolves its parent. Without a parent it resolves the earlier items about the same: every
  ///   topic of one is a topic of the other. If it has neither, it resolves all that is open in its session.
  /// - Parameters:
  ///   - memories: by id.
  ///   - marks: of each of them.
  ///   - isStanding: false for records that were corrected since, which count for nothing.
  /// - Returns: states by position; nothing for records that were never open.
  static func judge(
    _ memories: [Memory], _ marks: [ContextMarks], isStanding: (RecordID) -> Bool
  ) -> [Int: State] {
    var open: [Item] = []
    var states: [Int: State] = [:]
    var departments: [String: Set<String>] = [:]
    for (at, memory) in memories.enumerated() where isStanding(memory.id) {
      if open.contains(where: { $0.handOff != nil }) {
        let department = departments[memory.agent] ?? HandOff.words(in: memory.agent)
        departments[memory.agent] = department
        takeUp(&open, &states, by: memory.agent, of: department)
      }
      if marks[at].isClosing {
        close(&open, &states, by: memory, marks[at], memories, marks)
        continue
      }
      let isHandOff = marks[at].isHandOff || HandOff.isTransfer(memory)
      if isHandOff || marks[at].isIssue {
        let handOff = isHandOff ? HandOff(memory, topics: marks[at].topics) : nil
        open.append(Item(at: at, handOff: handOff, isIssue: marks[at].isIssue))
      }
    }
    for item in open { states[item.at] = .open }
    return states
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

  private static func close(
    _ open: inout [Item], _ states: inout [Int: State], by memory: Memory, _ closing: ContextMarks,
    _ memories: [Memory], _ marks: [ContextMarks]
  ) {
    let parent = memory.parent.flatMap { RecordID($0) }
    open.removeAll { item in
      let other = memories[item.at]
      let isMeant =
        if let parent, parent != memory.id {
          other.id == parent
        } else if closing.topics.isEmpty {
          other.session == memory.session
        } else {
          closing.sharesTopics(with: marks[item.at])
        }
      if isMeant { states[item.at] = .resolved }
      return isMeant
    }
  }
}
