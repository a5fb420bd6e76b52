// What a commit says: readable in `git log --oneline`, without a customer's data, for that could not be erased.

internal import Git

/// The subject, the trailers and the author of a commit of records.
struct CommitMessage {
  private var memories = 0
  private var decisions = 0
  private var events: [String] = []
  /// By which customers are known, and which were set or removed.
  private var keys: Set<String> = []
  private var reviews: [String] = []
  private var reviewers: Set<String> = []
  private var sessions: [SessionID] = []
  private var agents: [String] = []
  private var others = 0

  /// - Parameter identityKeys: of metadata, which are named where they change: whoever changes them moves a session to
  ///   another customer. Any other key may itself be somebody's word.
  init(lines: [PendingLine], identityKeys: [String] = []) {
    var known = (sessions: Set<SessionID>(), agents: Set<String>())
    func note(_ session: SessionID?, _ agent: String?) {
      if let session, known.sessions.insert(session).inserted { sessions.append(session) }
      if let agent, known.agents.insert(agent).inserted { agents.append(agent) }
    }
    for record in lines.lazy.compactMap(\.record) {
      switch record {
      case .memory(let memory):
        if memory.kind == .decision { decisions += 1 } else { memories += 1 }
        note(memory.session, memory.agent)
      case .event(let event):
        switch event.subject {
        case .session(let id): note(id, event.agent)
        case .agent(let id): note(nil, id)
        }
        events.append(Self.word(event))
        if case .metadata(let changes) = event.change {
          keys.formUnion(identityKeys.filter { key in changes.contains { $0.isNamed(key) } })
        }
      case .review(let review):
        note(review.session, nil)
        reviews.append(review.word.rawValue)
        reviewers.insert(review.reviewer)
      case .unknown, .invalid: others += 1
      }
    }
  }

  /// `remember: 2 memories, 1 decision · sess_01J…`
  var subject: String {
    let verb =
      if memories + decisions == 0, !reviews.isEmpty {
        "review"
      } else if memories + decisions == 0, !events.isEmpty {
        sessions.isEmpty ? "agent" : "session"
      } else if memories == 0, decisions > 0 { "decide" } else { "remember" }
    var parts: [String] = []
    if memories > 0 { parts.append(Self.count(memories, "memory", "memories")) }
    if decisions > 0 { parts.append(Self.count(decisions, "decision", "decisions")) }
    if others > 0 { parts.append(Self.count(others, "other record", "other records")) }
    // Meeting an agent for the first time is worth a word only where nothing else happened.
    let told =
      (parts.isEmpty && reviews.isEmpty ? events : events.filter { $0 != "first used" }) + reviews
    for word in Set(told).sorted() {
      let times = told.count { $0 == word }
      parts.append(times == 1 ? word : "\(word) \(times)")
      if word == Self.metadata, let keys = namedKeys { parts[parts.count - 1] += " (\(keys))" }
    }
    let place =
      switch (sessions.count, agents.count) {
      case (1, _): " · \(sessions[0])"
      case (2..., _): " · \(sessions.count) sessions"
      case (_, 1): " · \(agents[0])"
      case (_, 2...): " · \(agents.count) agents"
      default: ""
      }
    return "\(verb): \(parts.joined(separator: ", "))\(place)"
  }

  var text: String {
    var lines = [subject, ""]
    lines += sessions.prefix(20).map { "Memtrace-Session: \($0)" }
    lines += agents.prefix(20).map { "Memtrace-Agent: \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Of what an import wrote: "import: 12 records · 3 sessions".
  static func ofImport(records: String, sessions: String) -> String {
    "import: \(records) · \(sessions)\n"
  }

  /// Of what `archive` moved: "archive: 12 lines of 3 sessions · 1 file for 9".
  static func ofArchive(_ report: ArchiveReport) -> String {
    "archive: \(amount(report.lines, "line")) of \(amount(report.sessions, "session")) · "
      + "\(amount(report.archives, "file")) for \(report.files)\n"
  }

  /// Whether a commit of one parent moved lines and added none.
  static func isOfArchive(_ message: String) -> Bool {
    let words = message.prefix { $0 != "\n" }.split(separator: " ")
    return words.count == 11 && words[0] == "archive:" && words[2].hasPrefix("line")
      && words[6] == "·" && words[9] == "for"
  }

  /// How many records an import brought; nil where the message is not one of ours.
  static func imported(_ message: String) -> Int? {
    let words = message.prefix { $0 != "\n" }.split(separator: " ")
    guard words.count == 6, words[0] == "import:", words[2].hasPrefix("record"), words[3] == "·",
      words[5].hasPrefix("session")
    else { return nil }
    return Int(words[1])
  }

  /// The agent where there is one, else the replica.
  func author(replica: String, seconds: Int64) -> Signature {
    agents.count == 1
      ? Signature(name: agents[0], email: "\(agents[0])@agents.invalid", seconds: seconds)
      : Signature(name: replica, email: "\(replica)@replicas.invalid", seconds: seconds)
  }

  private static func word(_ event: Event) -> String {
    switch event.change {
    case .opened: "opened"
    case .metadata: metadata
    case .closed: "closed"
    case .reopened: "reopened"
    case .firstUsed: "first used"
    case .registered: "registered"
    case .removed: "removed"
    case .unknown(let word): word
    }
  }

  private static let metadata = "metadata"

  /// `customer_id, phone`; nil where none changed or they are many.
  private var namedKeys: String? {
    let text = keys.sorted().joined(separator: ", ")
    return (1...40).contains(text.utf8.count) ? text : nil
  }

  private static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
  }
}

extension Repository {
  /// Git's own identity, else the replica.
  func committer(replica: String, seconds: Int64) throws -> Signature {
    let identity = try defaultSignature()
    return Signature(
      name: identity?.name ?? replica, email: identity?.email ?? "\(replica)@replicas.invalid",
      seconds: seconds)
  }
}
