// What is asked of everything at once: out of the columns, without a look at the files.

/// What was recorded in some time, counted.
struct RecordedTotals: Sendable {
  struct Agent: Sendable {
    var memories = 0
    var decisions = 0
    /// In which it wrote.
    var sessions = 0
    var lastActive: Timestamp
  }

  var agents: [String: Agent] = [:]
  var records = 0
  /// In which something was recorded.
  var sessions = 0
  var corrections = 0

  fileprivate mutating func count(
    _ agent: String, _ kind: Memory.Kind, _ time: Timestamp, corrects: Bool
  ) {
    var entry = agents[agent] ?? Agent(lastActive: time)
    if kind == .decision { entry.decisions += 1 } else { entry.memories += 1 }
    entry.lastActive = max(entry.lastActive, time)
    agents[agent] = entry
    records += 1
    if corrects { corrections += 1 }
  }
}

extension Catalog {
  /// Everybody who wrote something, and some who are only named.
  func writers() -> Set<String> {
    look { held in
      var ids = Set(held.overlay.agents.keys)
      for view in held.views {
        for agent in 0..<view.segment.agentCount { ids.insert(view.segment.agentID(agent)) }
      }
      ids.remove("")
      return ids
    }
  }

  /// Sessions that are active now.
  var activeSessions: Int {
    look { held in
      let overlay = held.overlay.sessionOrder.count {
        held.overlay.session($0)?.base.status == .active
      }
      return held.views.reduce(overlay) { sum, view in
        sum
          + (0..<view.segment.sessionCount).count {
            view.segment.sessionStatus[$0] == 0 && view.isThere($0)
          }
      }
    }
  }

  /// Of all that was recorded, whether it stands or not.
  /// - Parameters:
  ///   - since: inclusive; by the time of the id.
  ///   - until: exclusive.
  func totals(since: Timestamp?, until: Timestamp?) -> RecordedTotals {
    let first = since?.milliseconds ?? .min
    let end = until?.milliseconds ?? .max
    return look { held in
      var totals = RecordedTotals()
      let overlay = held.overlay
      var written: [String: Set<SessionID>] = [:]
      overlay.all.visit(since: since?.milliseconds, until: until?.milliseconds, descending: false) {
        memory in
        totals.count(memory.agent, memory.kind, memory.time, corrects: memory.corrects != nil)
        if let session = memory.session { written[memory.agent, default: []].insert(session) }
        return true
      }
      for (agent, sessions) in written { totals.agents[agent]?.sessions += sessions.count }
      totals.sessions = written.values.reduce(into: Set<SessionID>()) { $0.formUnion($1) }.count
      for view in held.views { totals.add(view, first, end) }
      return totals
    }
  }
}

extension RecordedTotals {
  /// Session by session, so that each counts once for each who wrote in it.
  fileprivate mutating func add(
    _ view: SegmentView, _ first: Int64, _ end: Int64
  ) {
    let segment = view.segment
    var memories = [Int](repeating: 0, count: segment.agentCount)
    var decisions = memories
    var written = memories
    var latest = [Int64](repeating: .min, count: segment.agentCount)
    /// - Returns: the agent of a record that counts.
    func count(_ record: Int) -> Int? {
      let time = segment.recordID[record].milliseconds
      guard time >= first, time < end else { return nil }
      let agent = Int(segment.recordAgent[record])
      let kinds = segment.recordKinds[record]
      if kinds.memory == .decision { decisions[agent] += 1 } else { memories[agent] += 1 }
      if kinds.corrects { corrections += 1 }
      latest[agent] = max(latest[agent], segment.recordTime[record])
      return agent
    }
    for session in 0..<segment.sessionCount where view.isThere(session) {
      var writers: [Int] = []
      for record in segment.records(ofSession: session) {
        guard let agent = count(Int(record)), !writers.contains(agent) else { continue }
        writers.append(agent)
        written[agent] += 1
      }
      if !writers.isEmpty { sessions += 1 }
    }
    for file in 0..<segment.fileCount where !view.deadFiles.contains(file) {
      for record in segment.records(ofFile: file) { _ = count(Int(record)) }
    }
    for agent in 0..<segment.agentCount where latest[agent] != .min {
      let id = segment.agentID(agent)
      let time = Timestamp(milliseconds: latest[agent])
      var entry = agents[id] ?? Agent(lastActive: time)
      entry.memories += memories[agent]
      entry.decisions += decisions[agent]
      entry.sessions += written[agent]
      entry.lastActive = max(entry.lastActive, time)
      agents[id] = entry
      records += memories[agent] + decisions[agent]
    }
  }
}
