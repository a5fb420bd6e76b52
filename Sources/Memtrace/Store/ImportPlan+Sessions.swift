// What an import learns of sessions: what they are about, and whether they are closed.

/// What a row says of its session.
struct SessionWord: Sendable {
  enum End: Sendable {
    case closed(Timestamp)
    case open
  }

  var metadata: [JSON.Member]
  /// As of when that holds; nil for the row's own time.
  let time: Timestamp?
  /// Nil where nothing is said.
  let end: End?

  init(_ input: inout Input, zone: String?) {
    metadata = input.metadata("session_metadata") ?? []
    func read(_ field: String, _ value: JSON) -> Timestamp? {
      switch RowTime.read(value, zone: zone) {
      case .success(let time) where time.milliseconds >= 0 && time.milliseconds < ULID.endOfTime:
        return time
      case .success: input.fault(field, "must be from 1970 to 2199")
      case .failure(let problem): input.fault(field, problem.text)
      }
      return nil
    }
    time = input.value("session_time").flatMap { read("session_time", $0) }
    end =
      switch input.value("session_closed") {
      case nil: nil
      case .bool(false)?: .open
      case let value?: read("session_closed", value).map(End.closed)
      }
  }
}

extension ImportPlan {
  /// A word of an import about a session's end.
  struct Ending {
    let time: Timestamp
    let isClosed: Bool

    /// The id that every clone draws for it.
    static func id(_ isClosed: Bool, _ session: SessionID, at time: Timestamp) -> RecordID {
      RecordID(
        .event,
        ImportPlan.ulid(time, hash: [isClosed ? "closed" : "reopened", session.description]))
    }
  }

  mutating func note(_ event: Event) {
    switch (event.subject, event.change) {
    case (.session(let id), .opened(let members, let source)):
      tell(members, at: event.time, of: id)
      if let source = source.map(ExactText.init) {
        sessionOfSource[source] = min(sessionOfSource[source] ?? id, id)
      }
    case (.session(let id), .metadata(let members)): tell(members, at: event.time, of: id)
    case (.session(let id), .closed): noteEnding(event, isClosed: true, of: id)
    case (.session(let id), .reopened): noteEnding(event, isClosed: false, of: id)
    case (.agent(let id), _): knownAgents.insert(id)
    default: break
    }
  }

  private mutating func tell(_ members: [JSON.Member], at time: Timestamp, of session: SessionID) {
    if let first = sessions[session] {
      var known = history[session] ?? [(Timestamp(milliseconds: .min), first)]
      known.insert((time, members), at: known.firstIndex { time < $0.time } ?? known.count)
      history[session] = known
    }
    SessionFold.merge(members, into: &sessions[session, default: []])
  }

  /// What was known of a session at a moment.
  private func metadata(of session: SessionID, at moment: Timestamp) -> [JSON.Member] {
    guard let history = history[session] else { return sessions[session] ?? [] }
    var metadata: [JSON.Member] = []
    for word in history where word.time <= moment {
      SessionFold.merge(word.members, into: &metadata)
    }
    return metadata
  }

  /// When something is to be said that counts after all that was said up to a moment.
  private func moment(after time: Timestamp, _ session: SessionID) -> Timestamp {
    var isTaken = history[session]?.contains { $0.time == time } ?? false
    if case .own(let ulid) = session { isTaken = isTaken || ulid.milliseconds == time.milliseconds }
    return isTaken ? Timestamp(milliseconds: time.milliseconds + 1) : time
  }

  /// What people and agents close themselves is no word of an import.
  private mutating func noteEnding(_ event: Event, isClosed: Bool, of session: SessionID) {
    guard event.agent == nil, event.id == Ending.id(isClosed, session, at: event.time) else {
      return
    }
    insert(Ending(time: event.time, isClosed: isClosed), session)
  }

  private mutating func insert(_ ending: Ending, _ session: SessionID) {
    var known = endings[session] ?? []
    known.insert(ending, at: known.firstIndex { ending.time < $0.time } ?? known.count)
    endings[session] = known
  }

  func session(of source: String, at time: Timestamp) -> SessionID {
    sessionOfSource[ExactText(source)] ?? .own(Self.ulid(time, hash: ["session", source]))
  }

  mutating func open(
    _ id: SessionID, source: String?, by agent: AgentReference, _ about: SessionWord,
    at time: Timestamp
  ) {
    if let source { sessionOfSource[ExactText(source)] = id }
    func eventID(_ time: Timestamp) -> RecordID {
      let text = String(decoding: JSON.object(about.metadata).bytes, as: UTF8.self)
      return RecordID(.event, Self.ulid(time, hash: ["event", id.description, text]))
    }
    var moment = time
    let change: Event.Change
    if sessions[id] != nil {
      let known = about.time.map { metadata(of: id, at: $0) } ?? sessions[id] ?? []
      let news = about.metadata.filter { member in
        known.first { $0.isNamed(member.key) }?.value != member.value
          && !(member.value == .null && !known.contains { $0.isNamed(member.key) })
      }
      if let time = about.time { moment = self.moment(after: time, id) }
      if news.isEmpty { return }
      if knownIDs.contains(eventID(moment)) {
        if about.time == nil { SessionFold.merge(about.metadata, into: &sessions[id, default: []]) }
        return
      }
      change = .metadata(news)
    } else {
      counts.newSessions.insert(id)
      change = .opened(metadata: about.metadata, source: source)
    }
    tell(about.metadata, at: moment, of: id)
    add(
      Event(
        id: eventID(moment), time: moment, subject: .session(id), agent: agent.id, change: change))
  }

  /// Closes a session, or opens it again, where the imports before this one said otherwise of that moment.
  mutating func end(_ session: SessionID, _ about: SessionWord, at time: Timestamp) {
    guard let end = about.end else { return }
    let isClosed: Bool
    var moment: Timestamp
    switch end {
    case .closed(let time): (isClosed, moment) = (true, time)
    case .open: (isClosed, moment) = (false, about.time ?? time)
    }
    let known = endings[session] ?? []
    let last = known.last { $0.time <= moment }
    let next = known.first { $0.time > moment }
    guard (last?.isClosed ?? false) != isClosed, next?.isClosed != isClosed else { return }
    // Of two words of one moment the later one counts.
    if let last, last.time == moment {
      moment = Timestamp(milliseconds: moment.milliseconds + 1)
    }
    let event = Event(
      id: Ending.id(isClosed, session, at: moment), time: moment, subject: .session(session),
      agent: nil, change: isClosed ? .closed : .reopened)
    guard !erasures.cover(event) else { return }
    insert(Ending(time: moment, isClosed: isClosed), session)
    add(event)
  }
}
