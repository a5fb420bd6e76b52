// What a template can name, and the values behind the names.

/// Every name of the template language.
enum ContextKey: String, CaseIterable, Sendable {
  // The page.
  case facts, sessions, query
  case factsLeftOut = "facts_left_out"
  case sessionsMore = "sessions_more"
  case leftOut = "left_out"
  case otherSessions = "other_sessions"
  case otherSessionsMore = "other_sessions_more"
  case hasOtherSessions = "has_other_sessions"
  case wishes, customer, open, decisions, resolved, sentiment, timeline
  case hasWishes = "has_wishes"
  case hasCustomer = "has_customer"
  case hasOpen = "has_open"
  case hasDecisions = "has_decisions"
  case hasResolved = "has_resolved"
  case hasSentiment = "has_sentiment"
  case hasTimeline = "has_timeline"
  // A fact.
  case name, value
  // A record; `id`, `time`, `agent` and `status` also of a session.
  case id, time, agent, text, reason, tags, state, status, kind, importance, session
  case eventType = "event_type"
  case isCorrection = "is_correction"
  case origin
  // An entry of a list of sessions.
  case isLast = "is_last"

  /// Whether it has entries, each a scope of its own; no entry holds a list.
  var isList: Bool {
    switch self {
    case .facts, .sessions, .otherSessions, .wishes, .customer, .open, .decisions, .resolved,
      .sentiment,
      .timeline:
      true
    default: false
    }
  }
}

enum ContextValue {
  case nothing
  case flag
  case text(String)
  case list([ContextScope])

  var isNothing: Bool {
    switch self {
    case .nothing: true
    case .flag: false
    case .text(let text): text.isEmpty
    case .list(let entries): entries.isEmpty
    }
  }
}

/// A place where names have values.
enum ContextScope {
  case page(ContextPage)
  case fact(ContextPage.Fact)
  case session(ContextPage.SessionLine)
  case record(ContextPage.Line)

  /// Nil where the name means nothing here, so that the scope around it is asked.
  subscript(key: ContextKey) -> ContextValue? {
    switch self {
    case .page(let page): page[key]
    case .fact(let fact):
      switch key {
      case .name: .text(fact.name)
      case .value: .text(fact.value)
      default: nil
      }
    case .session(let session):
      switch key {
      case .id: .text(session.id)
      case .status: .text(session.status)
      case .time: .text(session.time)
      case .agent: .text(session.agent)
      case .isLast: session.isLast ? .flag : .nothing
      default: nil
      }
    case .record(let line): line[key]
    }
  }
}

/// How much of a line is said beside the text.
enum LineForm {
  case whole
  /// Of the id what tells it from others of the same millisecond; of the time what the line above does not say.
  case short
  /// No id.
  case bare
}

/// All that one context shows.
final class ContextPage {
  /// One record, harmless and cut to size.
  final class Line {
    let id: RecordID
    /// As text.
    let idText: String
    private(set) var time: String
    let agent: String
    let text: String
    let reason: String
    let memory: Memory
    let state: String
    let isCorrection: Bool
    /// Where a correction was recorded that is in none of the sessions that were asked for.
    let origin: String
    let correctedBy: RecordID?
    let duplicateOf: RecordID?
    private let form: LineForm
    /// Set when a template writes the record's text or id.
    var isShown = false

    /// - Parameters:
    ///   - text: harmless, as is the reason.
    ///   - form: how the id and the time are written.
    init(_ record: ContextRecord, text: String, reason: String, form: LineForm) {
      self.form = form
      memory = record.memory
      id = memory.id
      let whole = id.description
      switch form {
      case .whole: idText = whole
      case .short: idText = String(whole.prefix(whole.count - 14))
      case .bare: idText = ""
      }
      time = memory.time.minute
      agent = DataText.line(record.agent, limit: 128)
      self.text = text
      self.reason = reason
      state = record.state.map { DataText.line($0, limit: 160) } ?? ""
      isCorrection = record.origin != nil
      origin =
        record.isElsewhere
        ? memory.session.map { "in session \($0)" } ?? "outside any session" : ""
      correctedBy = record.correctedBy
      duplicateOf = record.duplicateOf
    }

    /// The time alone where the line above has the day.
    func shorten(below line: Line?) {
      guard form != .whole else { return }
      let whole = memory.time.minute
      time =
        line?.memory.time.minute.prefix(10) == whole.prefix(10) ? String(whole.suffix(5)) : whole
    }

    subscript(key: ContextKey) -> ContextValue? {
      switch key {
      case .id:
        isShown = true
        return .text(idText)
      case .text:
        isShown = true
        return .text(text)
      case .time: return .text(time)
      case .agent: return .text(agent)
      case .reason: return .text(reason)
      case .state: return .text(state)
      case .isCorrection: return isCorrection ? .flag : .nothing
      case .origin: return .text(origin)
      case .tags: return .text(DataText.line(memory.tags.joined(separator: ", "), limit: 256))
      case .kind: return .text(memory.kind.rawValue)
      case .eventType: return .text(DataText.line(memory.eventType, limit: 64))
      case .importance: return memory.importance.map { .text($0.description) } ?? .nothing
      case .session: return memory.session.map { .text($0.description) } ?? .nothing
      default: return nil
      }
    }
  }

  struct SessionLine {
    let id: String
    let status: String
    let createdAt: Timestamp
    let agent: String
    let isLast: Bool
    var time: String { createdAt.minute }

    init(_ session: Session, agent: String, isLast: Bool) {
      id = session.id.description
      status = session.status.rawValue
      createdAt = session.createdAt
      self.agent = DataText.line(agent, limit: 128)
      self.isLast = isLast
    }
  }

  /// One field of the sessions' metadata.
  struct Fact {
    /// For JSON, which keeps the kind of the value.
    let member: JSON.Member
    /// For text.
    let name: String
    let value: String

    init(_ member: JSON.Member) {
      let key = DataText.line(member.key, limit: 64)
      self.member = JSON.Member(key, DataText.value(member.value, limit: 200))
      name = DataText.isName(key) ? key : "\"\(key.replacing("\"", with: "'"))\""
      let value = member.value.scalarText ?? String(decoding: member.value.bytes, as: UTF8.self)
      self.value = DataText.line(value, limit: 200)
    }
  }

  /// Without records.
  init() {}

  /// The same frame without records.
  init(frame: ContextPage) {
    facts = frame.facts
    factsLeftOut = frame.factsLeftOut
    isCustomerWide = frame.isCustomerWide
    sessions = frame.sessions
    sessionsMore = frame.sessionsMore
    query = frame.query
    otherSessions = frame.otherSessions
    otherSessionsMore = frame.otherSessionsMore
    wishes = frame.wishes
  }

  var facts: [Fact] = []
  var factsLeftOut = 0
  var isCustomerWide = false
  /// Newest first, and how many more there are.
  var sessions: [SessionLine] = []
  var sessionsMore = 0
  var query = ""
  /// The customer's sessions that are not in this context, newest first, and how many more there are.
  var otherSessions: [SessionLine] = []
  var otherSessionsMore = 0
  /// Sentences that say what is always or never to be done, newest first.
  var wishes: [Line] = []
  /// Newest first.
  var lines: [[Line]] = Array(repeating: [], count: ContextSection.allCases.count)
  /// How many records of a section are not here.
  var omitted: [(section: ContextSection, count: Int)] = []
  /// The same in words, with the metadata: "2 decisions, 37 older memories, 1 metadata field".
  var leftOut = ""

  /// Notes what is not on the page.
  /// - Parameters:
  ///   - counts: records by place of section.
  ///   - isOlder: whether all of a section that is missing is older than what is there.
  func omit(_ counts: [Int], isOlder: (ContextSection) -> Bool) {
    omitted = ContextSection.allCases.compactMap { section in
      counts[section.place] == 0 ? nil : (section, counts[section.place])
    }
    var phrases = omitted.map { $0.phrase($1, isOlder: isOlder($0)) }
    if factsLeftOut > 0 {
      phrases.append("\(factsLeftOut) metadata field\(factsLeftOut == 1 ? "" : "s")")
    }
    leftOut = phrases.joined(separator: ", ")
  }

  subscript(key: ContextKey) -> ContextValue? {
    switch key {
    case .facts: .list(facts.map { .fact($0) })
    case .factsLeftOut: factsLeftOut == 0 ? .nothing : .text(String(factsLeftOut))
    case .sessions: .list(sessions.map { .session($0) })
    case .sessionsMore: hasMoreSessions ? .text(String(sessionsMore)) : .nothing
    case .query: .text(query)
    case .otherSessions: .list(otherSessions.map { .session($0) })
    case .otherSessionsMore:
      otherSessionsMore == 0 ? .nothing : .text(String(otherSessionsMore))
    case .hasOtherSessions: otherSessions.isEmpty && otherSessionsMore == 0 ? .nothing : .flag
    case .leftOut: .text(leftOut)
    case .wishes: .list(wishes.map { .record($0) })
    case .hasWishes: wishes.isEmpty ? .nothing : .flag
    case .customer: list(.customer)
    case .open: list(.open)
    case .decisions: list(.decisions)
    case .resolved: list(.resolved)
    case .sentiment: list(.sentiment)
    case .timeline: list(.timeline)
    case .hasCustomer:
      facts.isEmpty && sessions.isEmpty && !hasMoreSessions && isEmpty(.customer)
        ? .nothing : .flag
    case .hasOpen: isEmpty(.open) ? .nothing : .flag
    case .hasDecisions: isEmpty(.decisions) ? .nothing : .flag
    case .hasResolved: isEmpty(.resolved) ? .nothing : .flag
    case .hasSentiment: isEmpty(.sentiment) ? .nothing : .flag
    case .hasTimeline: isEmpty(.timeline) ? .nothing : .flag
    default: nil
    }
  }

  /// The one session that was asked for is known to who asked.
  private var hasMoreSessions: Bool { isCustomerWide && sessionsMore > 0 }

  private func isEmpty(_ section: ContextSection) -> Bool { lines[section.place].isEmpty }

  private func list(_ section: ContextSection) -> ContextValue {
    .list(lines[section.place].map { .record($0) })
  }
}

extension Timestamp {
  /// `2026-11-22 14:03`, UTC.
  var minute: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    bytes[10] = 0x20
    return String(decoding: bytes.prefix(16), as: UTF8.self)
  }
}
