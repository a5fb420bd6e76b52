// gate test: shows what the gate finds in a text, and what would become of it. Nothing is written.

internal import Glibc
internal import System

struct GateTest: Verb {
  static let description = VerbDescription(
    name: "gate test", group: "Repository",
    summary: "show what of a text would not be stored as it is",
    fields: [
      Field("file", .path, positional: true, default: "-", "a text; - reads standard input"),
      Field("key", .text, "take the text for the value of this key of metadata"),
    ],
    examples: ["memtrace gate test mail.txt", "echo 'my pin is 4711' | memtrace gate test"])

  private let path: String
  private let key: String?

  init(_ input: inout Input) {
    path = input.text("file", bytes: 1...4_096) ?? "-"
    key = input.text("key", bytes: 1...256)
  }

  func run(in call: Call) throws -> any Answer {
    let place = path.hasPrefix("/") ? path : Place.joined(call.directory, path)
    let bytes = try Descriptor.whole(path == "-" ? "/dev/stdin" : place)
    let gate = try gate(in: call)
    var text = String(decoding: bytes, as: UTF8.self)
    if text.last == "\n" { text.removeLast() }
    return GateAnswer(text: text, findings: gate.findings(in: text, key: key), gate: gate)
  }

  /// That of the repository; outside of any, the one that `init` sets up.
  private func gate(in call: Call) throws -> Gate {
    do {
      return try call.store().configuration.gate
    } catch let error as MemtraceError where error.kind == .notFound {
      return Gate()
    }
  }
}

struct GateAnswer: Answer {
  let text: String
  let findings: [Gate.Finding]
  let gate: Gate

  /// From 1.
  private func line(of finding: Gate.Finding) -> Int {
    1 + text.utf8.prefix(finding.range.lowerBound).count { $0 == UInt8(ascii: "\n") }
  }

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("findings")
      object.array { list in
        for finding in findings {
          list.object { entry in
            for (key, text) in [
              ("kind", finding.kind.rawValue), ("action", gate[finding.kind].rawValue),
              ("placeholder", finding.placeholder),
            ] {
              entry.key(key)
              entry.string(text)
            }
            for (key, number) in [
              ("line", line(of: finding)), ("start", finding.range.lowerBound),
              ("end", finding.range.upperBound),
            ] {
              entry.key(key)
              entry.integer(number)
            }
          }
        }
      }
      object.key("count")
      object.integer(findings.count)
      object.key("text")
      object.string(Gate.masked(text, findings))
    }
  }

  var display: Display {
    if findings.isEmpty { return .line("nothing is found: it would be stored as it is") }
    return .list([
      .table(
        [
          .init("LINE", right: true), .init("KIND"), .init("ACTION"),
          .init("PLACEHOLDER", flexible: true),
        ],
        rows: findings.map {
          [
            .number(line(of: $0)), .text($0.kind.rawValue), .text(gate[$0.kind].rawValue),
            .text($0.placeholder),
          ]
        }, empty: ""),
      .text(Gate.masked(text, findings)),
    ])
  }
}
