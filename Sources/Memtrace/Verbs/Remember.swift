// remember: records what an agent learned.

struct Remember: Verb {
  static let description = VerbDescription(
    name: "remember", group: "Memory", effect: .adds, summary: "record what an agent learned",
    fields: [
      Field(
        "content", .body, required: true, positional: true,
        "what to remember"),
      .requiredAgent, .session, .kind, .eventType, .tags, .importance, .metadata, .dedupKey,
      .parent,
    ],
    examples: [
      "memtrace remember 'Router needs a firmware update' --agent internet-support --session sess_01K… --tag router --importance 0.8"
    ])

  private let draft: MemoryDraft

  init(_ input: inout Input) {
    draft = MemoryDraft(memory: &input)
    draft.checkParent(&input)
  }

  func run(in call: Call) throws -> any Answer {
    try MemoryAnswer.writing(draft, in: call) { (try $0.remember(draft), false) }
  }
}

/// decide: records a decision with its reason.
struct Decide: Verb {
  static let description = VerbDescription(
    name: "decide", group: "Memory", effect: .adds,
    summary: "record a decision and why it was made",
    fields: [
      Field(
        "decision", .body, required: true, positional: true,
        "what was decided"),
      Field("reasoning", .text, required: true, "why"),
      .requiredAgent, .session, .tags, .importance, .metadata, .dedupKey, .parent,
    ],
    examples: [
      "memtrace decide 'Send firmware instructions' --reasoning 'Version 2.1 is known to be slow' --agent internet-support --session sess_01K…"
    ])

  private let draft: MemoryDraft

  init(_ input: inout Input) {
    draft = MemoryDraft(decision: &input)
  }

  func run(in call: Call) throws -> any Answer {
    try MemoryAnswer.writing(draft, in: call) { (try $0.remember(draft), false) }
  }
}

/// put: what an agent knows under a key, as it is now.
struct Put: Verb {
  static let description = VerbDescription(
    name: "put", group: "Memory", effect: .changes, isAlone: true,
    summary: "record what holds under a key: the newest with that key is corrected",
    fields: [
      Field(
        "dedup_key", .text, required: true, positional: true,
        "the key; with the agent and the session it names one fact"),
      Field(
        "content", .body, required: true, positional: true,
        "what to remember"),
      .requiredAgent, .session, .kind, .eventType, .tags, .importance, .metadata,
    ],
    examples: ["memtrace put router-version 'Firmware 2.3' --agent internet-support"])

  private let draft: MemoryDraft

  init(_ input: inout Input) {
    draft = MemoryDraft(memory: &input)
    if draft.dedupKey == nil, input.faults.isEmpty { input.fault("dedup_key", "is required") }
  }

  func run(in call: Call) throws -> any Answer {
    try MemoryAnswer.writing(draft, in: call) { try $0.put(draft) }
  }
}

extension MemoryDraft {
  /// Notes a correction of nothing, which would stand beside what it is to correct.
  func checkParent(_ input: inout Input) {
    guard eventType == Memory.correction, parent == nil, input.value("parent_id") == nil else {
      return
    }
    input.fault("parent_id", "is required: a correction says what it corrects")
  }

  /// Whoever types an id may mistype it: then both texts would stand, the wrong one and the right one. A program may know
  /// of a record that has not come here yet, and is told.
  /// - Returns: what the writer should know of its parent.
  /// - Throws: `notFound` where a person corrects what is not here.
  func hint(beside records: Catalog, in call: Call) throws -> String? {
    guard let parent else { return nil }
    if let id = RecordID(parent), try records.memory(id) != nil { return nil }
    guard eventType == Memory.correction else {
      return "no record '\(parent.prefix(64))' is here: it is kept as the one that this answers"
    }
    guard !call.isForPeople else {
      throw MemtraceError(
        .notFound, "there is no record '\(parent.prefix(64))' to correct",
        hint: "memtrace recall shows their ids")
    }
    return "no record '\(parent.prefix(64))' is here: nothing is corrected until it comes"
  }
}

extension MemoryAnswer {
  /// - Parameter body: records it, and says whether something like it was there.
  fileprivate static func writing(
    _ draft: MemoryDraft, in call: Call,
    _ body: (Transaction) throws -> (memory: Memory, isUpdate: Bool)
  ) throws -> MemoryAnswer {
    let store = try call.store()
    let written = try store.write { transaction in
      let hint = try draft.hint(beside: transaction.records, in: call)
      let (memory, isUpdate) = try body(transaction)
      return MemoryAnswer(
        memory: memory, state: try transaction.state(of: memory), isUpdate: isUpdate, hint: hint,
        organisation: store.configuration.organisation)
    }
    if let hint = written.value.hint { call.note(hint) }
    if written.value.state.isPending {
      call.note(
        "it waits for a verdict and counts nowhere until then: \(written.value.state.text); memtrace review list"
      )
    }
    return written.value
  }
}
