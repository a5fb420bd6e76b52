// A table with a header: each row a memory, its columns named by --map.

struct CSVReader {
  private let options: ImportOptions
  private var header: [String] = []

  private static let fields = [
    "agent_id", "content", "time", "session", "session_id", "memory_type", "event_type", "tags",
    "importance",
    "dedup_key", "parent_id", "decision", "reasoning",
  ]

  init(_ options: ImportOptions) { self.options = options }

  func rows(of bytes: [UInt8]) -> [SourceRow] {
    var table = CSVTable(bytes)
    guard let first = table.next(), let names = first.cells else {
      return bytes.isEmpty
        ? [] : [.bad("row", "is not UTF-8", SourcePiece(line: 1, bytes: [], page: []))]
    }
    var reader = self
    reader.header = names
    let piece = SourcePiece(line: first.line, bytes: first.bytes, page: [])
    let columns = names.joined(separator: ", ")
    let missing = reader.columns.filter { $0.constant == nil && $0.column == nil }
    if !missing.isEmpty {
      return missing.map {
        .bad($0.field, "is to come from '\($0.said)', which is no column: \(columns)", piece)
      }
    }
    let needed = ["agent_id", "time"] + (names.contains("decision") ? [] : ["content"])
    let lacking = needed.filter { field in !reader.columns.contains { $0.field == field } }
    if !lacking.isEmpty {
      return lacking.map {
        .bad(
          $0, "is no column: write --map \($0)=COLUMN, or \($0)=:TEXT for all; columns: \(columns)",
          piece)
      }
    }
    var rows: [SourceRow] = []
    while let record = table.next() { rows.append(reader.row(record)) }
    return rows
  }

  /// A field, and the column or the text that it comes from.
  private struct Column {
    let field: String
    let said: String
    let column: Int?
    let constant: String?
  }

  private var columns: [Column] {
    let mapped = options.map.map { member -> Column in
      let said = member.value.scalarText ?? ""
      let constant = said.hasPrefix(":") ? String(said.dropFirst()) : nil
      return Column(
        field: member.key, said: said, column: header.firstIndex(of: said), constant: constant)
    }
    let others = header.enumerated().filter { place, name in
      !mapped.contains { $0.column == place || $0.field == name }
    }
    return mapped
      + others.map { Column(field: $0.element, said: $0.element, column: $0.offset, constant: nil) }
  }

  private func row(_ record: CSVTable.Record) -> SourceRow {
    let piece = SourcePiece(line: record.line, bytes: record.bytes, page: [])
    guard let cells = record.cells else { return .bad("row", "is not UTF-8", piece) }
    guard cells.count <= header.count else {
      return .bad("row", "has \(cells.count) columns; the header has \(header.count)", piece)
    }
    var members: [JSON.Member] = []
    var objects: [String: [JSON.Member]] = [:]
    for column in columns {
      let cell =
        column.constant ?? column.column.flatMap { $0 < cells.count ? cells[$0] : nil } ?? ""
      guard !cell.isEmpty else { continue }
      let parts = column.field.split(separator: ".", maxSplits: 1).map(String.init)
      if parts.count == 2, ["metadata", "session_metadata"].contains(parts[0]) {
        objects[parts[0], default: []].append(.init(parts[1], .string(cell)))
      } else if Self.fields.contains(column.field) {
        members.append(.init(column.field, Self.value(column.field, cell)))
      } else if options.map.contains(where: { $0.isNamed(column.field) }) {
        objects["session_metadata", default: []].append(.init(column.field, .string(cell)))
      } else {
        // An import keeps it in the metadata, and says so.
        members.append(.init(column.field, .string(cell)))
      }
    }
    for key in ["metadata", "session_metadata"] {
      if let found = objects[key] { members.append(.init(key, .object(found))) }
    }
    return .row(members, piece)
  }

  private static func value(_ field: String, _ cell: String) -> JSON {
    switch field {
    case "tags":
      .array(cell.split { ",;| ".contains($0) }.compactMap { Ticket.tag(String($0)) })
    case "importance": (try? JSON(parsing: cell)) ?? .string(cell)
    default: .string(cell)
    }
  }
}

/// Records of a table by RFC 4180; fields are parted by commas, semicolons or tabs, whichever the first line has most of.
private struct CSVTable {
  struct Record {
    let line: Int
    let bytes: [UInt8]
    /// Nil where it is not UTF-8.
    let cells: [String]?
  }

  private let bytes: [UInt8]
  private let comma: UInt8
  private var place: Int
  private var line = 1

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let head = bytes[place...].prefix { $0 != 0x0A }
    comma = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09].max { a, b in
      head.count { $0 == a } < head.count { $0 == b }
    }!
  }

  /// The next that is not an empty line.
  mutating func next() -> Record? {
    while place < bytes.count {
      let (start, first) = (place, line)
      var cells: [[UInt8]] = [[]]
      var isQuoted = false
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        if byte == 0x0A { line += 1 }
        if isQuoted {
          if byte != UInt8(ascii: "\"") {
            cells[cells.count - 1].append(byte)
          } else if place < bytes.count, bytes[place] == byte {
            cells[cells.count - 1].append(byte)
            place += 1
          } else {
            isQuoted = false
          }
        } else if byte == UInt8(ascii: "\""), cells.last!.isEmpty {
          isQuoted = true
        } else if byte == comma {
          cells.append([])
        } else if byte == 0x0A {
          break
        } else {
          cells[cells.count - 1].append(byte)
        }
      }
      if cells.last?.last == 0x0D { cells[cells.count - 1].removeLast() }
      if cells == [[]] { continue }
      let texts = cells.compactMap { String(validating: $0, as: UTF8.self) }
      let end = bytes[place - 1] == 0x0A ? place - 1 : place
      return Record(
        line: first, bytes: Array(bytes[start..<end]),
        cells: texts.count == cells.count ? texts : nil)
    }
    return nil
  }
}
