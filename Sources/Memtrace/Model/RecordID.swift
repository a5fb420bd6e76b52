// The identity of a line: what kind of record it is, and its ULID.

/// `mem_`, `dec_`, `evt_`, `rev_`, `acc_` or `era_`, then a ULID. A record is its id: two lines with one id are one record.
public struct RecordID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public enum Kind: UInt8, CaseIterable, Sendable {
    case decision, event, memory, review, acceptance, erasure

    /// Four bytes with the underscore.
    public var prefix: String {
      switch self {
      case .decision: "dec_"
      case .event: "evt_"
      case .memory: "mem_"
      case .review: "rev_"
      case .acceptance: "acc_"
      case .erasure: "era_"
      }
    }
  }

  public let kind: Kind
  public let ulid: ULID
  public static let textLength = 4 + ULID.textLength

  public init(_ kind: Kind, _ ulid: ULID) {
    self.kind = kind
    self.ulid = ulid
  }

  /// Nil where the text is not a known prefix and 26 characters, or its time lies past the year 2200.
  public init?(text: some RandomAccessCollection<UInt8>) {
    guard text.count == Self.textLength,
      let kind = Kind.allCases.first(where: { text.prefix(4).elementsEqual($0.prefix.utf8) }),
      let ulid = ULID(text: text.dropFirst(4)), ulid.isPlausible
    else { return nil }
    self.init(kind, ulid)
  }

  public init?(_ text: String) {
    self.init(text: Array(text.utf8))
  }

  public func append(to bytes: inout [UInt8]) {
    bytes.append(contentsOf: kind.prefix.utf8)
    ulid.append(to: &bytes)
  }

  public var description: String { kind.prefix + ulid.description }

  /// By ULID, which is the order of time; by prefix only between equal ones.
  public static func < (a: RecordID, b: RecordID) -> Bool {
    a.ulid != b.ulid ? a.ulid < b.ulid : a.kind.rawValue < b.kind.rawValue
  }
}
