// An error as people see it, on standard error: what went wrong, and what to do next.

import Memtrace

/// `memtrace: message`, broken rules one a line where there are several, then `hint: …` lines.
struct Complaint: Hashable {
  let message: String
  let hint: String?
  let faults: [MemtraceError.Fault]

  init(_ error: UsageError) {
    message = error.message
    hint = error.hint
    faults = []
  }

  init(_ failure: Output.Failure) {
    message = failure.message
    hint = failure.hint
    faults = []
  }

  init(_ error: MemtraceError) {
    let isListOfFaults = error.faults.count > 1 && error == .invalid(error.faults)
    message = isListOfFaults ? "\(error.faults.count) values break a rule" : error.message
    hint = error.hint
    faults = error.faults.count > 1 ? error.faults : []
  }

  func text(on screen: Screen) -> String {
    var text = screen.styled("memtrace:", .failure) + " " + harmlessLine(message) + "\n"
    for fault in faults {
      text += "  \(harmlessLine(fault.field)): \(harmlessLine(fault.problem))\n"
    }
    for line in hint?.split(separator: "\n") ?? [] {
      text += screen.styled("hint:", .hint) + " " + harmlessLine(String(line)) + "\n"
    }
    return text
  }
}

extension MemtraceError {
  /// With a verb's options and arguments in place of its fields' names.
  func spelled(for verb: String) -> MemtraceError {
    let fields = CommandTable.descriptions.first { $0.name == verb }?.fields ?? []
    guard self == .invalid(faults) else { return self }
    return .invalid(
      faults.map { fault in
        let field = fields.first { $0.name == fault.field }
        let name = field.map { $0.isPositional ? $0.placeholder : "--\($0.flagName)" }
        return Fault(name ?? fault.field, fault.problem)
      })
  }
}
