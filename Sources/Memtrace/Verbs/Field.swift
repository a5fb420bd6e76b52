// One input of a verb, declared once: command-line flag, HTTP field, schema and help text come from it.

/// A named, typed input of a verb.
public struct Field: Sendable {
  public enum Kind: Sendable {
    case text
    /// Text where `-` on the command line means standard input.
    case body
    /// An id of this kind of thing: "agent", "session", "record".
    case id(String)
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case flag
    /// `10s`, `5m`, `1h`: a flag that may stand alone (`true`), which means its default.
    case interval
    case choice([String])
    /// `30m 24h 7d 2w`, RFC 3339 or a date.
    case moment
    /// A list of texts: a flag that may be repeated; an array, or comma-separated text, elsewhere.
    case list
    /// An object: `K=V`, repeatable, on the command line.
    case object
    /// A path on this machine; command line only.
    case path
  }

  /// The JSON name, in snake case.
  public let name: String
  public let kind: Kind
  public let isRequired: Bool
  /// Stands without a flag on the command line, in the order of declaration.
  public let isPositional: Bool
  /// The command line's flag without dashes, where it differs from the name with dashes for underscores.
  public let flag: String?
  /// A second name for the same thing; both in one call are a fault.
  public let alias: String?
  /// The least scope of a key that may give it, where that is more than the verb asks for.
  public let scope: Key.Scope?
  /// Shown in help and schema; the verb itself applies it.
  public let fallback: JSON?
  /// One line without a final stop.
  public let help: String
  /// Who writes, and may be new here: a beginning of somebody's id is not taken for them.
  public private(set) var isAuthor = false

  public init(
    _ name: String, _ kind: Kind, required: Bool = false, positional: Bool = false,
    flag: String? = nil, alias: String? = nil, scope: Key.Scope? = nil,
    default fallback: JSON? = nil, _ help: String
  ) {
    self.name = name
    self.kind = kind
    self.isRequired = required
    self.isPositional = positional
    self.flag = flag
    self.alias = alias
    self.scope = scope
    self.fallback = fallback
    self.help = help
  }

  /// The same as the one that writes.
  public var author: Field {
    var field = self
    field.isAuthor = true
    return field
  }

  /// The only word that it takes: on the command line its flag alone says it.
  public var onlyWord: String? {
    if case .choice(let words) = kind, words.count == 1 { words[0] } else { nil }
  }

  /// Whether it goes by this name.
  public func isNamed(_ name: String) -> Bool { self.name == name || alias == name }

  /// The flag without its two dashes: `dedup_key` is `dedup-key`.
  public var flagName: String {
    flag ?? String(name.map { $0 == "_" ? "-" : $0 })
  }
}
