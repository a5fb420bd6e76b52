// Rows that a reader made of another program's file, on their way into an import.

extension ImportPlan {
  /// - Throws: `invalid` as `ImportFaults` says, where nothing is skipped.
  mutating func read(_ rows: [SourceRow], skipsBad: Bool, progress: (Int) -> Void) throws {
    var faults = ImportFaults()
    for row in rows {
      counts.rows += 1
      if counts.rows % 1_000 == 0 { progress(counts.rows) }
      for field in row.kept { counts.kept[field, default: 0] += 1 }
      switch row.outcome {
      case .known: counts.known += 1
      case .passed: counts.passed += 1
      case .bad(let fault): faults.add(judge([fault], row.line, row.bytes, skipsBad))
      case .row(let json, let isUndated):
        var importRow = ImportRow(json)
        importRow.isUndated = isUndated
        var input = Input(importRow.json, now: now)
        takeRow(&input, importRow)
        faults.add(judge(input.faults, row.line, row.bytes, skipsBad))
      }
    }
    try faults.end()
  }

  /// Puts a row that is none aside where it may be skipped; else returns its faults with their line.
  mutating func judge(
    _ faults: [MemtraceError.Fault], _ line: Int, _ bytes: [UInt8], _ skipsBad: Bool
  ) -> [MemtraceError.Fault] {
    guard !faults.isEmpty else { return [] }
    guard skipsBad else { return faults.map { .init("line \(line): \($0.field)", $0.problem) } }
    counts.bad += 1
    let problem = faults.map { "\($0.field): \($0.problem)" }.joined(separator: "; ")
    bad.append(BadRow(line: line, problem: problem, bytes: bytes))
    return []
  }

  /// For rows of a source that knows no times: the moment that its session began at, which a later import finds again.
  func firstImport(of source: String?) -> Timestamp {
    let session = source.flatMap { sessionOfSource[ExactText($0)] }
    guard case .own(let ulid)? = session else { return now }
    return Timestamp(milliseconds: ulid.milliseconds)
  }
}

/// What is wrong with the rows of a file, of which the first are named.
struct ImportFaults {
  private static let most = 20
  private var named: [MemtraceError.Fault] = []
  private var count = 0

  mutating func add(_ faults: [MemtraceError.Fault]) {
    count += faults.count
    named += faults.prefix(Self.most - named.count)
  }

  /// - Throws: `invalid` with the first twenty, each with its line, and how many there are.
  func end() throws {
    guard !named.isEmpty else { return }
    guard count > named.count else { throw MemtraceError.invalid(named) }
    throw MemtraceError(
      .invalid, "\(count) values break a rule, of which these \(named.count) are the first",
      hint: "memtrace import --skip-bad FILE … puts every one into that file, and takes the rest",
      faults: named)
  }
}
