// import: many records at once, from a file of JSON lines.

internal import Glibc
internal import System

struct Import: Verb {
  static let description = VerbDescription(
    name: "import", group: "Repository", effect: .administers,
    summary: "add records from a file, of another program too; twice adds nothing",
    fields: [
      Field(
        "file", .path, required: true, positional: true,
        "one JSON object a line: the fields of a memory, time, session and session_metadata, or what export printed; - reads standard input"
      ),
      Field(
        "skip_bad", .path,
        "put rows that cannot be taken into this file, each with what is wrong, and take the rest"),
      Field("timezone", .text, "of times that name none: Z, or +01:00"),
      Field(
        "from", .choice(ImportSource.allCases.map(\.rawValue)),
        "the program whose file it is, see docs/IMPORT.md; without it JSON lines of our own"
      ),
      Field(
        "map", .object,
        "FIELD=NAME: where a field comes from, a column or a path; FIELD=:TEXT for all rows"),
      Field("dry_run", .flag, "say what would be added, with a sample, and add nothing"),
    ],
    examples: [
      "memtrace import history.jsonl",
      "memtrace import --skip-bad bad.jsonl --timezone +01:00 history.jsonl",
      "memtrace import --from zendesk --dry-run tickets.json",
      "memtrace import --from csv --map content=Message --map time=Date --map agent_id=:support calls.csv",
    ])

  private let path: String
  private let bad: String?
  private let zone: String?
  private let source: ImportSource?
  private let map: [JSON.Member]
  private let isDryRun: Bool

  init(_ input: inout Input) {
    path = input.required("file", bytes: 1...4_096)
    bad = input.text("skip_bad", bytes: 1...4_096)
    let zone = input.text("timezone")
    self.zone = zone.flatMap(RowTime.zone)
    if let zone, self.zone == nil {
      input.fault("timezone", "'\(zone.prefix(64))' is no zone; write Z, or +01:00")
    }
    source = input.choice("from", ImportSource.self)
    map = input.value("map")?.members ?? []
    if source == nil, !map.isEmpty { input.fault("map", "goes with --from") }
    isDryRun = input.flag("dry_run")
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let bytes = try Descriptor.whole(path == "-" ? "/dev/stdin" : call.place(of: path))
    try refuseOther(bytes)
    let rows = source.map { $0.rows(of: bytes, options) }
    let answer = try store.locked { session in
      session.flush()
      var plan = try ImportPlan(store: store, now: call.world.now(), zone: zone)
      if let rows {
        try plan.read(rows, skipsBad: bad != nil) { call.progress("reading", $0, rows.count) }
      } else {
        do {
          try plan.read(bytes, skipsBad: bad != nil) { call.progress("reading", $0, bytes.count) }
        } catch let error as MemtraceError {
          throw Self.namingSources(error)
        }
      }
      try plan.compareSuspects(with: store)
      if let bad, !plan.bad.isEmpty { try write(plan.bad, to: call.place(of: bad)) }
      let counts = plan.counts
      let files = plan.takeFiles()
      if isDryRun {
        return ImportAnswer(
          counts: counts, bad: bad, sample: files.sample(of: ImportAnswer.sampleSize))
      }
      try session.commitFiles(
        files,
        message: CommitMessage.ofImport(
          records: counts.added, sessions: amount(counts.sessions, "session"))
      ) { call.progress("writing", $0, files.count) }
      return ImportAnswer(counts: counts, bad: bad, sample: nil)
    }
    if !isDryRun { store.prepareReading() }
    return answer
  }

  /// A file that holds nothing, or something of another kind altogether, is named once and not line by line.
  private func refuseOther(_ bytes: [UInt8]) throws {
    let name = path == "-" ? "standard input" : path
    let starts = FirstBytes.ofLines(in: bytes)
    if starts == .none {
      throw MemtraceError(
        .invalid, "\(name) is empty: there is nothing to import",
        faults: [.init("file", "is empty")])
    }
    guard starts == .ofText, bad == nil, source != .csv, source != .chat else { return }
    throw MemtraceError(
      .invalid, "\(name) holds no JSON: no line of it begins with { or [",
      hint: "--from csv reads a table, --from chat what a messenger writes out: docs/IMPORT.md",
      faults: [.init("file", "holds no JSON")])
  }

  /// A file whose first line is no row of ours is likely another program's.
  private static func namingSources(_ error: MemtraceError) -> MemtraceError {
    guard error.faults.first?.field.hasPrefix("line 1:") == true else { return error }
    let sources = ImportSource.allCases.map(\.rawValue).joined(separator: ", ")
    return MemtraceError(
      error.kind, error.message,
      hint: "what another program wrote is read with --from (\(sources)): docs/IMPORT.md"
        + (error.hint.map { "; \($0)" } ?? ""), faults: error.faults)
  }

  private var options: ImportOptions {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return ImportOptions(map: map, name: name, zone: zone)
  }

  /// JSON lines that can be imported again once their rows are corrected.
  private func write(_ rows: [ImportPlan.BadRow], to path: String) throws {
    var json = JSONWriter()
    for row in rows {
      json.object { object in
        object.key("problem")
        object.string(row.problem)
        object.key("line")
        object.integer(row.line)
        object.key("row")
        if (try? JSON(parsing: row.bytes)) != nil {
          object.raw(RawJSON(trusted: row.bytes))
        } else {
          object.string(String(decoding: row.bytes, as: UTF8.self))
        }
      }
      json.endLine()
    }
    let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC)
    try file.append(json.bytes)
  }
}

/// How the lines of a file begin.
private enum FirstBytes {
  case none, ofText, ofJSON

  static func ofLines(in bytes: [UInt8]) -> FirstBytes {
    var found = FirstBytes.none
    var isStart = true
    for byte in bytes.dropFirst(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0) {
      if byte == UInt8(ascii: "\n") {
        isStart = true
      } else if isStart, byte > 0x20 {
        if "{[".utf8.contains(byte) { return .ofJSON }
        (found, isStart) = (.ofText, false)
      }
    }
    return found
  }
}

extension ImportPlan.Counts {
  fileprivate var added: String { amount(records, "record") }
}

struct ImportAnswer: Answer {
  let counts: ImportPlan.Counts
  /// The file that took the rows that are none.
  let bad: String?
  /// Lines that would be added, of a dry run.
  let sample: [RawJSON]?

  static let sampleSize = 3

  private var masked: [Gate.Kind] { Gate.Kind.allCases.filter { counts.masked[$0] != nil } }

  /// In the order of their names.
  private var kept: [(field: String, rows: Int)] {
    counts.kept.sorted { ExactText($0.key) < ExactText($1.key) }.map { ($0.key, $0.value) }
  }

  func write(to json: inout JSONWriter) {
    json.object { object in
      for (key, count) in [
        ("rows", counts.rows), ("records", counts.records), ("sessions", counts.sessions),
        ("known", counts.known), ("bad", counts.bad), ("different", counts.different.count),
      ] {
        object.key(key)
        object.integer(count)
      }
      if !counts.different.isEmpty {
        object.key("different_ids")
        object.array { list in for id in counts.different { list.string(id.description) } }
      }
      if counts.passed > 0 {
        object.key("passed_over")
        object.integer(counts.passed)
      }
      if !masked.isEmpty {
        object.key("masked")
        object.array { list in for kind in masked { list.string(kind.rawValue) } }
      }
      if counts.erased > 0 {
        object.key("erased")
        object.integer(counts.erased)
      }
      if counts.unmasked > 0 {
        object.key("unmasked")
        object.integer(counts.unmasked)
      }
      if !kept.isEmpty {
        object.key("kept_in_metadata")
        object.object { fields in
          for (field, rows) in kept {
            fields.key(field)
            fields.integer(rows)
          }
        }
      }
      if let sample {
        object.key("dry_run")
        object.bool(true)
        object.key("sample")
        object.array { list in for line in sample { list.raw(line) } }
      }
    }
  }

  var display: Display {
    var lines = [
      "\(counts.added) \(sample == nil ? "" : "would be ")added, "
        + "\(amount(counts.sessions, "new session")); \(counts.known) of "
        + "\(amount(counts.rows, "row")) \(counts.known == 1 ? "was" : "were") there already"
    ]
    if let first = counts.different.first {
      let count = counts.different.count
      let named = counts.different.prefix(5).map(\.description).joined(separator: ", ")
      lines.append(
        "\(amount(count, "record is", "records are")) here with other words than in the file, which were not taken: "
          + "\(named)\(count > 5 ? " and \(count - 5) more" : "") (memtrace show \(first))")
    }
    if counts.passed > 0 {
      lines.append("\(amount(counts.passed, "piece holds", "pieces hold")) nothing to remember")
    }
    if !kept.isEmpty {
      let fields = kept.map { "\($0.field) (\($0.rows))" }.joined(separator: ", ")
      lines.append("fields kept in metadata: \(fields)")
    }
    if !masked.isEmpty {
      let kinds = masked.map { "\($0.said) (\(counts.masked[$0] ?? 0))" }.joined(separator: ", ")
      lines.append("masked in rows before they were stored: \(kinds)")
    }
    if counts.unmasked > 0 {
      lines.append(
        "\(counts.unmasked) rows of the export hold what would be masked, and are as they were: memtrace check names them"
      )
    }
    if counts.erased > 0 {
      lines.append("\(amount(counts.erased, "row")) not taken: what they say was erased")
    }
    if let bad, counts.bad > 0 {
      lines.append(
        "\(amount(counts.bad, "row")) could not be taken: \(bad) says why; correct and import it")
    }
    if let sample, !sample.isEmpty {
      lines += ["among them:"] + sample.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
    return .list(lines.map(Display.line))
  }
}
