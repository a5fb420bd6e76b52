// export: every record, one a line, with the replica that wrote it.

struct Export: Verb {
  static let description = VerbDescription(
    name: "export", group: "Repository", summary: "print every record as JSON lines",
    fields: [], examples: ["memtrace export > memory.jsonl"])

  init(_ input: inout Input) {}

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    var lines: [UInt8] = []
    try store.eachRecordFile { path, file, bytes in
      bytes.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          switch line.record() {
          case .invalid: break
          case .memory, .event: ExportedLine.append(line.bytes, file: file, to: &lines)
          case .review, .unknown:
            ExportedLine.append(line.bytes, file: file, saysKind: true, to: &lines)
          }
        }
      }
    }
    // The front ends what it prints with a line feed.
    return ExportAnswer(lines: lines.dropLast())
  }
}

/// A record's line with members after its own that say which file it stood in: `replica`, `part` where that is not the
/// first one, and `kind` where the record itself does not tell.
struct ExportedLine {
  /// The record's own bytes, with a line feed.
  let record: [UInt8]
  let replica: String
  private(set) var part = 1
  private(set) var kind: FileKind?

  static func append(
    _ line: UnsafeRawBufferPointer, file: FileName, saysKind: Bool = false,
    to lines: inout [UInt8]
  ) {
    // Before the closing brace; a record is never empty.
    lines += line.dropLast()
    lines += ",\"replica\":\"\(file.replica)\"".utf8
    if file.number > 1 { lines += ",\"part\":\(file.number)".utf8 }
    if saysKind { lines += ",\"kind\":\"\(file.kind.rawValue)\"".utf8 }
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
      let value = member.drop { $0 != ":" }.dropFirst()
      if member.hasPrefix("\"part\":"), let number = Int(value), number > 1 {
        part = number
      } else if member.hasPrefix("\"kind\":"),
        let named = FileKind(rawValue: value.filter { $0 != "\"" })
      {
        kind = named
      } else {
        return nil
      }
    }
  }
}

struct ExportAnswer: Answer {
  let lines: [UInt8]

  init(lines: ArraySlice<UInt8>) { self.lines = Array(lines) }

  /// Both forms are the same: JSON lines.
  func write(to json: inout JSONWriter) {
    json.raw(RawJSON(trusted: lines))
  }

  var display: Display { .raw(lines) }
}
