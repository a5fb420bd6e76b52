// Which parts of a record the gate looks at, and by which rules.

/// What became of the texts of one record.
struct GatePassage {
  /// Kinds that were masked.
  private(set) var masked: Set<Gate.Kind> = []
  /// What was refused, each with its field.
  private(set) var faults: [MemtraceError.Fault] = []
  /// What would be found, where nothing is changed: the placeholders, each with its field.
  private(set) var found: [(field: String, finding: Gate.Finding)] = []

  /// - Throws: `invalid` with every text that was refused.
  func finish() throws {
    if !faults.isEmpty {
      throw MemtraceError(
        .invalid, faults.map { "\($0.field): \($0.problem)" }.joined(separator: "; "),
        hint: "leave it out, or see what is found: memtrace gate test", faults: faults)
    }
  }

  fileprivate mutating func note(
    _ finding: Gate.Finding, in field: String, _ action: Gate.Action, isName: Bool = false
  ) {
    found.append((field, finding))
    guard action == .refuse || isName else {
      masked.insert(finding.kind)
      return
    }
    let why = isName ? "and a value that names somebody cannot be masked" : "which is refused here"
    faults.append(.init(field, "holds \(finding.kind.said) \(finding.placeholder), \(why)"))
  }
}

extension Gate.Kind {
  /// As a sentence has it.
  var said: String {
    switch self {
    case .secret: "a key or token"
    case .privateKey: "a private key"
    case .password: "a password"
    case .card: "a card's number"
    case .iban: "a bank account's number"
    case .nationalID: "a national identity number"
    case .email: "an e-mail address"
    case .phone: "a telephone number"
    }
  }
}

extension Gate {
  /// The text as it may be stored.
  func passed(_ text: String, _ field: String, _ passage: inout GatePassage) -> String {
    let findings = findings(in: text)
    if findings.isEmpty { return text }
    for finding in findings { passage.note(finding, in: field, self[finding.kind]) }
    return Gate.masked(text, findings)
  }

  /// Values of metadata, however deep.
  ///
  /// Values of identity keys and of keys that end in `_id` name somebody: only keys and tokens of published formats count
  /// there, and they are refused, since a mask would make all who have it one.
  func passed(
    _ members: [JSON.Member], _ field: String, identityKeys: [String], _ passage: inout GatePassage
  ) -> [JSON.Member] {
    guard !isOpen else { return members }
    return members.map { member in
      .init(
        member.key,
        passed(member.value, key: member.key, "\(field).\(member.key)", identityKeys, &passage))
    }
  }

  private func passed(
    _ value: JSON, key: String, _ field: String, _ identityKeys: [String],
    _ passage: inout GatePassage
  ) -> JSON {
    switch value {
    case .null, .bool: return value
    case .array(let values):
      return .array(values.map { passed($0, key: key, field, identityKeys, &passage) })
    case .object(let members):
      return .object(passed(members, field, identityKeys: identityKeys, &passage))
    case .string(let text), .number(let text):
      if Self.isName(key, identityKeys) {
        for finding in findings(in: text) where finding.isCertain && finding.kind.isToken {
          passage.note(finding, in: field, self[finding.kind], isName: true)
        }
        return value
      }
      let findings = findings(in: text, key: key)
      if findings.isEmpty { return value }
      for finding in findings { passage.note(finding, in: field, self[finding.kind]) }
      return .string(Gate.masked(text, findings))
    }
  }

  private static func isName(_ key: String, _ identityKeys: [String]) -> Bool {
    key.utf8.suffix(3).elementsEqual("_id".utf8) || identityKeys.contains(where: key.isExactly)
  }
}

extension Gate.Kind {
  fileprivate var isToken: Bool { self == .secret || self == .privateKey }
}

extension MemoryDraft {
  /// With every text as it may be stored. Ids, tags, names of agents and `dedup_key` are not looked at.
  func passed(_ gate: Gate, identityKeys: [String], _ passage: inout GatePassage) -> MemoryDraft {
    var draft = self
    draft.content = gate.passed(content, kind == .decision ? "decision" : "content", &passage)
    draft.reasoning = reasoning.map { gate.passed($0, "reasoning", &passage) }
    if let members = metadata?.json.members {
      let passed = gate.passed(members, "metadata", identityKeys: identityKeys, &passage)
      if passed != members { draft.metadata = RawJSON(.object(passed)) }
    }
    return draft
  }
}

extension Memory {
  /// What the gate finds in a record that is there.
  func findings(_ gate: Gate, identityKeys: [String]) -> [(field: String, finding: Gate.Finding)] {
    var passage = GatePassage()
    _ = gate.passed(content, kind == .decision ? "decision" : "content", &passage)
    if let reasoning { _ = gate.passed(reasoning, "reasoning", &passage) }
    if let members = metadata?.json.members {
      _ = gate.passed(members, "metadata", identityKeys: identityKeys, &passage)
    }
    return passage.found
  }
}

extension Event {
  /// What the gate finds in an event that is there.
  func findings(_ gate: Gate, identityKeys: [String]) -> [(field: String, finding: Gate.Finding)] {
    var passage = GatePassage()
    _ = change.passed(gate, identityKeys: identityKeys, &passage)
    return passage.found
  }
}

extension Event.Change {
  /// With every text as it may be stored.
  func passed(
    _ gate: Gate, identityKeys: [String], _ passage: inout GatePassage
  ) -> Event.Change {
    func metadata(_ members: [JSON.Member]) -> [JSON.Member] {
      gate.passed(members, "metadata", identityKeys: identityKeys, &passage)
    }
    switch self {
    case .opened(let members, let source):
      return .opened(metadata: metadata(members), source: source)
    case .metadata(let members): return .metadata(metadata(members))
    case .registered(let name, let description, let config):
      var config = config
      if let members = config?.json.members {
        let passed = gate.passed(members, "config", identityKeys: identityKeys, &passage)
        if passed != members { config = RawJSON(.object(passed)) }
      }
      return .registered(
        name: name, description: description.map { gate.passed($0, "description", &passage) },
        config: config)
    default: return self
    }
  }
}
