// The gate: what must not be stored is found in a text before it is written, and named.

/// Looks at texts of records and says what in them is a secret, or personal beyond what support needs.
public struct Gate: Hashable, Sendable {
  /// What a finding is, as the policy names it.
  public enum Kind: String, CaseIterable, Sendable {
    /// Keys and tokens of programs.
    case secret
    case privateKey = "private_key"
    case password
    /// Numbers of payment cards, and the digits on their back.
    case card
    case iban
    case nationalID = "national_id"
    case email
    case phone
  }

  /// What becomes of it.
  public enum Action: String, CaseIterable, Sendable {
    case allow, mask, refuse
  }

  /// One place in a text.
  public struct Finding: Hashable, Sendable {
    public let kind: Kind
    /// What stands there instead: `[card ending 1111]`.
    public let placeholder: String
    /// Bytes of the text as given.
    public let range: Range<Int>
    /// Of a published format: it counts whatever stands around it.
    let isCertain: Bool
  }

  private var actions: [Kind: Action] = [:]

  public init() {}

  public subscript(kind: Kind) -> Action {
    get { actions[kind] ?? (kind == .email || kind == .phone ? .allow : .mask) }
    set { actions[kind] = newValue }
  }

  /// Nothing in a repository that allows everything.
  var isOpen: Bool { Kind.allCases.allSatisfy { self[$0] == .allow } }

  /// What is found and not allowed, in the order of the text, none inside of another.
  /// - Parameter key: the name of the value in its metadata: a word that stands beside it.
  public func findings(in text: String, key: String? = nil) -> [Finding] {
    guard !isOpen else { return [] }
    guard let key else {
      var text = text
      return text.withUTF8 { findings(in: $0, valueFrom: nil) }
    }
    var whole = "\(key): \(text)"
    let start = key.utf8.count + 2
    return whole.withUTF8 { findings(in: $0, valueFrom: start) }.map {
      Finding(
        kind: $0.kind, placeholder: $0.placeholder,
        range: max(0, $0.range.lowerBound - start)..<max(0, $0.range.upperBound - start),
        isCertain: $0.isCertain)
    }.filter { !$0.range.isEmpty }
  }

  private func findings(in text: UnsafeBufferPointer<UInt8>, valueFrom start: Int?) -> [Finding] {
    guard let plain = GateText.plain(text) else {
      return GateScan.findings(in: text, gate: self, valueFrom: start)
    }
    let place = start.map { start in plain.origins.firstIndex { $0 >= start } ?? 0 }
    return plain.bytes.withUnsafeBufferPointer {
      GateScan.findings(in: $0, gate: self, valueFrom: place)
    }.map {
      let range = Int(plain.origins[$0.range.lowerBound])..<Int(plain.origins[$0.range.upperBound])
      return Finding(
        kind: $0.kind, placeholder: $0.placeholder, range: range, isCertain: $0.isCertain)
    }
  }

  /// The text with placeholders where something is masked.
  public static func masked(_ text: String, _ findings: [Finding]) -> String {
    var (bytes, place) = ([UInt8](), 0)
    let given = Array(text.utf8)
    for finding in findings {
      bytes += given[place..<finding.range.lowerBound]
      bytes += finding.placeholder.utf8
      place = finding.range.upperBound
    }
    return String(decoding: bytes + given[place...], as: UTF8.self)
  }
}
