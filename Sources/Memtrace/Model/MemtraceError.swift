// The one error that leaves the library.

/// What went wrong, for a person, and what to do next.
public struct MemtraceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Few kinds: each front has one table from these to its own codes.
  public enum Kind: String, CaseIterable, Sendable {
    /// The call's words are off.
    case usage
    /// A value breaks a rule; `faults` says which.
    case invalid
    case notFound
    /// It is there already, or two sides changed the same thing.
    case conflict
    case unauthorized
    /// Who asks is known, and may not.
    case forbidden
    /// The other side of the network.
    case remote
    /// Somebody holds what is needed; the same call may succeed later.
    case busy
    /// The disk is full.
    case full
    /// The repository is damaged.
    case corrupt
    case `internal`
  }

  /// One broken rule, with the field that broke it.
  public struct Fault: Hashable, Sendable {
    public let field: String
    public let problem: String

    public init(_ field: String, _ problem: String) {
      self.field = field
      self.problem = problem
    }
  }

  public let kind: Kind
  public let message: String
  /// The next command to run, or the setting to change.
  public let hint: String?
  public let faults: [Fault]
  /// The record that is there already, for a retry.
  public let existing: String?

  public init(
    _ kind: Kind, _ message: String, hint: String? = nil, faults: [Fault] = [],
    existing: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.hint = hint
    self.faults = faults
    self.existing = existing
  }

  /// Every fault of a call at once.
  public static func invalid(_ faults: [Fault]) -> MemtraceError {
    MemtraceError(
      .invalid, faults.map { "\($0.field): \($0.problem)" }.joined(separator: "; "), faults: faults)
  }

  /// With the place of its fields in something larger.
  func prefixed(_ prefix: String) -> MemtraceError {
    let faults = faults.map { Fault(prefix + $0.field, $0.problem) }
    return MemtraceError(
      kind,
      faults.isEmpty
        ? message : faults.map { "\($0.field): \($0.problem)" }.joined(separator: "; "),
      hint: hint, faults: faults, existing: existing)
  }

  public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}
