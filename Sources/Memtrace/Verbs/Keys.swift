// key create, list, revoke: who may use the HTTP bridge.

struct KeyCreate: Verb {
  static let description = VerbDescription(
    name: "key create", group: "Repository", effect: .administers,
    summary: "make an API key and show it once",
    fields: [
      Field("name", .text, required: true, "what to call it"),
      Field(
        "scope", .choice(Key.Scope.allCases.map(\.rawValue)), default: "write",
        "what it allows: read, write as well, change what others recorded, or everything"),
      Field("agent_id", .id("agent"), flag: "agent", "the only agent that it may write as").author,
      Field("expires", .text, "when it ends: 30d, 12w, a date or RFC 3339"),
    ],
    examples: ["memtrace key create --name billing-bot --scope write --agent billing-support"])

  private let name: String
  private let scope: Key.Scope
  private let agent: AgentReference?
  private var end: Timestamp?

  init(_ input: inout Input) {
    name = input.required("name", bytes: 1...64)
    if name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
      input.fault("name", "must not hold control characters")
    }
    scope = input.choice("scope", Key.Scope.self) ?? .write
    agent = input.agent()
    guard let text = input.text("expires") else { return }
    if let span = Moment.span(text) {
      end = Timestamp(milliseconds: input.now.milliseconds + span)
    } else {
      end = Moment.parse(text, now: input.now)
    }
    if end == nil {
      input.fault("expires", "'\(text)' is no point in time; \(Moment.forms)")
    } else if end! <= input.now {
      input.fault("expires", "is past already")
    }
  }

  func run(in call: Call) throws -> any Answer {
    let ring = try call.store().keyRing()
    let made = try ring.create(
      name: name, scope: scope, agent: agent?.id, expiresAt: end, world: call.world)
    return KeyAnswer(key: made.key, secret: made.secret)
  }
}

struct KeyList: Verb {
  static let description = VerbDescription(
    name: "key list", group: "Repository", effect: .administers,
    summary: "list API keys, without their secrets",
    fields: [], examples: ["memtrace key list"])

  init(_ input: inout Input) {}

  func run(in call: Call) throws -> any Answer {
    KeyListAnswer(keys: try call.store().keyRing().keys())
  }
}

struct KeyRevoke: Verb {
  static let description = VerbDescription(
    name: "key revoke", group: "Repository", effect: .administers,
    summary: "end an API key at once",
    fields: [Field("name", .text, required: true, positional: true, "the key's name")],
    examples: ["memtrace key revoke billing-bot"])

  private let name: String

  init(_ input: inout Input) {
    name = input.required("name")
  }

  func run(in call: Call) throws -> any Answer {
    let ring = try call.store().keyRing()
    guard let key = try ring.keys().first(where: { $0.name == name }) else {
      throw MemtraceError(.notFound, "there is no key '\(name)'", hint: "memtrace key list")
    }
    try ring.revoke(name: name)
    return KeyAnswer(key: key, secret: nil)
  }
}

struct KeyAnswer: Answer {
  let key: Key
  /// Nil once it was shown.
  let secret: String?

  func write(to json: inout JSONWriter) {
    json.object { object in
      if let secret {
        object.key("key")
        object.string(secret)
      }
      object.keyFields(key)
    }
  }

  var display: Display { .line(secret ?? key.name) }
}

struct KeyListAnswer: Answer {
  let keys: [Key]

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("keys")
      object.array { list in
        for key in keys { list.object { $0.keyFields(key) } }
      }
      object.key("count")
      object.integer(keys.count)
    }
  }

  var display: Display {
    .table(
      [
        Display.Column("NAME"), Display.Column("SCOPE"), Display.Column("AGENT"),
        Display.Column("CREATED"), Display.Column("EXPIRES"),
      ],
      rows: keys.map { key in
        [
          .text(key.name), .text(key.scope.rawValue), .text(key.agent ?? ""), .time(key.createdAt),
          key.expiresAt.map { .time($0) } ?? .none,
        ]
      }, empty: "no keys")
  }
}
