// export: every record and every word about removals, one a line, with the replica that wrote it.

struct Export: Verb {
  static let description = VerbDescription(
    name: "export", group: "Repository", summary: "print every record as JSON lines",
    fields: [], examples: ["memtrace export > memory.jsonl"])

  init(_ input: inout Input) {}

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    var lines: [UInt8] = []
    var invalid = 0
    try store.eachRecordFile { path, file, bytes in
      let folder = String(path.dropLast(file.description.utf8.count + 1))
      bytes.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          let record = line.record()
          if case .invalid = record {
            invalid += 1
          } else {
            ExportedLine.append(line, record, of: file, in: folder, to: &lines)
          }
        }
      }
    }
    if invalid > 0 {
      store.notices.append(
        "\(amount(invalid, "line is no record", "lines are no records")), not in the export; memtrace check says where"
      )
    }
    // The front ends what it prints with a line feed.
    return ExportAnswer(lines: lines.dropLast())
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
