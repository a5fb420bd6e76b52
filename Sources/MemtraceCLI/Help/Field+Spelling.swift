// How a field is written in usage lines, help and messages.

import Memtrace

extension Field {
  /// What stands for its value: `AGENT`, `N`, `K=V`, `asc|desc`.
  var placeholder: String {
    let ownName = isPositional ? name : flagName
    let upperName = String(ownName.map { $0 == "_" ? "-" : $0 }).uppercased()
    return switch kind {
    case .body: "TEXT|-"
    case .id(let thing): thing.uppercased()
    case .integer: "N"
    case .number: "X"
    case .choice where onlyWord != nil: ""
    case .choice(let choices) where choices.joined().count <= 16: choices.joined(separator: "|")
    case .moment: "WHEN"
    case .object: "K=V"
    case .interval: "INTERVAL"
    case .path: isPositional ? upperName : "PATH"
    case .text, .list, .choice: upperName
    case .flag: ""
    }
  }

  /// `--agent AGENT`, `--watch [INTERVAL]`, or `TEXT|-` without a flag.
  var spelling: String {
    if isPositional { return placeholder }
    if case .interval = kind { return "--\(flagName) [\(placeholder)]" }
    return placeholder.isEmpty ? "--\(flagName)" : "--\(flagName) \(placeholder)"
  }

  /// The same with its short form, as the help lists it.
  var listing: String {
    let short = FieldReader.longForms.first { $0.value == "--\(flagName)" }?.key
    guard let short, !isPositional else { return spelling }
    return "\(short), \(spelling)"
  }

  /// May be given several times.
  var isRepeatable: Bool {
    switch kind {
    case .list, .object: true
    default: false
    }
  }

  /// Text in a person's own words.
  var isText: Bool {
    switch kind {
    case .text, .body: true
    default: false
    }
  }
}
