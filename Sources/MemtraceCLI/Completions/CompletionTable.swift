// What may stand where on a command line, whichever shell asks.

import Memtrace

/// The verb table as the completions need it.
struct CompletionTable {
  /// What an argument can be completed with.
  enum Values: Hashable {
    /// The option takes no value.
    case none
    /// The option may take a value of which nothing is known, and needs none.
    case optional
    case anything
    case words([String])
    case files
    case folders
    /// Names of this kind that `memtrace complete` knows.
    case known(String)
  }

  struct Option {
    /// With its dashes.
    let spelling: String
    let help: String
    let placeholder: String
    let values: Values
    let isRepeatable: Bool

    /// Whether the word after it is its value.
    var takesWord: Bool { values != .none && values != .optional }
  }

  struct Verb {
    /// One or two words.
    let name: String
    let summary: String
    let options: [Option]
    let arguments: [Option]
  }

  /// A first word, with the verbs of two words that begin with it.
  struct Group {
    let name: String
    let verbs: [Verb]

    /// The second words.
    var rests: [String] { verbs.map { String($0.name.dropFirst(name.count + 1)) } }
  }

  let verbs: [Verb]
  let groups: [Group]
  /// Each first word once, with what it does.
  let firstWords: [(word: String, summary: String)]
  let everywhere: [Option]

  init(verbs descriptions: [VerbDescription]) {
    let verbs = descriptions.map(Verb.init)
    var order: [String] = []
    for verb in verbs {
      let first = String(verb.name.prefix { $0 != " " })
      if !order.contains(first) { order.append(first) }
    }
    let groups = order.map { first in
      Group(name: first, verbs: verbs.filter { $0.name.hasPrefix(first + " ") })
    }
    self.verbs = verbs
    self.groups = groups.filter { !$0.verbs.isEmpty }
    firstWords =
      groups.map { group in
        let verb = verbs.first { $0.name == group.name }
        return (group.name, verb?.summary ?? group.rests.joined(separator: ", "))
      } + [("help", "Show help about a verb")]
    everywhere = GlobalOption.allCases.map(Option.init)
  }
}

extension CompletionTable.Verb {
  init(_ verb: VerbDescription) {
    name = verb.name
    summary = verb.summary
    options = verb.fields.filter { !$0.isPositional }.map { .init($0, of: verb.name) }
    arguments = verb.fields.filter(\.isPositional).map { .init($0, of: verb.name) }
  }
}

extension CompletionTable.Option {
  /// Fields that name something by their own name, and by whose field they are.
  private static let known = [
    ("tags", nil, "tags"), ("remote", nil, "remotes"), ("name", "template", "templates"),
    ("name", "key revoke", "keys"), ("name", "remote remove", "remotes"),
    ("name", "remote set-url", "remotes"),
  ]

  init(_ field: Field, of verb: String) {
    spelling = "--" + field.flagName
    help = field.help
    placeholder = field.placeholder
    isRepeatable = field.isRepeatable
    values =
      switch field.kind {
      case .flag: .none
      case .interval: .optional
      case .choice(let choices): field.onlyWord == nil ? .words(choices) : .none
      case .path: .files
      case .id("agent"): .known("agents")
      case .id("session"): .known("sessions")
      case .text, .body, .id, .integer, .number, .moment, .list, .object:
        Self.known.first { $0.0 == field.name && ($0.1 == nil || $0.1 == verb) }
          .map { .known($0.2) } ?? .anything
      }
  }

  init(_ option: GlobalOption) {
    spelling = option.rawValue
    help = option.help
    placeholder = option.placeholder ?? ""
    values = option == .directory ? .folders : .none
    isRepeatable = false
  }
}
