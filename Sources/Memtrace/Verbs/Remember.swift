// remember: records what an agent learned.

struct Remember: Verb {
  static let description = VerbDescription(
    name: "remember", group: "Memory", summary: "record what an agent learned",
    fields: [
      Field(
        "content", .body, required: true, positional: true,
        "what to remember; - reads standard input"),
      .requiredAgent, .session, .kind, .eventType, .tags, .importance, .metadata, .dedupKey,
      .parent,
    ],
    examples: [
      "memtrace remember 'Router needs a firmware update' --agent internet-support --session sess_01K… --tag router --importance 0.8"
    ])

  private let draft: MemoryDraft

  init(_ input: inout Input) {
    draft = MemoryDraft(memory: &input)
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let written = try store.write { try $0.remember(draft) }
    return MemoryAnswer(memory: written.value, organisation: store.configuration.organisation)
  }
}

/// decide: records a decision with its reason.
struct Decide: Verb {
  static let description = VerbDescription(
    name: "decide", group: "Memory", summary: "record a decision and why it was made",
    fields: [
      Field(
        "decision", .body, required: true, positional: true,
        "what was decided; - reads standard input"),
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
    let store = try call.store()
    let written = try store.write { try $0.remember(draft) }
    return MemoryAnswer(memory: written.value, organisation: store.configuration.organisation)
  }
}
