// All published formats of keys and tokens that the gate knows, as one table.

/// One format: what a placeholder calls it, and its shape. Examples for tests are generated out of the shape.
struct SecretFormat: Sendable {
  let name: String
  let pattern: SecretPattern
}

/// The table, in pieces by trade. Sources are what the companies publish of their own keys, in their documents and in
/// the lists of secret scanning programs.
enum SecretFormats {
  typealias Row = (name: String, pattern: String)

  static let all: [SecretFormat] = (work + business).map {
    SecretFormat(name: $0.name, pattern: SecretPattern($0.pattern))
  }

  /// Those that need their company's name beside them.
  static let allNamed: [(words: [String], formats: [SecretFormat])] = named.map { row in
    (row.words, row.patterns.map { SecretFormat(name: row.name, pattern: SecretPattern($0)) })
  }
}
