// export: records, all or those that a filter wants, as lines that an import takes, as a table, or as a document for people.

struct Export: Verb {
  static let description = VerbDescription(
    name: "export", group: "Repository",
    summary: "print records as JSON lines, as a table, or as a document for people",
    fields: [
      Field(
        "format", .choice(Format.allCases.map(\.rawValue)), default: "jsonl",
        "jsonl comes back by import, csv is a table, md is for people")
    ] + Field.filters + Field.kindFilters,
    examples: [
      "memtrace export > memory.jsonl",
      "memtrace export --format md --where customer_id=cust_31882 > cust_31882.md",
    ])

  enum Format: String, CaseIterable {
    case jsonl, csv, md
  }

  private let format: Format
  private let filter: MemoryFilter

  init(_ input: inout Input) {
    format = input.choice("format", Format.self) ?? .jsonl
    filter = input.filterWithKinds()
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let wanted = filter.isEmpty && format == .jsonl ? nil : try ExportChoice(filter, in: call)
    if wanted?.isEmpty == true {
      try call.noteUnknown(in: filter)
      call.note("nothing matches: nothing was printed")
    }
    switch format {
    case .jsonl: return ExportAnswer(lines: try lines(wanted, store).dropLast())
    case .csv: return ExportAnswer(text: wanted?.table ?? "")
    case .md:
      return ExportAnswer(text: wanted?.document(now: call.world.now()) ?? "")
    }
  }

  /// The front ends what it prints with a line feed.
  private func lines(_ wanted: ExportChoice?, _ store: Store) throws -> [UInt8] {
    var lines: [UInt8] = []
    var invalid = 0
    let erasures = try store.erasures()
    try store.eachRecordFile { path, file, bytes in
      let bytes = erasures.filtered(bytes)
      let folder = String(path.dropLast(file.description.utf8.count + 1))
      bytes.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          let record = line.record()
          if case .invalid = record {
            invalid += 1
          } else if wanted?.holds(record) != false {
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
    return lines
  }
}

struct ExportAnswer: Answer {
  let lines: [UInt8]
  /// Text is no JSON: a program gets it as one string.
  private let isText: Bool

  init(lines: ArraySlice<UInt8>) {
    self.lines = Array(lines)
    isText = false
  }

  init(text: String) {
    lines = Array(text.utf8)
    isText = true
  }

  func write(to json: inout JSONWriter) {
    if isText {
      json.string(String(decoding: lines, as: UTF8.self))
    } else {
      json.raw(RawJSON(trusted: lines))
    }
  }

  var display: Display { .raw(lines) }
}
