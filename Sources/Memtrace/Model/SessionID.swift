// The identity of a session: ours, with a ULID, or one that was brought along from elsewhere.

/// `sess_` and a ULID, or any other legal id ("foreign", from an import).
public enum SessionID: Hashable, Comparable, Sendable, CustomStringConvertible {
  case own(ULID)
  case foreign(String)

  public static let prefix = "sess_"

  /// Nil where the text is no legal id (`^[a-zA-Z][a-zA-Z0-9_-]{0,127}$`) or claims a time past the year 2200.
  public init?(_ text: some StringProtocol) {
    if text.utf8.count == Self.prefix.utf8.count + ULID.textLength, text.hasPrefix(Self.prefix),
      let ulid = ULID(text: Array(text.utf8.dropFirst(Self.prefix.utf8.count)))
    {
      guard ulid.isPlausible else { return nil }
      self = .own(ulid)
    } else if Limits.isIdentifier(text.utf8) {
      self = .foreign(String(text))
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .own(let ulid): Self.prefix + ulid.description
    case .foreign(let text): text
    }
  }

  /// Foreign ids after our own, in the order of their bytes.
  public static func < (a: SessionID, b: SessionID) -> Bool {
    switch (a, b) {
    case (.own(let a), .own(let b)): a < b
    case (.own, .foreign): true
    case (.foreign, .own): false
    case (.foreign(let a), .foreign(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    }
  }
}
