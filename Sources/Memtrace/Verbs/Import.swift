// import: many records at once, from a file of JSON lines.

internal import Glibc

struct Import: Verb {
  static let description = VerbDescription(
    name: "import", group: "Repository",
    summary: "add records from a file of JSON lines; twice adds nothing",
    fields: [
      Field(
        "file", .path, required: true, positional: true,
        "one JSON object a line: the fields of a memory, time, session and session_metadata, or what export printed"
      )
    ],
    examples: ["memtrace import history.jsonl"])

  private let path: String

  init(_ input: inout Input) {
    path = input.required("file", bytes: 1...4_096)
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let file = path.hasPrefix("/") ? path : Place.joined(call.directory, path)
    let bytes = try Descriptor(opening: file, O_RDONLY).readAll()
    return try store.locked { session in
      _ = try session.flush()
      var plan = try ImportPlan(store: store, now: call.world.now())
      try plan.read(bytes) { call.progress("reading", $0, bytes.count) }
      let counts = plan.counts
      let files = plan.takeFiles()
      try session.commitFiles(
        files,
        message: "import: \(counts.records) records · \(counts.sessions) sessions\n"
      ) { call.progress("writing", $0, files.count) }
      return ImportAnswer(counts: counts)
    }
  }
}

struct ImportAnswer: Answer {
  let counts: ImportPlan.Counts

  func write(to json: inout JSONWriter) {
    json.object { object in
      for (key, count) in [
        ("rows", counts.rows), ("records", counts.records), ("sessions", counts.sessions),
        ("known", counts.known),
      ] {
        object.key(key)
        object.integer(count)
      }
    }
  }

  var display: Display {
    .line(
      "\(counts.records) records added, \(counts.sessions) new sessions; \(counts.known) of \(counts.rows) rows were there already"
    )
  }
}
