// An error on standard error: what went wrong, and what to do next, for people or with --json for programs.

import Memtrace

/// Whatever ends a call, told in one way.
struct Complaint {
  private let error: MemtraceError
  private let verb: String

  /// - Parameter verb: whose options and arguments stand for its fields' names, where people read.
  init(_ error: any Error, verb: String = "") {
    self.verb = verb
    self.error =
      switch error {
      case let error as MemtraceError: error
      case let error as UsageError: MemtraceError(.usage, error.message, hint: error.hint)
      case let error as Output.Failure:
        MemtraceError(error.isFull ? .full : .internal, error.message, hint: error.hint)
      default: MemtraceError(.internal, "\(error)")
      }
  }

  var exitCode: ExitCode { ExitCode(error.kind) }

  /// - Parameter json: whether the call was given with `--json`.
  func text(on screen: Screen, asJSON json: Bool) -> String {
    json ? String(decoding: error.complaint.bytes, as: UTF8.self) + "\n" : text(on: screen)
  }

  /// `memtrace: message`, broken rules one a line where there are several, then `hint: …` lines.
  func text(on screen: Screen) -> String {
    let error = error.spelled(for: verb)
    let isListOfFaults = error.faults.count > 1 && error == .invalid(error.faults)
    let message =
      isListOfFaults
      ? "\(error.faults.count) values break a rule"
      : error.message + (error.existing.map { ": \($0) has it" } ?? "")
    var text = screen.styled("memtrace:", .failure) + " " + harmlessLine(message) + "\n"
    for fault in error.faults where error.faults.count > 1 {
      text += "  \(harmlessLine(fault.field)): \(harmlessLine(fault.problem))\n"
    }
    let isIncomplete =
      !verb.isEmpty && error.faults.contains { $0.problem.hasPrefix("is required") }
    let hint = error.hint ?? (isIncomplete ? "memtrace help \(verb)" : "")
    for line in hint.split(separator: "\n") {
      text += screen.styled("hint:", .hint) + " " + harmlessLine(String(line)) + "\n"
    }
    return text
  }
}

extension MemtraceError {
  /// What HTTP answers, the first field that breaks a rule, and the kind of error.
  fileprivate var complaint: JSON {
    var members = json.members ?? []
    if let field = faults.first?.field { members.append(.init("field", .string(field))) }
    members.append(.init("code", .string(kind.code)))
    return .object(members)
  }

  /// With a verb's options and arguments in place of its fields' names.
  func spelled(for verb: String) -> MemtraceError {
    let fields = CommandTable.descriptions.first { $0.name == verb }?.fields ?? []
    guard self == .invalid(faults) else { return self }
    return .invalid(
      faults.map { fault in
        let field = fields.first { $0.name == fault.field }
        let name = field.map { field in
          // Its placeholder lists them all.
          if field.isPositional, case .choice = field.kind { return field.name.uppercased() }
          return field.isPositional ? field.placeholder : "--\(field.flagName)"
        }
        return Fault(name ?? fault.field, fault.problem)
      })
  }
}

extension MemtraceError.Kind {
  /// `not_found`
  fileprivate var code: String {
    rawValue.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : String($1) }
  }
}
