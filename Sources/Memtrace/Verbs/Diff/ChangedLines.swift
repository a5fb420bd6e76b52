// check --diff: what a pull request adds, judged line by line, for a person or as annotations of a hosting site.

internal import Git

/// Judges the lines that one tree has and another lacks.
enum ChangedLines {
  static func check(_ range: DiffRange, in call: Call) throws -> CheckAnswer {
    let repository = try call.store().repository()
    let old = try range.old.map { try repository.commit($0).tree }
    let new = try range.new.map { try repository.commit($0).tree }
    let configuration = try call.store().configuration
    var check = LineCheck(now: call.world.now(), configuration)
    var known: [String: Set<[UInt8]>] = [:]
    var places: [RecordID: (path: String, line: Int?)] = [:]
    var lines: [String: [Int: [UInt8]]] = [:]
    try repository.changes(from: old, to: new) { change in
      guard change.path.hasSuffix(".jsonl"),
        Layout.recordRoots.contains(where: { change.path.hasPrefix($0 + "/") })
      else { return }
      let before = try change.old.map { try repository.blob($0.id) } ?? []
      before.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          known[change.path, default: []].insert(Array(line.bytes))
          if let id = line.id, places[id] == nil { places[id] = (change.path, nil) }
        }
      }
      guard let after = change.new, after.mode.isRegular else { return }
      guard RecordPath.isRecordFile(change.path) else {
        return check.note(
          .warning, change.path, nil,
          "nobody reads this file: its name is not WORD.REPLICA.jsonl")
      }
      let bytes = try repository.blob(after.id)
      check.read(change.path, bytes)
      bytes.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          lines[change.path, default: [:]][line.number] = Array(line.bytes)
          if let id = line.id { places[id] = (change.path, line.number) }
        }
      }
    }
    // What was wrong before is not this one's.
    var problems = check.problems.filter { problem in
      guard let number = problem.line, let bytes = lines[problem.path]?[number] else { return true }
      return known[problem.path]?.contains(bytes) != true
    }
    let report = try DiffReport.between(range, in: call)
    for warning in report.warnings where warning.kind != .pending {
      let place = (warning.line ?? warning.record).flatMap { places[$0] }
      problems.append(
        Problem(
          // No program ever edits a review or takes one out.
          level: warning.kind == .review && warning.line != nil ? .damage : .warning,
          path: place?.path ?? Layout.configuration, line: place?.line,
          text: warning.text + (warning.record.map { " (\($0))" } ?? "")))
    }
    return CheckAnswer(
      files: check.files, lines: check.lines, records: check.recordCount, problems: problems)
  }
}

/// How a hosting site reads problems out of a job.
enum Annotation: String, CaseIterable {
  /// Commands in a job's log: `::error file=…,line=…::…`.
  case github
  /// A code quality report.
  case gitlab

  func text(_ problems: [Problem]) -> [UInt8] {
    switch self {
    case .github: Array(problems.map(Self.command).joined(separator: "\n").utf8)
    case .gitlab: JSON.array(problems.map(Self.finding)).bytes
    }
  }

  private static func command(_ problem: Problem) -> String {
    func escaped(_ text: String, _ more: Bool) -> String {
      var text = text.replacing("%", with: "%25").replacing("\r", with: "%0D")
        .replacing("\n", with: "%0A")
      if more { text = text.replacing(":", with: "%3A").replacing(",", with: "%2C") }
      return text
    }
    let line = problem.line.map { ",line=\($0)" } ?? ""
    return "::\(problem.level == .damage ? "error" : "warning") file=\(escaped(problem.path, true))"
      + "\(line)::\(escaped(problem.text, false))"
  }

  private static func finding(_ problem: Problem) -> JSON {
    let place = "\(problem.path):\(problem.line ?? 1):\(problem.text)"
    return [
      "description": .string(problem.text), "check_name": "memtrace",
      "fingerprint": .string(SHA256.hex(place.utf8)),
      "severity": problem.level == .damage ? "critical" : "minor",
      "location": [
        "path": .string(problem.path),
        "lines": ["begin": .number(String(problem.line ?? 1))],
      ],
    ]
  }
}
