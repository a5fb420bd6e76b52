// What check answers: each problem with its place, and damage as an exit code of its own.

struct CheckAnswer: Answer {
  let files: Int
  let lines: Int
  let records: Int
  let problems: [Problem]
  /// For a hosting site instead of a person.
  var annotation: Annotation?

  /// Damage is the command's own exit code.
  var failure: MemtraceError.Kind? {
    problems.contains { $0.level == .damage } ? .corrupt : nil
  }

  func write(to json: inout JSONWriter) {
    if annotation == .gitlab {
      return json.raw(RawJSON(trusted: Annotation.gitlab.text(problems)))
    }
    json.object { object in
      for (key, count) in [("files", files), ("lines", lines), ("records", records)] {
        object.key(key)
        object.integer(count)
      }
      object.key("problems")
      object.array { list in
        for problem in problems {
          list.object { entry in
            entry.key("level")
            entry.string(problem.level.rawValue)
            entry.key("path")
            entry.string(problem.path)
            if let line = problem.line {
              entry.key("line")
              entry.integer(line)
            }
            entry.key("problem")
            entry.string(problem.text)
          }
        }
      }
    }
  }

  var display: Display {
    if let annotation { return .raw(annotation.text(problems)) }
    let summary = [amount(files, "file"), amount(lines, "line"), amount(records, "record")]
      .joined(separator: ", ")
    if problems.isEmpty { return .line("\(summary): all is well") }
    return .list([
      .table(
        [
          Display.Column("LEVEL"), Display.Column("WHERE"),
          Display.Column("PROBLEM", flexible: true),
        ],
        rows: problems.map { problem in
          [
            .text(problem.level.rawValue),
            .id(problem.line.map { "\(problem.path):\($0)" } ?? problem.path), .text(problem.text),
          ]
        }, empty: ""),
      .line("\(summary), \(problems.count) \(problems.count == 1 ? "problem" : "problems")"),
    ])
  }
}
