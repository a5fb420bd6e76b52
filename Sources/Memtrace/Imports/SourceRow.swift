// What a reader makes of another program's file: rows for an import, each with the place that it comes from.

/// One piece of a source, read.
struct SourceRow: Sendable {
  enum Outcome: Sendable {
    /// An import's row, as docs/FORMAT.md has it. Where the source says no time, the import gives it one.
    case row(JSON, isUndated: Bool)
    /// What an earlier piece of the same file says already.
    case known
    /// What holds nothing to remember: an assignment, a snapshot.
    case passed
    case bad(MemtraceError.Fault)
  }

  /// Where the piece begins, counted from 1.
  let line: Int
  /// As the source has it.
  let bytes: [UInt8]
  let outcome: Outcome
  /// Members that the reader does not know, which it put into metadata.
  var kept: [String] = []

  static func row(
    _ members: [JSON.Member], _ piece: SourcePiece, isUndated: Bool = false, kept: [String] = []
  ) -> Self {
    let json = JSON.object(members.filter { $0.value != .null })
    return SourceRow(
      line: piece.line, bytes: json.bytes, outcome: .row(json, isUndated: isUndated), kept: kept)
  }

  static func bad(_ field: String, _ problem: String, _ piece: SourcePiece) -> Self {
    SourceRow(line: piece.line, bytes: piece.bytes, outcome: .bad(.init(field, problem)))
  }

  static func passed(_ piece: SourcePiece) -> Self {
    SourceRow(line: piece.line, bytes: [], outcome: .passed)
  }

  static func known(_ piece: SourcePiece) -> Self {
    SourceRow(line: piece.line, bytes: [], outcome: .known)
  }
}

/// What the command line says beside the file.
struct ImportOptions: Sendable {
  /// Field → the source's name for it, or `:` and a text that stands for all rows.
  var map: [JSON.Member] = []
  /// The file's own name.
  var name = "-"
  /// Of times that name none.
  var zone: String?

  /// The value that `--map` gives a field, out of a piece.
  func mapped(_ field: String, in json: JSON) -> JSON? {
    guard let path = map.first(where: { $0.isNamed(field) })?.value.string else { return nil }
    if path.hasPrefix(":") { return .string(String(path.dropFirst())) }
    let value = path.split(separator: ".").reduce(Optional(json)) { $0?[String($1)] }
    return value == .null ? nil : value
  }

  /// Every field that `--map` gives and that is none of a row's own, for the session's metadata.
  func metadata(of json: JSON) -> [JSON.Member] {
    map.filter { !["agent_id", "session", "agents", "dates"].contains($0.key) }.compactMap {
      member in
      mapped(member.key, in: json).map { .init(member.key, $0) }
    }
  }
}

/// Reads the pieces of one kind of source, in the order of the file.
protocol SourceReader {
  /// The members of a page under which its pieces stand.
  static var lists: [String] { get }
  init(_ options: ImportOptions)
  mutating func rows(of piece: SourcePiece, _ json: JSON) -> [SourceRow]
}
