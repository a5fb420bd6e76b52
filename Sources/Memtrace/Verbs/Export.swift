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
          if case .invalid = line.record() { return }
          ExportedLine.append(line.bytes, file: file, to: &lines)
        }
      }
    }
    // The front ends what it prints with a line feed.
    return ExportAnswer(lines: lines.dropLast())
  }
}

/// A record's line with two members after its own: `replica`, and `part` where its file is not the first.
enum ExportedLine {
  static func append(_ line: UnsafeRawBufferPointer, file: FileName, to lines: inout [UInt8]) {
    // Before the closing brace; a record is never empty.
    lines += line.dropLast()
    lines += ",\"replica\":\"\(file.replica)\"".utf8
    if file.number > 1 { lines += ",\"part\":\(file.number)".utf8 }
    lines += "}\n".utf8
  }

  /// The record's own bytes, and the file that it came from; nil where the line was not exported.
  static func split(_ line: [UInt8]) -> (record: [UInt8], replica: String, part: Int)? {
    let mark = Array(",\"replica\":\"".utf8)
    guard line.last == UInt8(ascii: "}"),
      let start = line.indices.dropLast(mark.count).last(where: { line[$0...].starts(with: mark) })
    else { return nil }
    let tail = String(decoding: line[(start + mark.count)...].dropLast(), as: UTF8.self)
    let parts = tail.split(separator: ",", maxSplits: 1).map(String.init)
    guard let quoted = parts.first, quoted.hasSuffix("\""), FileName.isReplica(quoted.dropLast())
    else {
      return nil
    }
    var part = 1
    if parts.count == 2 {
      guard parts[1].hasPrefix("\"part\":"), let number = Int(parts[1].dropFirst(7)), number > 1
      else {
        return nil
      }
      part = number
    }
    return (
      line[..<start] + [UInt8(ascii: "}"), UInt8(ascii: "\n")], String(quoted.dropLast()), part
    )
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
