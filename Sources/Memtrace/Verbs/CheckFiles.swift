// check: reads every line and says what is wrong with it.

internal import Git

struct CheckFiles: Verb {
  static let description = VerbDescription(
    name: "check", group: "Repository", summary: "read every line and report damage",
    fields: [
      Field("repair", .flag, "first commit what waits, remove dead locks, refresh the Git index")
    ],
    examples: ["memtrace check", "memtrace check --repair"])

  private let repairs: Bool

  init(_ input: inout Input) {
    repairs = input.flag("repair")
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    if repairs { try store.commitPending() }
    var check = LineCheck(now: call.world.now())
    try store.eachRecordFile { path, _, bytes in
      check.read(path, bytes)
      call.progress("checking", check.lines, nil)
    }
    if let repository = try? store.repository() {
      check.look(at: repository)
      check.look(at: try store.unsaidRemovals { call.progress("history", $0, nil) })
    }
    return CheckAnswer(
      files: check.files, lines: check.lines, records: check.recordCount, problems: check.problems)
  }
}

/// One thing that is wrong.
struct Problem: Hashable, Sendable {
  enum Level: String, Sendable {
    /// A record may be missing or wrong.
    case damage
    /// Nothing is lost, but somebody should know.
    case warning
  }

  let level: Level
  let path: String
  /// From 1; nil for a whole file.
  let line: Int?
  let text: String
}

/// Judges lines one after the other.
struct LineCheck {
  private(set) var files = 0
  private(set) var lines = 0
  private(set) var problems: [Problem] = []
  private var seen: [RecordID: UInt64] = [:]
  private let now: Timestamp

  var recordCount: Int { seen.count }

  /// A clock that is this far off is worth a word, in milliseconds.
  static let tolerance: Int64 = 300_000

  init(now: Timestamp) {
    self.now = now
  }

  mutating func read(_ path: String, _ bytes: [UInt8]) {
    files += 1
    if let last = bytes.last, last != UInt8(ascii: "\n") {
      note(.warning, path, nil, "the last line has no line feed")
    }
    if bytes.contains(UInt8(ascii: "\r")) {
      note(.warning, path, nil, "has carriage returns (CRLF)")
    }
    var previous: ULID?
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        lines += 1
        let id: RecordID
        let folder: String
        switch line.record() {
        case .invalid(let problem, let offset):
          return note(.damage, path, line.number, "\(problem) (byte \(offset))")
        case .unknown(let id):
          return note(
            .warning, path, line.number, "a record of an unknown type\(id.map { ": \($0)" } ?? "")")
        case .review: return
        case .memory(let memory):
          id = memory.id
          folder = Layout.place(of: memory).folder
        case .event(let event):
          id = event.id
          folder = Layout.place(of: event).folder
        }
        if !path.hasPrefix(folder + "/") {
          note(.warning, path, line.number, "belongs into \(folder)")
        }
        if let previous, id.ulid < previous {
          note(.warning, path, line.number, "stands after a younger record")
        }
        previous = id.ulid
        if id.ulid.milliseconds > now.milliseconds + Self.tolerance {
          note(
            .warning, path, line.number,
            "is \((id.ulid.milliseconds - now.milliseconds) / 60_000) minutes in the future: some clock is off"
          )
        }
        let hash = SHA256.hash(line.bytes).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        if let known = seen[id], known != hash {
          note(.damage, path, line.number, "\(id) is there twice with different contents")
        }
        seen[id] = hash
      }
    }
  }

  /// What a commit's readability and the quarantine say.
  mutating func look(at repository: Repository) {
    if !repository.isHeadReadable { note(.damage, ".git", nil, "HEAD cannot be read") }
    if repository.indexIsLocked {
      note(.warning, ".git/index.lock", nil, "another process holds the Git index")
    }
    if !repository.indexIsReadable() {
      note(
        .warning, ".git/index", nil,
        "cannot be read here: git config index.sparse false; git update-index --no-split-index")
    }
  }

  /// What an ancestor has and the tip lacks.
  mutating func look(at removals: [UnsaidRemoval]) {
    for removal in removals {
      note(removal.comesBack ? .damage : .warning, ".git", nil, removal.summary)
    }
  }

  private mutating func note(_ level: Problem.Level, _ path: String, _ line: Int?, _ text: String) {
    problems.append(Problem(level: level, path: path, line: line, text: text))
  }
}

struct CheckAnswer: Answer {
  let files: Int
  let lines: Int
  let records: Int
  let problems: [Problem]

  /// Damage is the command's own exit code.
  var failure: MemtraceError.Kind? {
    problems.contains { $0.level == .damage } ? .corrupt : nil
  }

  func write(to json: inout JSONWriter) {
    json.object { object in
      for (key, count) in [("files", files), ("lines", lines), ("records", records)] {
        object.key(key)
        object.integer(count)
      }
      object.key("problems")
      object.array { list in
        for problem in problems {
          list.object { entry in
            entry.key("level")
            entry.string(problem.level.rawValue)
            entry.key("path")
            entry.string(problem.path)
            if let line = problem.line {
              entry.key("line")
              entry.integer(line)
            }
            entry.key("problem")
            entry.string(problem.text)
          }
        }
      }
    }
  }

  var display: Display {
    let summary = "\(files) files, \(lines) lines, \(records) records"
    if problems.isEmpty { return .line("\(summary): all is well") }
    return .list([
      .table(
        [
          Display.Column("LEVEL"), Display.Column("WHERE"),
          Display.Column("PROBLEM", flexible: true),
        ],
        rows: problems.map { problem in
          [
            .text(problem.level.rawValue),
            .id(problem.line.map { "\(problem.path):\($0)" } ?? problem.path), .text(problem.text),
          ]
        }, empty: ""),
      .line("\(summary), \(problems.count) \(problems.count == 1 ? "problem" : "problems")"),
    ])
  }
}
