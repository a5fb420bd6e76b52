// The line of `.memtrace/erased.<replica>.jsonl`: it names ids, and says nothing of what they held.

/// One erasure as it is written, and read back.
struct ErasureLine: Hashable {
  var records: [ErasedRecord] = []
  var sessions: [(id: SessionID, until: Timestamp?)] = []
  var keys: [String] = []
  /// The sessions that `records` stood in.
  var places: [SessionID] = []
  /// The lines leave all of Git's history, too.
  var reachesHistory = false
  /// The oldest commits that were rewritten, by their old ids.
  var first: [String] = []

  static func == (a: ErasureLine, b: ErasureLine) -> Bool { a.members == b.members }
  func hash(into hasher: inout Hasher) { hasher.combine(members) }

  private var members: [JSON.Member] {
    var members: [JSON.Member] = []
    func list(_ name: String, _ values: [JSON]) {
      if !values.isEmpty { members.append(.init(name, .array(values))) }
    }
    list("records", records.map(\.json))
    list(
      "sessions",
      sessions.map { id, until in
        .object(
          [.init("id", .string(id.description))]
            + (until.map { [.init("until", .string($0.description))] } ?? []))
      })
    if !records.isEmpty {
      members.append(.init("in", .array(places.map { .string($0.description) })))
    }
    list("keys", keys.map(JSON.string))
    if reachesHistory { members.append(.init("history", .bool(true))) }
    list("first", first.map(JSON.string))
    return members
  }

  init() {}

  /// What erasures cover, to be said once more.
  init(_ erasures: Erasures) {
    records = erasures.records.sorted { $0.text < $1.text }
    sessions = erasures.sessions.sorted { $0.key < $1.key }.map { id, extent in
      switch extent {
      case .forever: (id, nil)
      case .until(let end): (id, Timestamp(milliseconds: end))
      }
    }
    keys = erasures.keys.sorted()
    places = erasures.places.sorted()
  }

  mutating func add(_ other: ErasureLine) {
    records += other.records
    sessions += other.sessions
    keys += other.keys
    places += other.places
  }

  /// With its line feed.
  func bytes(_ id: RecordID, at time: Timestamp, by reviewer: String, reason: String?) -> [UInt8] {
    var all: [JSON.Member] = [
      .init("time", .string(time.description)), .init("reviewer", .string(reviewer)),
    ]
    if let reason { all.append(.init("reason", .string(reason))) }
    all += members
    all.append(.init("id", .string(id.description)))
    return JSON.object(all).bytes + [UInt8(ascii: "\n")]
  }
}

extension ErasedRecord {
  fileprivate var json: JSON {
    switch self {
    case .whole(let id): .string(id.description)
    case .row(let kind, let high, let place):
      .object([
        .init(
          "row", .string(kind.prefix + ULID(high: high, low: 0).description.prefix(10))),
        .init("count", .number(String(high & 0xFFFF))), .init("in", .string(place.text)),
      ])
    case .conflicts(let id): .object([.init("conflicts_of", .string(id.description))])
    }
  }

  fileprivate init?(_ json: JSON) {
    if let text = json.string {
      guard let id = RecordID(text) else { return nil }
      self = .whole(id)
    } else if let parent = json["conflicts_of"]?.string.flatMap({ RecordID($0) }) {
      self = .conflicts(of: parent)
    } else if let row = json["row"]?.string, let count = json["count"]?.integer,
      let place = json["in"]?.string, (0...0xFFFF).contains(count),
      let id = RecordID(row + String(repeating: "0", count: 16)), row.utf8.count == 14
    {
      self = .row(
        kind: id.kind, high: id.ulid.high | UInt64(count), place: ExactText(place))
    } else {
      return nil
    }
  }
}

extension Erasures {
  /// Those that reach into history alone, where only they are asked for.
  init(reading bytes: [UInt8], ofHistory: Bool = false) {
    read(bytes, ofHistory: ofHistory)
  }

  /// Takes in lines of `.memtrace/erased.*.jsonl`.
  mutating func read(_ bytes: [UInt8], ofHistory: Bool = false) {
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard let id = line.id, id.kind == .erasure,
          let json = try? JSON(parsing: line.bytes, depth: Line.depth),
          !ofHistory || json["history"] == .bool(true)
        else { return }
        lines[id] = Array(line.bytes) + [UInt8(ascii: "\n")]
        for entry in json["records"]?.array ?? [] {
          if let record = ErasedRecord(entry) { insert(record) }
        }
        for entry in json["sessions"]?.array ?? [] {
          guard let session = (entry.string ?? entry["id"]?.string).flatMap({ SessionID($0) })
          else { continue }
          let until = entry["until"]?.string.flatMap { Timestamp(rfc3339: $0) }
          insert(session, until.map { .until($0.milliseconds) } ?? .forever)
        }
        if json["records"]?.array?.isEmpty == false, json["in"] == nil { isScattered = true }
        for place in json["in"]?.array ?? [] {
          if let session = place.string.flatMap({ SessionID($0) }) { places.insert(session) }
        }
        for key in json["keys"]?.array ?? [] { if let key = key.string { keys.insert(key) } }
      }
    }
  }

  /// The erasures of these lines that reach into history.
  var ofHistory: Erasures {
    var result = Erasures()
    for (_, line) in lines { result.read(line, ofHistory: true) }
    return result
  }

  /// Those of these lines that say something which another does not: their ids, and what they cover.
  func beyond(_ other: Erasures) -> (ids: [RecordID], line: ErasureLine) {
    var (ids, rest) = ([RecordID](), Erasures())
    for (id, bytes) in lines.sorted(by: { $0.key < $1.key }) {
      let one = Erasures(reading: bytes)
      if other.contain(one) { continue }
      ids.append(id)
      rest.formUnion(one)
    }
    // What would repeat them is known by their own lines, which stay.
    rest.keys = []
    return (ids, ErasureLine(rest))
  }
}
