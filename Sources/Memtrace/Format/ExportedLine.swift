// A line on its way out of a repository and back into one: the record's own bytes, and where they stood.

/// A record's line with members after its own that say which file it stood in: `replica`, `part` where that is not the
/// first one, and `kind` and `folder` where the record itself does not tell.
struct ExportedLine {
  /// The record's own bytes, with a line feed.
  let record: [UInt8]
  let replica: String
  private(set) var part = 1
  private(set) var kind: FileKind?
  private(set) var folder: String?

  /// Appends a line that is a record, as `export` prints it.
  static func append(
    _ line: Line, _ record: Record, of file: FileName, in folder: String, to lines: inout [UInt8]
  ) {
    let own = Layout.place(of: record, line, file.kind)
    // Before the closing brace, which ends every line; a record is never empty.
    lines += line.bytes.dropLast()
    lines += ",\"replica\":\"\(file.replica)\"".utf8
    if file.number > 1 { lines += ",\"part\":\(file.number)".utf8 }
    if own.kind != file.kind { lines += ",\"kind\":\"\(file.kind.rawValue)\"".utf8 }
    if own.folder != folder, isFolder(folder) { lines += ",\"folder\":\"\(folder)\"".utf8 }
    lines += "}\n".utf8
  }

  /// Nil where the line was not exported.
  init?(_ line: [UInt8]) {
    let mark = Array(",\"replica\":\"".utf8)
    guard line.last == UInt8(ascii: "}"),
      let start = line.indices.dropLast(mark.count).last(where: { line[$0...].starts(with: mark) })
    else { return nil }
    let tail = String(decoding: line[(start + mark.count)...].dropLast(), as: UTF8.self)
    let members = tail.split(separator: ",")
    guard let quoted = members.first, quoted.hasSuffix("\""),
      FileName.isReplica(quoted.dropLast())
    else { return nil }
    record = line[..<start] + [UInt8(ascii: "}"), UInt8(ascii: "\n")]
    replica = String(quoted.dropLast())
    for member in members.dropFirst() {
      guard let colon = member.firstIndex(of: ":"),
        take(member[..<colon].filter { $0 != "\"" }, member[member.index(after: colon)...])
      else { return nil }
    }
  }

  /// The same of a line that another program has put into its own spelling.
  init?(respelled json: JSON) {
    guard let members = json.members, json["id"]?.string != nil,
      let replica = json["replica"]?.string, FileName.isReplica(replica)
    else { return nil }
    self.replica = replica
    let ours = ["replica", "part", "kind", "folder"]
    record =
      JSON.object(members.filter { member in !ours.contains(where: member.isNamed) }).bytes + [0x0A]
    for member in members where ours.dropFirst().contains(where: member.isNamed) {
      guard take(member.key, "\"\(member.value.scalarText ?? "")\"") else { return nil }
    }
  }

  private mutating func take(_ key: some StringProtocol, _ value: some StringProtocol) -> Bool {
    let text = String(value.filter { $0 != "\"" })
    switch key {
    case "part":
      guard let number = Int(text), number > 1 else { return false }
      part = number
    case "kind":
      guard let named = FileKind(rawValue: text) else { return false }
      kind = named
    case "folder":
      guard Self.isFolder(text) else { return false }
      folder = text
    default: return false
    }
    return true
  }

  /// That of words, or below those of records: of letters that need no quoting, and no component that begins with a dot.
  private static func isFolder(_ path: String) -> Bool {
    if path == Layout.own { return true }
    return RecordPath.isOurs(path)
      && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { component in
        component.utf8.first.map { $0 != UInt8(ascii: ".") } == true
          && component.utf8.allSatisfy { byte in
            (97...122).contains(byte | 0x20) || (48...57).contains(byte)
              || "._~-".utf8.contains(byte)
          }
      }
  }
}

extension RecordID.Kind {
  /// The file of `.memtrace` that takes such a word; nil for what stands beside records.
  var own: FileKind? {
    switch self {
    case .acceptance: .accepted
    case .erasure: .erased
    case .decision, .event, .memory, .review: nil
    }
  }
}

extension Layout {
  /// Where a record belongs; nil for what its bytes do not tell. An event or a memory says both itself.
  static func place(of record: Record, _ line: Line, _ kind: FileKind) -> (
    folder: String?, kind: FileKind?
  ) {
    switch record {
    case .memory(let memory):
      let place = place(of: memory)
      return (place.folder, place.kind)
    case .event(let event):
      let place = place(of: event)
      return (place.folder, place.kind)
    case .review(let review):
      let place = place(of: review)
      return (place.folder, place.kind)
    case .unknown: return line.id?.kind.own.map { (own, $0) } ?? (line.folder(kind), nil)
    case .invalid: return (nil, nil)
    }
  }
}
