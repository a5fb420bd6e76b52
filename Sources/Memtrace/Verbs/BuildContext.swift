// context: what an agent reads before it answers a customer.

internal import Git

struct BuildContext: Verb {
  static let description = VerbDescription(
    name: "context", group: "Memory", summary: "print what a model needs to know, within a budget",
    fields: [
      Field(
        "session_id", .id("session"), positional: true,
        "the session; or name a customer with --where"),
      .sessionMetadata,
      Field("query", .text, "what is being asked: what answers it goes first"),
      .since, .until,
      Field("include_types", .list, flag: "type", "only records of this kind; repeat it for more"),
      Field("max_tokens", .integer(50...1_000_000), default: 4_000, "the budget, by our estimate"),
      Field(
        "tokenizer", .choice(TokenVocabulary.allCases.map(\.rawValue)), default: "any",
        "whose tokens the budget counts; any: safe for both kinds"),
      Field(
        "format", .choice(ContextFormat.allCases.map(\.rawValue)), default: "markdown",
        "how it is written"),
      Field("at", .text, scope: .admin, "as it was at this commit, branch or tag"),
      Field(
        "diff", .text, scope: .admin,
        "what it says before and after: A..B of commits, branches, dates or days"),
    ],
    examples: [
      "memtrace context sess_01K… --max-tokens 2000",
      "memtrace context --where customer_id=cust_12345 --query 'HBO charge'",
    ])

  private let session: SessionID?
  private let conditions: [JSON.Member]
  private let query: String?
  private let since: Timestamp?
  private let until: Timestamp?
  private let kinds: [Memory.Kind]
  private let maxTokens: Int
  private let tokenizer: TokenVocabulary
  private let format: ContextFormat
  private let revision: String?
  private let range: String?

  init(_ input: inout Input) {
    conditions = input.conditions()
    session = input.session()
    if session != nil, input.value("where") != nil {
      input.fault("where", "cannot be given together with a session")
    }
    query = input.text("query", bytes: 1...Limits.content.upperBound)
    since = input.moment("since")
    until = input.moment("until")
    kinds = input.kinds("include_types")
    maxTokens = input.integer("max_tokens", in: 50...1_000_000) ?? 4_000
    tokenizer = input.choice("tokenizer", TokenVocabulary.self) ?? .any
    format = input.choice("format", ContextFormat.self) ?? .markdown
    revision = input.text("at", characters: 1...256)
    range = input.text("diff", characters: 1...512)
    if revision != nil, range != nil { input.fault("diff", "cannot be given together with at") }
    if session == nil, conditions.isEmpty, input.faults.isEmpty {
      input.fault("session_id", "is required, or where (a customer's metadata)")
    }
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    guard let range else {
      return try answer(from: try revision.map(store.records(at:)) ?? call.records(), in: call)
    }
    let ends = try DiffRange(range, in: call)
    let before = try ends.old.flatMap { try answer(at: $0, in: call) }
    guard let after = try ends.new.flatMap({ try answer(at: $0, in: call) }) else {
      throw MemtraceError(.notFound, "there is no such session or customer at the end of \(range)")
    }
    return after.with(text: TextDiff.text(before?.answer.text ?? "", after.answer.text))
  }

  /// Nil where there was nothing of it then.
  private func answer(at commit: ObjectID, in call: Call) throws -> ContextAnswerJSON? {
    do {
      return try answer(from: try call.store().records(at: commit.description), in: call)
    } catch let error as MemtraceError where error.kind == .notFound {
      return nil
    }
  }

  private func answer(from records: Catalog, in call: Call) throws -> ContextAnswerJSON {
    let store = try call.store()
    let keys = store.configuration.identityKeys
    let sessions = try sessions(in: records)
    var request = ContextRequest(sessions: sessions, now: call.world.now())
    request.isCustomerWide = session == nil
    request.since = since
    request.until = until
    request.kinds = kinds
    request.maxTokens = maxTokens
    request.tokenizer = tokenizer
    request.format = format
    request.query = query
    request.identityKeys = keys
    request.template = try store.acceptedTemplate(ContextTemplate.fileName)
      .map { String(decoding: $0, as: UTF8.self) }
    request.words = try store.contextWords()
    if let session, let metadata = sessions.first?.session.metadata {
      request.otherSessions = try records.sessions(sharing: keys, with: metadata)
        .filter { $0.id != session }
    }
    let customer = CustomerIdentity(keys, sessions.map(\.session.metadata) + [conditions])
    request.preferences = try records.memoriesOutsideSessions(about: customer)
    let words = request.words
    if session != nil { request.preferences.removeAll { !ContextRecord.isCustomerFact($0, words) } }
    guard !sessions.isEmpty || !request.preferences.isEmpty else {
      throw MemtraceError(
        .notFound, "no session has this metadata", hint: "memtrace session search --where K=V")
    }
    request.kin = try records.kin(of: sessions.flatMap(\.memories) + request.preferences)
    request.outcomes = try records.outcomes(of: request.kin)
    if let query { request.relevance = try relevance(of: query, in: records, keys) }
    if format != .json {
      let memories = request.sessions.flatMap(\.memories) + request.preferences + request.kin
      let others = request.sessions.map(\.session) + request.otherSessions
      request.names = try records.names(of: memories.map(\.agent) + others.map(\.agent))
    }
    return ContextAnswerJSON(answer: try ContextBuilder.build(request), session: session)
  }

  private func sessions(in records: Catalog) throws -> [SessionRecords] {
    if let session {
      guard let found = try records.session(session) else { throw MemtraceError.noSession }
      return [found]
    }
    return try records.sessions(matching: conditions)
  }

  private func relevance(
    of query: String, in records: Catalog, _ identityKeys: [String]
  ) throws -> [RecordID: Double] {
    var ranked = RankedQuery(query)
    ranked.identityKeys = identityKeys
    ranked.filter.session = session
    ranked.filter.sessionMetadata = conditions
    ranked.filter.standsOnly = true
    ranked.limit = Limits.page.upperBound
    return Dictionary(
      try records.ranked(ranked).map { ($0.memory.id, $0.score) }, uniquingKeysWith: max)
  }
}

struct ContextAnswerJSON: Answer {
  let answer: ContextAnswer
  /// Nil where a customer was asked for: then all sessions are named.
  let session: SessionID?

  func with(text: String) -> ContextAnswerJSON {
    ContextAnswerJSON(
      answer: ContextAnswer(
        text: text, memoryCount: answer.memoryCount, omitted: answer.omitted,
        omittedBy: answer.omittedBy, tokens: answer.tokens, sessionIDs: answer.sessionIDs),
      session: session)
  }

  func write(to json: inout JSONWriter) {
    json.object { object in
      if let session {
        object.key("session_id")
        object.string(session.description)
      } else {
        object.key("session_ids")
        object.array { list in for id in answer.sessionIDs { list.string(id.description) } }
      }
      object.key("context")
      object.string(answer.text)
      for (key, value) in [
        ("memory_count", answer.memoryCount), ("omitted", answer.omitted),
        ("tokens", answer.tokens),
      ] {
        object.key(key)
        object.integer(value)
      }
      object.key("omitted_by")
      object.object { sections in
        for (section, count) in answer.omittedBy {
          sections.key(section)
          sections.integer(count)
        }
      }
    }
  }

  var display: Display { .text(answer.text) }
}
