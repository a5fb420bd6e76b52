// Stage three: options and arguments of one verb become its input.

import Memtrace

/// Collects the fields of a verb from its words.
struct FieldReader {
  let verb: VerbDescription
  private let verbs: [VerbDescription]
  private(set) var standardInputField: String?
  private var given: [String: JSON] = [:]
  private var positionals: ArraySlice<Field>

  init(verb: VerbDescription, among verbs: [VerbDescription]) {
    self.verb = verb
    self.verbs = verbs
    positionals = verb.fields.filter(\.isPositional)[...]
  }

  /// What was given, in the order of declaration.
  var input: JSON {
    .object(
      verb.fields.compactMap { field in given[field.name].map { JSON.Member(field.name, $0) } })
  }

  /// The next argument without a flag; a list takes all that follow.
  mutating func take(word: String) throws(UsageError) {
    guard let field = positionals.first else {
      throw UsageError("\(verb.name) has no place for '\(word.cut(to: 60))'", hint: surplusHint)
    }
    if case .list = field.kind {} else { positionals.removeFirst() }
    try set(field, word, spelling: field.placeholder)
  }

  /// False where the verb has no such option.
  mutating func take(
    option: String, value: String?, from cursor: inout ArgumentCursor
  ) throws(UsageError) -> Bool {
    let option = Self.longForms[option] ?? option
    let isThis = { (field: Field) in
      "--" + field.flagName == option || field.alias.map { "--" + $0 == option } == true
    }
    guard let field = flags.first(where: isThis) else { return false }
    if case .flag = field.kind {
      guard value == nil else { throw UsageError("\(option) takes no value") }
      given[field.name] = true
      return true
    }
    if let word = field.onlyWord {
      guard value == nil else { throw UsageError("\(option) takes no value") }
      given[field.name] = .string(word)
      return true
    }
    if case .interval = field.kind, value == nil, !cursor.nextBeginsWithDigit {
      guard given[field.name] == nil else { throw UsageError("\(option) is given twice") }
      given[field.name] = true
      return true
    }
    guard let text = value ?? cursor.nextValue() else {
      throw UsageError(
        "\(option) needs a value",
        hint: "\(option) \(field.placeholder), or \(option)=VALUE where it begins with a dash")
    }
    try set(field, text, spelling: option)
    return true
  }

  /// Fields that were not given and that a variable stands in for. Its session gives way to a customer who was named.
  mutating func fill(from environment: [String: String]) {
    for field in verb.fields where given[field.name] == nil && standardInputField != field.name {
      for variable in EnvironmentVariable.allCases where variable.fills(field, of: verb) {
        if variable == .session, given["where"] != nil { continue }
        given[field.name] = variable.value(in: environment).map { .string($0) }
      }
    }
  }

  /// Names everything that is missing at once.
  func requireAll() throws(UsageError) {
    // The lines of the file say it.
    if given[RememberFile.field.name] != nil { return }
    let missing = verb.fields.filter {
      $0.isRequired && given[$0.name] == nil && standardInputField != $0.name
    }
    guard !missing.isEmpty else { return }
    var hints = [usageLine(verb, brief: true)]
    for variable in EnvironmentVariable.allCases {
      for field in missing where variable.fills(field, of: verb) {
        hints.append("set \(variable.rawValue) to leave \(field.spelling) out")
      }
    }
    let names = missing.map(\.spelling)
    let last = names[names.count - 1]
    let others = names.dropLast().joined(separator: ", ")
    throw UsageError(
      "\(verb.name) needs \(others.isEmpty ? last : "\(others) and \(last)")",
      hint: hints.joined(separator: "\n"))
  }

  func unknown(option: String, _ value: String?) -> UsageError {
    let typed = option.hasPrefix("--") ? option : option + (value ?? "")
    let message = "\(verb.name) has no option '\(typed.cut(to: 60))'"
    let bare = String(typed.drop { $0 == "-" })
    for field in verb.fields where field.isPositional {
      if [field.name, field.flagName, field.placeholder.lowercased()].contains(bare) {
        return UsageError(
          message, hint: "\(field.placeholder) needs no flag\n\(usageLine(verb, brief: true))")
      }
    }
    let own = flags.map { "--" + $0.flagName }
    let listing = "'memtrace help \(verb.name)' lists its options"
    if let meant = didYouMean(typed, among: own) { return UsageError(message, hint: meant) }
    // What other verbs call so is no slip of something else.
    let others = verbs.filter { $0.fields.contains { !$0.isPositional && $0.flagName == bare } }
    if !others.isEmpty {
      let near = others.filter { $0.group == verb.group }.prefix(3).map { "'\($0.name)'" }
      let first = near.isEmpty ? "" : "--\(bare) goes with \(near.joined(separator: ", "))\n"
      return UsageError(message, hint: first + listing)
    }
    let global = GlobalOption.allCases.map(\.rawValue)
    return UsageError(
      message,
      hint: didYouMean(typed, among: global)
        ?? "\(listing)\nput -- before text that begins with a dash")
  }

  /// What most verbs have, for whoever types a lot.
  static let longForms = ["-n": "--limit", "-a": "--agent", "-s": "--session"]

  private var flags: [Field] { verb.fields.filter { !$0.isPositional } }

  private var surplusHint: String {
    let takesText = verb.fields.contains { $0.isPositional && $0.isText }
    return takesText ? "put quotes around text with spaces" : usageLine(verb, brief: true)
  }

  private mutating func set(_ field: Field, _ text: String, spelling: String) throws(UsageError) {
    switch field.kind {
    case .list:
      given[field.name] = .array((given[field.name]?.array ?? []) + [.string(text)])
    case .object:
      let member = try member(of: text, flag: spelling)
      let members = given[field.name]?.members ?? []
      guard !members.contains(where: { $0.isNamed(member.key) }) else {
        throw UsageError("\(spelling) has the key '\(member.key)' twice")
      }
      given[field.name] = .object(members + [member])
    default:
      guard given[field.name] == nil, standardInputField != field.name else {
        throw UsageError("\(spelling) is given twice")
      }
      guard case .body = field.kind, text == "-" else {
        given[field.name] = jsonValue(of: text, for: field.kind)
        return
      }
      guard standardInputField == nil else {
        throw UsageError("standard input can be read for one field only")
      }
      standardInputField = field.name
    }
  }
}
