// review approve, review reject, retract, restore: what people say about records.

internal import Git

/// The records that a verdict is about, and the words that go with it.
struct ReviewRequest {
  static let records = Field(
    "record_ids", .list, required: true, positional: true, "ids of records, or their beginnings")
  static let somehow = Field(
    "record_ids", .list, positional: true, "ids of records, or their beginnings")
  static let session = Field(
    "session_id", .id("session"), flag: "session", "all that waits in this session")
  static let range = Field(
    "range", .text, "all that waits of what A..B added: commits, branches, dates, monday..")
  static let reason = Field("reason", .text, "why, for whoever reads it later")
  static let agent = Field(
    "agent_id", .id("agent"), flag: "agent", "the agent that says so, where it is one"
  ).author

  private let names: [String]
  private let session: SessionID?
  private let range: String?
  private let reason: String?
  private let agent: AgentReference?

  /// - Parameter somehow: a session or a range does as well, on the command line alone.
  init(_ input: inout Input, somehow: Bool = false) {
    names = input.list("record_ids")
    session = input.session()
    range = input.text("range", characters: 1...512)
    reason = input.text("reason", characters: Limits.reason)
    agent = input.agent()
    if names.isEmpty, session == nil, range == nil, input.faults.isEmpty {
      input.fault("record_ids", "is required" + (somehow ? ", or --session, or --range" : ""))
    }
  }

  /// All or nothing; what holds already is passed over.
  func perform(_ word: Review.Word, in call: Call) throws -> ReviewAnswer {
    let store = try call.store()
    let reviewer = Reviewer(
      name: try call.reviewerName() ?? agent?.id ?? "unknown", agent: agent)
    let added = try range.map { text in
      Set(try DiffReport.between(DiffRange(text, in: call), in: call).added)
    }
    let written = try store.write { transaction in
      let memories = try found(word, added, in: transaction.records)
      if word == .approved { try refuseRetracted(memories, transaction.records) }
      let time = call.world.now()
      if word == .rejected || word == .retracted && reason != nil {
        try tell(word, of: memories, in: transaction.records, call)
      }
      let reviews = try memories.compactMap {
        try transaction.review($0, word, by: reviewer, reason: reason, at: time)
      }
      if word == .restored, reviews.isEmpty { try refuseRejected(memories, transaction.records) }
      return (reviews, memories.count)
    }
    return ReviewAnswer(reviews: written.value.0, asked: written.value.1)
  }

  /// An approval brings back nothing that was taken back, and would hide from `review undo` what took it.
  private func refuseRetracted(_ memories: [Memory], _ records: Catalog) throws {
    let outcomes = try records.outcomes(of: memories)
    for memory in memories {
      guard let outcome = outcomes[memory.id], outcome.isRetracted, let sight = outcome.sight else {
        continue
      }
      throw MemtraceError(
        .conflict, "\(memory.id) was \(sight.text): an approval does not bring it back",
        hint: "memtrace restore \(memory.id)")
    }
  }

  /// Who wants a rejected record back hears what brings it back.
  private func refuseRejected(_ memories: [Memory], _ records: Catalog) throws {
    let standing = try records.standing(of: memories)
    for memory in memories {
      guard case .rejected(let review) = standing[memory.id] else { continue }
      throw MemtraceError(
        .conflict, "\(memory.id) was \(review.text), not retracted: a verdict brings it back",
        hint: "memtrace review approve \(memory.id)")
    }
  }

  /// Names what says the same: after a rejection it waits, after a retraction it stays.
  private func tell(
    _ word: Review.Word, of memories: [Memory], in records: Catalog, _ call: Call
  ) throws {
    let others = Set(try memories.flatMap { try records.saying(theSameAs: $0) })
      .subtracting(memories.map(\.id)).sorted()
    if others.isEmpty { return }
    let names = others.prefix(8).map(\.description).joined(separator: " ")
    let rest = others.count > 8 ? " and \(others.count - 8) more" : ""
    call.note(
      word == .rejected
        ? "what says the same waits for a verdict too: \(names)\(rest); memtrace review list"
        : "what says the same is left as it is: \(names)\(rest)")
  }

  /// - Parameter added: records of the range, where one was given.
  private func found(
    _ word: Review.Word, _ added: Set<RecordID>?, in records: Catalog
  ) throws -> [Memory] {
    var memories = try names.map { name in
      let exact = try RecordID(name).flatMap { try records.memory($0) }
      guard let memory = try exact ?? records.memory(beginning: name) else {
        throw MemtraceError(
          .notFound, "memory not found: \(name.prefix(64))", hint: "memtrace recall --all")
      }
      return memory
    }
    if let session {
      guard let found = try records.session(session) else { throw MemtraceError.noSession }
      let standing = try records.standing(of: found.memories)
      memories += found.memories.filter { standing[$0.id].isPending }
    }
    if let added {
      let known = try added.sorted().compactMap { try records.memory($0) }
      guard !known.isEmpty || added.isEmpty else {
        throw MemtraceError(
          .notFound, "none of what that range added is on this branch",
          hint: "git switch to the branch that has it")
      }
      let standing = try records.standing(of: known)
      memories += known.filter { standing[$0.id].isPending }
    }
    // What repeats it is the same thing said again; a later value of a key is another one.
    if word == .retracted || word == .rejected {
      memories += try memories.flatMap { memory -> [Memory] in
        guard memory.corrects == nil, let key = memory.dedupKey else { return [] }
        return try records.memories(dedupKey: key, agent: memory.agent, session: memory.session)
          .filter { $0.session == memory.session && $0.corrects == nil }
      }
    }
    var seen: Set<RecordID> = []
    return memories.filter { seen.insert($0.id).inserted }
  }
}

extension Call {
  /// The key's name, else Git's identity; nil where there is neither.
  func reviewerName() throws -> String? {
    if let reviewer { return reviewer }
    return try store().repository().defaultSignature()?.name
  }
}

struct ReviewApprove: Verb {
  static let description = VerbDescription(
    name: "review approve", group: "Review", effect: .changes,
    summary: "let records count that wait for a verdict",
    fields: [
      ReviewRequest.somehow, ReviewRequest.session, ReviewRequest.range, ReviewRequest.reason,
      ReviewRequest.agent,
    ],
    examples: [
      "memtrace review approve dec_01M8KKPS", "memtrace review approve --session sess_01K…",
      "memtrace review approve --range monday..",
    ])

  private let request: ReviewRequest

  init(_ input: inout Input) { request = ReviewRequest(&input, somehow: true) }

  func run(in call: Call) throws -> any Answer { try request.perform(.approved, in: call) }
}

struct ReviewReject: Verb {
  static let description = VerbDescription(
    name: "review reject", group: "Review", effect: .changes,
    summary: "keep records out of contexts, searches and lists, on every clone",
    fields: [
      ReviewRequest.somehow, ReviewRequest.session, ReviewRequest.range, ReviewRequest.reason,
      ReviewRequest.agent,
    ],
    examples: ["memtrace review reject dec_01M8KKPS --reason 'Above the limit; ask first'"])

  private let request: ReviewRequest

  init(_ input: inout Input) { request = ReviewRequest(&input, somehow: true) }

  func run(in call: Call) throws -> any Answer { try request.perform(.rejected, in: call) }
}

/// Any word about records: what the contract's POST takes.
struct ReviewAdd: Verb {
  static let description = VerbDescription(
    name: "review add", group: "Review", effect: .changes, isAlone: true,
    summary: "say something about records, in one word",
    fields: [
      ReviewRequest.records,
      Field(
        "review", .choice(Review.Word.allCases.map(\.rawValue)), required: true, flag: "review",
        "what is said of them"),
      ReviewRequest.reason, ReviewRequest.agent,
    ],
    examples: ["memtrace review add dec_01M8KKPS --review pending"])

  private let request: ReviewRequest
  private let word: Review.Word

  init(_ input: inout Input) {
    request = ReviewRequest(&input)
    let word = input.choice("review", Review.Word.self)
    if word == nil, input.value("review") == nil { input.fault("review", "is required") }
    self.word = word ?? .pending
  }

  func run(in call: Call) throws -> any Answer { try request.perform(word, in: call) }
}

struct Retract: Verb {
  static let description = VerbDescription(
    name: "retract", group: "Review", effect: .changes, isAlone: true,
    summary: "take back what is wrong: out of sight everywhere, kept in history",
    fields: [ReviewRequest.records, ReviewRequest.reason, ReviewRequest.agent],
    examples: ["memtrace retract mem_01M70Z86 --reason 'Said by another customer'"])

  private let request: ReviewRequest

  init(_ input: inout Input) { request = ReviewRequest(&input) }

  func run(in call: Call) throws -> any Answer { try request.perform(.retracted, in: call) }
}

struct Restore: Verb {
  static let description = VerbDescription(
    name: "restore", group: "Review", effect: .changes, summary: "bring back what was retracted",
    fields: [ReviewRequest.records, ReviewRequest.reason, ReviewRequest.agent],
    examples: ["memtrace restore mem_01M70Z86"])

  private let request: ReviewRequest

  init(_ input: inout Input) { request = ReviewRequest(&input) }

  func run(in call: Call) throws -> any Answer { try request.perform(.restored, in: call) }
}
