// One tool: a verb under the name and with the fields that a model sees.

import Memtrace

/// What a model may call. Its schema comes from the verb's fields, so the two cannot differ.
struct Tool: Sendable {
  /// What the verb's answer becomes.
  enum Form: Sendable {
    /// What was just stored: its id.
    case stored
    case memories, sessions, items
    case context
    /// As the verb says it.
    case plain
  }

  struct Argument: Sendable {
    let name: String
    /// The verb's own name for it.
    let field: String
    var isRequired = false
    /// Sent to the verb where the model leaves it out.
    var fallback: JSON?
    /// In place of the field's help, for a model.
    var help: String?
  }

  let name: String
  let description: VerbDescription
  let summary: String
  let form: Form
  /// Among those that `--tools core` offers.
  let isCore: Bool
  let arguments: [Argument]

  /// Nil where this program lacks the verb.
  /// - Parameter arguments: `name`, `name*` for a required one, `name=field` where the verb says otherwise.
  init?(
    _ name: String, _ verb: String, _ form: Form, core: Bool = false, _ summary: String,
    _ arguments: [Argument]
  ) {
    guard let description = VerbTable.descriptions.first(where: { $0.name == verb }) else {
      return nil
    }
    self.name = "memtrace_" + name
    self.description = description
    self.form = form
    self.summary = summary
    isCore = core
    self.arguments = arguments
  }

  var verb: String { description.name }

  /// Lists are short unless the model asks for everything.
  var hasDetail: Bool {
    switch form {
    case .memories, .sessions, .items: true
    case .stored, .context, .plain: false
    }
  }

  /// Whether an argument says who writes.
  func isSigned(by argument: Argument) -> Bool {
    description.fields.contains { $0.name == argument.field && $0.isAuthor }
  }

  static let detail = "response_format"
}

extension Tool.Argument {
  init(_ name: String, _ help: String? = nil, field: String? = nil, default fallback: JSON? = nil) {
    isRequired = name.hasSuffix("*")
    self.name = isRequired ? String(name.dropLast()) : name
    self.field = field ?? self.name
    self.help = help
    self.fallback = fallback
  }
}
