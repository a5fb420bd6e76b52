// What a verb is: one struct a file, one line in the table; command line, HTTP and help are derived from it.

/// One thing that the product does. Its input is checked as a whole before it runs.
public protocol Verb: Sendable {
  static var description: VerbDescription { get }

  /// Reads the fields, noting every fault in the input.
  init(_ input: inout Input)

  /// - Throws: `MemtraceError`.
  func run(in call: Call) throws -> any Answer
}

/// What a verb does: the least scope of a key that may call it, and how long its answer takes, follow from it.
public enum Effect: Sendable {
  /// Reads one thing, in microseconds.
  case glances
  case reads
  /// Stores what was not there.
  case adds
  /// Changes how something stands that is there.
  case changes
  /// What the repository's own people do.
  case administers
  /// Talks to another machine.
  case exchanges

  public var scope: Key.Scope {
    switch self {
    case .glances, .reads: .read
    case .adds, .changes: .write
    case .administers, .exchanges: .admin
    }
  }

  public var isWrite: Bool {
    switch self {
    case .glances, .reads, .exchanges: false
    case .adds, .changes, .administers: true
    }
  }
}

/// What the fronts and the help text know of a verb.
public struct VerbDescription: Sendable {
  /// One or two words: `remember`, `session create`.
  public let name: String
  /// The heading under which help lists it.
  public let group: String
  public let effect: Effect
  /// Whether it looks at records that a verb beside it in one group of writes may change.
  public let isAlone: Bool
  public let summary: String
  public let fields: [Field]
  /// Whole command lines.
  public let examples: [String]

  public init(
    name: String, group: String, effect: Effect = .reads, isAlone: Bool = false, summary: String,
    fields: [Field], examples: [String]
  ) {
    self.name = name
    self.group = group
    self.effect = effect
    self.isAlone = isAlone
    self.summary = summary
    self.fields = fields
    self.examples = examples
  }
}

/// What a verb came to: the contract's JSON, and what a person sees.
public protocol Answer: Sendable {
  func write(to json: inout JSONWriter)
  var display: Display { get }
  /// The verb did its work and found that something is wrong: the command ends with this kind's code.
  var failure: MemtraceError.Kind? { get }
  /// What was there already is changed, where the verb makes something new as a rule.
  var isUpdate: Bool { get }
}

extension Answer {
  public var failure: MemtraceError.Kind? { nil }
  public var isUpdate: Bool { false }
}
