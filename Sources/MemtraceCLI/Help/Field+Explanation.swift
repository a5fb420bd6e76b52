// What the help says of a field, beyond its name.

import Memtrace

extension Field {
  /// The help line and, in brackets, what its kind, default and environment add.
  func explanation(in verb: VerbDescription) -> String {
    var notes: [String] = []
    if isRequired { notes.append("required") }
    if let note = kindNote { notes.append(note) }
    if isRepeatable { notes.append("repeatable") }
    if let fallback = fallback?.helpText { notes.append("default: \(fallback)") }
    for variable in EnvironmentVariable.allCases where variable.fills(self, of: verb) {
      notes.append("or \(variable.rawValue)")
    }
    return notes.isEmpty ? help : "\(help) (\(notes.joined(separator: "; ")))"
  }

  private var kindNote: String? {
    switch kind {
    case .body: "- reads standard input"
    case .integer(let range) where range.upperBound == Int.max: "\(range.lowerBound) or more"
    case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "\(brief(range.lowerBound)) to \(brief(range.upperBound))"
    case .choice(let choices)
    where onlyWord == nil && placeholder != choices.joined(separator: "|"):
      "one of \(choices.joined(separator: ", "))"
    case .moment: "24h, 7d, monday, 2026-11-22 or RFC 3339"
    case .interval: "10s, 5m, 1h"
    case .text, .id, .flag, .choice, .list, .object, .path: nil
    }
  }

  /// `1` for 1.0.
  private func brief(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? String(number)
  }
}

extension JSON {
  /// A default in plain words: `4000`, `a, b`; nil for one that says nothing.
  fileprivate var helpText: String? {
    switch self {
    case .null, .bool(false), .object: nil
    case .array(let values):
      values.isEmpty ? nil : values.compactMap(\.scalarText).joined(separator: ", ")
    case .bool, .number, .string: scalarText
    }
  }
}
