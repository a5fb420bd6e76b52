// Judges lines, and what Git holds, one after the other.

internal import Git

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
  /// Ids with lines of different bytes.
  private var contested: Set<RecordID> = []
  private let now: Timestamp
  private let gate: Gate
  private let identityKeys: [String]

  var recordCount: Int { seen.count }

  /// A clock that is this far off is worth a word, in milliseconds.
  static let tolerance: Int64 = 300_000

  init(now: Timestamp, _ configuration: Configuration) {
    self.now = now
    gate = configuration.gate
    identityKeys = configuration.identityKeys
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
    var isApart = false
    // Files one after the other, of many sessions.
    let isArchive = FileName.isArchive(path)
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        lines += 1
        let id: RecordID
        let folder: String
        let time: Timestamp
        switch line.record() {
        case .invalid(let problem, let offset):
          return note(.damage, path, line.number, "\(problem) (byte \(offset))")
        case .unknown where line.id?.kind.own != nil: return
        case .unknown(let id):
          return note(
            .warning, path, line.number, "a record of an unknown type\(id.map { ": \($0)" } ?? "")")
        case .review(let review):
          id = review.id
          folder = Layout.place(of: review).folder
          time = review.time
        case .memory(let memory):
          id = memory.id
          folder = Layout.place(of: memory).folder
          time = memory.time
          tell(memory.findings(gate, identityKeys: identityKeys), id, path, line.number)
        case .event(let event):
          id = event.id
          folder = Layout.place(of: event).folder
          time = event.time
          tell(event.findings(gate, identityKeys: identityKeys), id, path, line.number)
        }
        if !path.hasPrefix((isArchive ? Layout.month(ofFolder: folder) : folder) + "/") {
          note(.warning, path, line.number, "belongs into \(folder)")
        }
        if !isArchive, let previous, id.ulid < previous {
          note(.warning, path, line.number, "stands after a younger record")
        }
        previous = id.ulid
        if id.ulid.milliseconds > now.milliseconds + Self.tolerance {
          note(.warning, path, line.number, Self.lead(of: id.ulid, to: now, in: path))
        }
        let apart = abs(id.ulid.milliseconds - time.milliseconds)
        if apart > Self.tolerance, !isApart {
          // Once a file: a clock that is off is off for all its lines.
          isApart = true
          note(
            .warning, path, line.number,
            "its id and its time are \(Self.span(apart)) apart: clocks were out of order")
        }
        let hash = SHA256.hash(line.bytes).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        if let known = seen[id], known != hash { contested.insert(id) }
        seen[id] = hash
      }
    }
  }

  /// What the gate would not let in today.
  private mutating func tell(
    _ found: [(field: String, finding: Gate.Finding)], _ id: RecordID, _ path: String, _ line: Int
  ) {
    for (field, finding) in found {
      note(
        .warning, path, line,
        "\(id): \(field) holds \(finding.kind.said) \(finding.placeholder)")
    }
  }

  private static func lead(of ulid: ULID, to now: Timestamp, in path: String) -> String {
    let lead = ulid.milliseconds - now.milliseconds
    let text = "is \(span(lead)) in the future: some clock is off"
    if ulid.milliseconds + 1 >= ULID.endOfTime {
      return text + "; nothing can sort after it, and writers go by their own clocks again"
    }
    return lead > Transaction.longestLead && path.hasPrefix("\(Layout.agentRoot)/")
      ? text + "; writers do not follow it" : text
  }

  /// Names every line of an id that has several, and which of them is read as the record: the smallest bytes.
  mutating func compareVersions(in store: Store) throws {
    guard !contested.isEmpty else { return }
    var versions: [RecordID: [(path: String, line: Int, bytes: [UInt8])]] = [:]
    try store.eachRecordFile { path, _, bytes in
      bytes.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          guard let id = line.id, contested.contains(id) else { return }
          versions[id, default: []].append((path, line.number, Array(line.bytes)))
        }
      }
    }
    for (id, found) in versions.sorted(by: { $0.key < $1.key }) {
      guard let first = found.map(\.bytes).min(by: { $0.lexicographicallyPrecedes($1) }) else {
        continue
      }
      for version in found {
        let others = found.filter { $0.bytes != version.bytes }
          .map { "\($0.path):\($0.line)" }.joined(separator: ", ")
        note(
          .damage, version.path, version.line,
          version.bytes == first
            ? "\(id) is there with different contents: this line is read as the record, not \(others)"
            : "\(id) is there with different contents: this line is not read, the one at \(others) is"
        )
      }
    }
  }

  /// What Git holds: objects and packs, HEAD's line of commits, the index, attributes that stand in our way.
  mutating func look(at repository: Repository, messages: String) {
    // What cannot be told now is worth the same word.
    if (try? repository.isHeadReadable) != true {
      note(.damage, ".git", nil, "HEAD cannot be read")
    }
    for fault in repository.damage(messages: messages) {
      note(.damage, ".git", nil, "\(fault) (git fsck)")
    }
    if repository.indexIsLocked {
      note(.warning, ".git/index.lock", nil, "another process holds the Git index")
    }
    switch repository.indexState() {
    case .readable: break
    case .missing:
      note(
        .damage, ".git/index", nil,
        "is missing: the next git commit would remove every file; memtrace check --repair")
    case .damaged:
      note(.damage, ".git/index", nil, "cannot be read; memtrace check --repair builds it anew")
    case .unsupported:
      note(
        .warning, ".git/index", nil,
        "cannot be read here: git config index.sparse false; git update-index --no-split-index")
    }
    do {
      for path in Conversion.examples {
        guard let attribute = try repository.conversion(of: path) else { continue }
        note(
          .damage, ".gitattributes", nil,
          "the attribute \(attribute) applies to \(path), so nothing can be written")
        break
      }
    } catch {
      note(.damage, ".gitattributes", nil, "cannot be read: \(error)")
    }
  }

  /// "12 minutes", "3 days", "74 years".
  private static func span(_ milliseconds: Int64) -> String {
    let minutes = milliseconds / 60_000
    return switch minutes {
    case ..<120: "\(minutes) minutes"
    case ..<2_880: "\(minutes / 60) hours"
    case ..<1_051_200: "\(minutes / 1_440) days"
    default: "\(minutes / 525_600) years"
    }
  }

  /// What an ancestor has and the tip lacks.
  mutating func look(at removals: [UnsaidRemoval]) {
    for removal in removals {
      note(removal.comesBack ? .damage : .warning, ".git", nil, removal.summary)
    }
  }

  mutating func note(_ level: Problem.Level, _ path: String, _ line: Int?, _ text: String) {
    problems.append(Problem(level: level, path: path, line: line, text: text))
  }
}
