// The command line in stages: words, global options, verb, fields, environment, what is missing.

import Memtrace

/// Reads the words after the program's name. Looks nothing up: values go on as they were typed, and
/// the verb names what is wrong with them.
func parse(
  _ words: [String], verbs: [VerbDescription], environment: [String: String]
) throws(UsageError) -> Invocation {
  var parser = InvocationParser(words: words, verbs: verbs)
  parser.result.directory = EnvironmentVariable.repository.value(in: environment)
  guard let verb = try parser.readVerb() else { return parser.result }
  parser.result.verb = verb.name
  var fields = FieldReader(verb: verb, among: verbs)
  try parser.read(&fields)
  fields.fill(from: environment)
  try fields.requireAll()
  parser.result.input = fields.input
  parser.result.standardInputField = fields.standardInputField
  return parser.result
}

/// Global options, and the verb.
private struct InvocationParser {
  var result = Invocation()
  private var cursor: ArgumentCursor
  private let lookup: VerbLookup

  init(words: [String], verbs: [VerbDescription]) {
    cursor = ArgumentCursor(words)
    lookup = VerbLookup(verbs: verbs)
    result.wantsHelp = words.isEmpty || cursor.contains(.help)
    result.wantsVersion = !result.wantsHelp && cursor.contains(.version)
  }

  /// Nil where the call is for help or the version alone, and `result` says which.
  mutating func readVerb() throws(UsageError) -> VerbDescription? {
    if result.wantsVersion { return nil }
    guard let first = try nextWord() else {
      if result.wantsHelp { return nil }
      throw UsageError("no verb was given", hint: "'memtrace help' lists the verbs")
    }
    if first == "help" {
      result.wantsHelp = true
      return try readTopic(try nextWord())
    }
    if result.wantsHelp { return try readTopic(first) }
    var ahead = self
    if !lookup.subverbs(of: first).isEmpty, let second = try ahead.nextWord(lenient: true) {
      if let verb = lookup.verb("\(first) \(second)") {
        self = ahead
        return verb
      }
      if lookup.verb(first) == nil { throw lookup.unknown(first, second) }
    }
    if let verb = lookup.verb(first) { return verb }
    if !lookup.subverbs(of: first).isEmpty { throw lookup.incomplete(first) }
    throw lookup.unknown(first, wordAhead)
  }

  /// Every option and argument that follows the verb.
  mutating func read(_ fields: inout FieldReader) throws(UsageError) {
    while let argument = cursor.next() {
      switch argument {
      case .word(let text):
        try fields.take(word: text)
      case .option(let spelling, let value):
        if try fields.take(option: spelling, value: value, from: &cursor) { continue }
        if try takeGlobal(spelling, value) { continue }
        throw fields.unknown(option: spelling, value)
      }
    }
  }

  private mutating func readTopic(_ first: String?) throws(UsageError) -> VerbDescription? {
    guard let first else { return nil }
    let pair = wordAhead.map { "\(first) \($0)" }
    if let pair, lookup.verb(pair) != nil {
      result.verb = pair
    } else if lookup.verb(first) != nil || (pair == nil && lookup.isTopic(first)) {
      result.verb = first
    } else {
      throw lookup.unknown(first, wordAhead)
    }
    return nil
  }

  /// The word that comes next, past global options.
  private var wordAhead: String? {
    var ahead = self
    return (try? ahead.nextWord(lenient: true)) ?? nil
  }

  /// The next word, past global options. Another option is an error, or the end if `lenient`.
  private mutating func nextWord(lenient: Bool = false) throws(UsageError) -> String? {
    while let argument = cursor.next() {
      switch argument {
      case .word(let text): return text
      case .option(let spelling, let value):
        if try takeGlobal(spelling, value) { continue }
        if lenient { return nil }
        let names = GlobalOption.allCases.map(\.rawValue)
        throw UsageError(
          "unknown option '\(spelling)' before the verb",
          hint: didYouMean(spelling, among: names) ?? "options of a verb stand after it")
      }
    }
    return nil
  }

  private mutating func takeGlobal(
    _ spelling: String, _ value: String?
  ) throws(UsageError) -> Bool {
    guard let option = GlobalOption(spelling: spelling) else { return false }
    if option == .directory {
      guard let directory = value ?? cursor.nextValue(), !directory.isEmpty else {
        throw UsageError("-C needs a folder", hint: "memtrace -C DIR VERB …")
      }
      result.directory = directory
      return true
    }
    guard value == nil else { throw UsageError("\(spelling) takes no value") }
    switch option {
    case .json: result.isJSON = true
    case .quiet: result.quiet = true
    case .noColor: result.color = false
    case .directory, .help, .version: break
    }
    return true
  }
}
