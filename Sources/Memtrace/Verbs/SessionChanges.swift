// session update, close, reopen.

/// Also the contract's `PUT`: status and metadata in one call.
struct SessionUpdate: Verb {
  static let description = VerbDescription(
    name: "session update", group: "Sessions", effect: .changes,
    summary: "change a session's metadata",
    fields: [
      .sessionPosition, .metadata,
      Field(
        "status", .choice(Session.Status.allCases.map(\.rawValue)), "close or reopen it as well"),
      .agent.author,
    ],
    examples: ["memtrace session update sess_01K… --meta channel=phone"])

  private let id: SessionID
  private let metadata: [JSON.Member]?
  private let status: Session.Status?
  private let agent: AgentReference?

  init(_ input: inout Input) {
    id = input.requiredSession()
    metadata = input.metadata()
    status = input.choice("status", Session.Status.self)
    agent = input.agent()
    if metadata == nil, status == nil, input.faults.isEmpty {
      input.fault("metadata", "is required, or a status")
    }
  }

  func run(in call: Call) throws -> any Answer {
    try SessionAnswer.changing(in: call) { transaction in
      var session = try transaction.session(id)
      if let metadata, !metadata.isEmpty {
        session = try transaction.change(id, .metadata(metadata), by: agent)
      }
      switch (status, session.status) {
      case (.closed?, .active): session = try transaction.change(id, .closed, by: agent)
      case (.active?, .closed): session = try transaction.change(id, .reopened, by: agent)
      default: break
      }
      return session
    }
  }
}

struct SessionClose: Verb {
  static let description = VerbDescription(
    name: "session close", group: "Sessions", effect: .changes,
    summary: "mark a session as done; it still takes memories",
    fields: [.sessionPosition, .agent.author], examples: ["memtrace session close sess_01K…"])

  private let id: SessionID
  private let agent: AgentReference?

  init(_ input: inout Input) {
    id = input.requiredSession()
    agent = input.agent()
  }

  func run(in call: Call) throws -> any Answer {
    try SessionAnswer.changing(in: call) { transaction in
      // Closing twice is no error and changes nothing.
      let session = try transaction.session(id)
      return session.status == .closed ? session : try transaction.change(id, .closed, by: agent)
    }
  }
}

struct SessionReopen: Verb {
  static let description = VerbDescription(
    name: "session reopen", group: "Sessions", effect: .changes,
    summary: "make a closed session active again",
    fields: [.sessionPosition, .agent.author], examples: ["memtrace session reopen sess_01K…"])

  private let id: SessionID
  private let agent: AgentReference?

  init(_ input: inout Input) {
    id = input.requiredSession()
    agent = input.agent()
  }

  func run(in call: Call) throws -> any Answer {
    try SessionAnswer.changing(in: call) { transaction in
      let session = try transaction.session(id)
      return session.status == .active ? session : try transaction.change(id, .reopened, by: agent)
    }
  }
}

extension SessionAnswer {
  fileprivate static func changing(
    in call: Call, _ body: (Transaction) throws -> Session
  ) throws -> SessionAnswer {
    let store = try call.store()
    let written = try store.write(body)
    return SessionAnswer(
      session: written.value, organisation: store.configuration.organisation, isNew: true)
  }
}
