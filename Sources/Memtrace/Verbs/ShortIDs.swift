// Beginnings of ids in place of the whole: what tables show is taken.

/// `sess_01M70Z86` is that session, if one alone begins so; what begins no id stays as it is.
enum ShortIDs {
  static func completed(_ json: JSON, _ fields: [Field], in call: Call) throws -> JSON {
    guard let members = json.members, members.contains(where: { $0.value.string != nil }) else {
      return json
    }
    return .object(
      try members.map { member in
        guard case .string(let text) = member.value,
          let field = fields.first(where: { $0.isNamed(member.key) }),
          case .id(let thing) = field.kind
        else { return member }
        let whole =
          switch thing {
          case "session": try session(text, in: call)
          case "record": try record(text, member.key, in: call)
          case "agent" where !field.isAuthor: try agent(text, in: call)
          default: nil as String?
          }
        return whole.map { JSON.Member(member.key, .string($0)) } ?? member
      })
  }

  private static func session(_ text: String, in call: Call) throws -> String? {
    guard isBeginning(text, [SessionID.prefix]) else { return nil }
    let records = try call.records()
    // Somebody may have called one so.
    if let id = SessionID(text), try records.standing(of: id) != nil { return nil }
    let found = records.sessions(beginning: text).map(\.description)
    guard found.count < 2 else { throw several(found, "session_id", in: records) }
    return found.first
  }

  /// On the command line only: a program that asks for an agent that is not there yet must not get another one's.
  private static func agent(_ text: String, in call: Call) throws -> String? {
    guard call.isForPeople, text.utf8.count >= 3 else { return nil }
    let records = try call.records()
    guard try !records.isKnown(agent: AgentName.id(of: text)) else { return nil }
    let found = try records.agents().map(\.id).filter { $0.hasPrefix(text) }
    guard found.count < 2 else { throw several(found, "agent_id", in: records) }
    return found.first
  }

  private static func record(_ text: String, _ field: String, in call: Call) throws -> String? {
    guard isBeginning(text, [RecordID.Kind.memory, .decision].map(\.prefix)) else { return nil }
    return try call.records().memory(beginning: text, field)?.id.description
  }

  /// A prefix, and some of the characters of a ULID.
  private static func isBeginning(_ text: String, _ prefixes: [String]) -> Bool {
    guard let prefix = prefixes.first(where: text.hasPrefix) else { return false }
    let rest = text.utf8.dropFirst(prefix.utf8.count)
    return (4..<ULID.textLength).contains(rest.count)
      && rest.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      }
  }

  /// Says the first of them, as far as is enough.
  static func several(_ ids: [String], _ field: String, in records: Catalog) -> MemtraceError {
    let lengths = records.tellingLengths(of: Set(ids.prefix(told + 1)))
    let first = ids.prefix(told).map { shown($0, lengths) }.joined(separator: ", ")
    let rest = ids.count > told ? ", …" : ""
    return .invalid([
      .init(field, "\(ids.count) ids begin so: write more of it (\(first)\(rest))")
    ])
  }

  /// Of ids that begin alike, so many are named.
  private static let told = 4
  /// What is shown of an id behind its prefix, if that is enough: most of its time.
  private static let least = 8

  /// An id of ours as far as it is told from all others by; any other one whole.
  static func shown(_ id: String, _ lengths: [String: Int]) -> String {
    guard let length = lengths[id], let mark = id.utf8.firstIndex(of: UInt8(ascii: "_")) else {
      return id
    }
    let prefix = id.utf8.distance(from: id.startIndex, to: mark) + 1
    return String(id.prefix(max(length, prefix + least)))
  }
}

extension Display {
  /// For a terminal: with ids as short as each is taken for that record alone, among those here and all that are recorded.
  public func withShortIDs(in call: Call) throws -> Display {
    let ids = records
    if ids.isEmpty { return self }
    let lengths = try call.records().tellingLengths(of: ids)
    return replacingRecords { .id(ShortIDs.shown($0, lengths)) }
  }

  private var records: Set<String> {
    switch self {
    case .text, .raw, .line, .note: []
    case .heading(let cells): Self.records(cells)
    case .table(_, let rows, _): Self.records(rows.joined())
    case .properties(let properties): Self.records(properties.map(\.value))
    case .list(let parts): parts.reduce(into: []) { $0.formUnion($1.records) }
    }
  }

  private static func records(_ cells: some Sequence<Cell>) -> Set<String> {
    Set(cells.compactMap { if case .record(let id) = $0 { id } else { nil } })
  }

  private func replacingRecords(_ shown: (String) -> Cell) -> Display {
    func cell(_ cell: Cell) -> Cell { if case .record(let id) = cell { shown(id) } else { cell } }
    switch self {
    case .text, .raw, .line, .note: return self
    case .heading(let cells): return .heading(cells.map(cell))
    case .table(let columns, let rows, let empty):
      return .table(columns, rows: rows.map { $0.map(cell) }, empty: empty)
    case .properties(let properties):
      return .properties(properties.map { .init($0.label, cell($0.value)) })
    case .list(let parts): return .list(parts.map { $0.replacingRecords(shown) })
    }
  }
}
