// Agents: what they are, and what they did.

/// What an agent recorded, counted.
public struct AgentCounts: Sendable {
  var memories = 0
  var memoriesOfDay = 0
  var errorsOfDay = 0
  var sessions = 0
  var activeSessions = 0
  var kinds: [Memory.Kind: Int] = [:]
}

extension Catalog {
  func agent(_ id: String) throws -> Agent? {
    if let known = try known(agent: id) { return known }
    return try discover(Layout.folder(ofAgent: id)) ? try known(agent: id) : nil
  }

  private func known(agent id: String) throws -> Agent? {
    try fresh {
      let files = look { held in
        held.overlay.agents[id]?.isOwned == true ? held.filesOf[.agent(id)] ?? [] : []
      }
      try verify(files)
      guard let events = try events(ofAgent: id), !events.isEmpty else { return nil }
      return AgentFold.fold(id, events: events, lastActive: lastActive([id])[id])
    }
  }

  /// Every agent, by id.
  func agents() throws -> [Agent] {
    try fresh {
      let ids = look { held in
        var ids = Set(
          held.overlay.agents.filter { !$0.value.events.isEmpty }.keys.map(ExactText.init))
        for view in held.views {
          for agent in 0..<view.segment.agentCount
          where view.segment.agentIsOwned[agent] == 1 && !view.deadAgents.contains(agent) {
            ids.insert(ExactText(view.segment.agentID(agent)))
          }
        }
        return ids
      }
      let active = lastActive(Set(ids.map(\.text)))
      return try ids.sorted().compactMap { id in
        AgentFold.fold(
          id.text, events: try events(ofAgent: id.text) ?? [], lastActive: active[id.text])
      }
    }
  }

  /// Whether an agent is known, without what it did.
  func isKnown(agent id: String) throws -> Bool {
    func isKnown() throws -> Bool {
      try fresh {
        guard let events = try events(ofAgent: id), !events.isEmpty else { return false }
        return AgentFold.fold(id, events: events, lastActive: nil) != nil
      }
    }
    if try isKnown() { return true }
    return try discover(Layout.folder(ofAgent: id)) && isKnown()
  }

  private func events(ofAgent id: String) throws -> [Event]? {
    let (events, place) = look { held -> ([Event]?, (Segment, [LinePlace])?) in
      if let entry = held.overlay.agents[id], entry.isOwned { return (entry.events, nil) }
      for view in held.views.reversed() {
        guard let agent = view.owned(id) else { continue }
        return (nil, (view.segment, Array(view.segment.events(ofAgent: agent))))
      }
      return (held.overlay.agents[id]?.events, nil)
    }
    guard let (segment, lines) = place else { return events }
    return try read(lines, of: segment).compactMap { record in
      if case .event(let event) = record { event } else { nil }
    }
  }

  /// The newest thing that each of these agents did, its own events aside.
  private func lastActive(_ ids: Set<String>) -> [String: Timestamp] {
    look { held in
      var times: [String: Timestamp] = [:]
      func note(_ id: String, _ milliseconds: Int64) {
        guard milliseconds != SegmentTimes.none else { return }
        let time = Timestamp(milliseconds: milliseconds)
        times[id] = max(times[id] ?? time, time)
      }
      for id in ids {
        guard let entry = held.overlay.agents[id] else { continue }
        for time in [entry.lastEvent, entry.lastMemory] {
          if let time { note(id, time.milliseconds) }
        }
      }
      for view in held.views {
        let segment = view.segment
        if view.isWhole {
          for id in ids {
            guard let agent = segment.agent(id) else { continue }
            note(id, segment.agentTimes[agent].first)
            note(id, segment.agentTimes[agent].second)
          }
          continue
        }
        let latest = view.latestRecords(of: ids)
        for id in ids {
          guard let agent = segment.agent(id) else { continue }
          note(id, latest[agent])
          // What it did to sessions; one that was since changed counts on.
          note(id, segment.agentTimes[agent].first)
        }
      }
      return times
    }
  }

  /// The newest id outside any session of this agent whose time is before `limit`, that of one which is gone included: new
  /// ids come after it. Nil where there is none.
  func newest(ofAgent id: String, before limit: Timestamp) throws -> ULID? {
    look { held in
      var newest = held.overlay.agents[id]?.newest(before: limit)
      for view in held.views {
        guard let agent = view.segment.agent(id) else { continue }
        var found = view.segment.agentNewest[agent]
        if found.milliseconds >= limit.milliseconds {
          // Some clock was off by more than a day.
          found = ULID(high: 0, low: 0)
          for record in (0..<view.segment.firstRecord(since: limit.milliseconds)).reversed()
          where view.segment.recordSession[record] == Segment.noSession
            && Int(view.segment.recordAgent[record]) == agent
          {
            found = view.segment.recordID[record]
            break
          }
        }
        if found.milliseconds > 0 { newest = max(newest ?? found, found) }
      }
      return newest
    }
  }

  /// - Parameter day: what is not older counts for the last day, in milliseconds since 1970.
  func counts(ofAgent id: String, since day: Int64) throws -> AgentCounts {
    look { held in
      var counts = AgentCounts()
      var written: Set<SessionID> = []
      held.overlay.agents[id]?.memories.visit(since: nil, until: nil, descending: false) { memory in
        counts.memories += 1
        counts.kinds[memory.kind, default: 0] += 1
        if memory.id.ulid.milliseconds >= day {
          counts.memoriesOfDay += 1
          if memory.eventType == "error" { counts.errorsOfDay += 1 }
        }
        if let session = memory.session { written.insert(session) }
        return true
      }
      for session in held.overlay.sessionOrder {
        guard let entry = held.overlay.session(session) else { continue }
        guard entry.session.agent.isExactly(id) || written.contains(session) else { continue }
        counts.sessions += 1
        if entry.session.status == .active { counts.activeSessions += 1 }
      }
      for view in held.views {
        let segment = view.segment
        guard let agent = segment.agent(id) else { continue }
        let error = segment.eventTypes.firstIndex(of: "error")
        // Ids ascend with time.
        let today = segment.firstRecord(since: day)
        let (agents, sessions) = (segment.recordAgent.buffer, segment.recordSession.buffer)
        var kinds = [Int](repeating: 0, count: Memory.Kind.allCases.count)
        var isIn = Bits()
        for record in agents.indices where agents[record] == agent && view.isLive(record) {
          kinds[segment.recordKinds[record].memoryPlace] += 1
          if sessions[record] != Segment.noSession { isIn.insert(Int(sessions[record])) }
          guard record >= today else { continue }
          counts.memoriesOfDay += 1
          if Int(segment.recordEventType[record]) == error { counts.errorsOfDay += 1 }
        }
        for (kind, count) in zip(Memory.Kind.allCases, kinds) where count > 0 {
          counts.memories += count
          counts.kinds[kind, default: 0] += count
        }
        for session in 0..<segment.sessionCount
        where view.isThere(session)
          && (isIn.contains(session) || Int(segment.sessionAgent[session]) == agent)
        {
          counts.sessions += 1
          if segment.sessionStatus[session] == 0 { counts.activeSessions += 1 }
        }
      }
      return counts
    }
  }
}

extension SegmentView {
  /// By agent, the time of the newest record that counts; only of these agents, and `SegmentTimes.none` where there is none.
  fileprivate func latestRecords(of ids: Set<String>) -> [Int64] {
    var latest = [Int64](repeating: SegmentTimes.none, count: segment.agentCount)
    var isWanted = [Bool](repeating: false, count: segment.agentCount)
    for agent in ids.compactMap(segment.agent) {
      isWanted[agent] = segment.agentTimes[agent].second != SegmentTimes.none
    }
    var wanted = isWanted.count { $0 }
    let agents = segment.recordAgent.buffer
    // The newest of all that an agent wrote is among the last ones, as a rule, and counts.
    for record in agents.indices.reversed() {
      if wanted == 0 { break }
      let agent = Int(agents[record])
      guard isWanted[agent], isLive(record) else { continue }
      latest[agent] = max(latest[agent], segment.recordTime[record])
      guard latest[agent] == segment.agentTimes[agent].second else { continue }
      isWanted[agent] = false
      wanted -= 1
    }
    return latest
  }
}
