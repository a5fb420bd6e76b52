// What `.memtrace/config.json` says: the format, the organisation, the rules of the house.

/// The committed configuration. Fields that this version does not know are left as they are.
public struct Configuration: Hashable, Sendable {
  /// The format of the files, from 1.
  public let format: Int
  /// The organisation, shown as `org_id`.
  public internal(set) var organisation: String
  /// Whether an agent must be registered before it may write.
  public let requiresRegistration: Bool
  /// Keys of a session's metadata that name a customer.
  public let identityKeys: [String]
  /// What waits for a verdict, and who gives one.
  public let review: ReviewPolicy
  /// What is not stored here, and what becomes of it.
  public let gate: Gate
  /// Why this version only reads here: rules that it does not know; nil where it may write.
  public let obstacle: String?

  public static let defaultIdentityKeys = ["customer_id", "account_number", "phone", "email"]

  /// - Throws: `corrupt` where it is no JSON object of ours, `invalid` where its format is newer than this version.
  init(parsing bytes: [UInt8]) throws {
    let json: JSON
    do {
      json = try JSON(parsing: bytes)
    } catch {
      throw Self.damaged(error.description)
    }
    guard let format = json["format"]?.integer, format >= 1 else {
      throw Self.damaged("\"format\" is missing")
    }
    guard format <= Layout.format else {
      throw MemtraceError(
        .invalid,
        "this repository is of format \(format), and this memtrace knows formats up to \(Layout.format)",
        hint: "install a newer memtrace")
    }
    self.format = format
    organisation = json["org"]?.string ?? "default"
    requiresRegistration = json["agents"]?.string == "registered-only"
    var policy = (value: ReviewPolicy(), problem: nil as String?)
    do throws(ReviewPolicy.Unknown) {
      policy.value = try ReviewPolicy(json)
    } catch {
      policy.problem = error.problem
    }
    review = policy.value
    let gate = Self.gate(json["gate"] ?? .null)
    self.gate = gate.value
    obstacle = Self.obstacle(json) ?? policy.problem ?? gate.obstacle
    identityKeys = json["identity_keys"]?.array?.compactMap(\.string) ?? Self.defaultIdentityKeys
  }

  /// What a writer must know, and what it must not misread: a rule of the house that we cannot follow is not broken
  /// silently.
  private static func obstacle(_ json: JSON) -> String? {
    if let agents = json["agents"], agents != "open", agents != "registered-only" {
      return
        "\"agents\" says \(text(agents)), and this memtrace knows \"open\" and \"registered-only\""
    }
    guard let requires = json["requires"], requires != .null else { return nil }
    guard let words = requires.array else { return "\"requires\" is no list" }
    let unknown = words.filter { word in !knownWords.contains { word == .string($0) } }
    return unknown.isEmpty
      ? nil
      : "\"requires\" asks for \(unknown.map(text).joined(separator: ", ")), which this memtrace does not know"
  }

  /// A kind or an action that is not known is a rule that we cannot follow.
  private static func gate(_ json: JSON) -> (value: Gate, obstacle: String?) {
    var gate = Gate()
    guard json != .null else { return (gate, nil) }
    guard let members = json.members else { return (gate, "\"gate\" is no object") }
    for member in members {
      guard let kind = Gate.Kind(rawValue: member.key),
        let action = member.value.string.flatMap(Gate.Action.init)
      else {
        return (
          gate,
          "\"gate\" says \(text(.object([member]))), and this memtrace knows \(Gate.Kind.allCases.map(\.rawValue).joined(separator: ", ")) with allow, mask or refuse"
        )
      }
      gate[kind] = action
    }
    return (gate, nil)
  }

  /// Words of `requires` that this version fulfils.
  private static let knownWords: [String] = []

  private static func text(_ json: JSON) -> String { String(decoding: json.bytes, as: UTF8.self) }

  /// - Throws: `invalid` where this version only reads.
  func mayWrite() throws {
    guard let obstacle else { return }
    throw MemtraceError(
      .invalid, "nothing is written here: \(Layout.configuration): \(obstacle)",
      hint: "install a newer memtrace, or correct the file")
  }

  /// The text of a configuration under another organisation's name.
  static func named(_ organisation: String, _ text: [UInt8]) throws -> [UInt8] {
    _ = try Configuration(parsing: text)
    let members = try JSON(parsing: text).members ?? []
    let org = JSON.Member("org", .string(organisation))
    let isSaid = members.contains { $0.key == org.key }
    let changed = isSaid ? members.map { $0.key == org.key ? org : $0 } : members + [org]
    return Array(JSON.object(changed).indented.utf8) + [UInt8(ascii: "\n")]
  }

  /// What `init` writes, for the eyes of a person.
  static func text(organisation: String) -> [UInt8] {
    var org = JSONWriter()
    org.string(organisation)
    let keys = defaultIdentityKeys.map { "\"\($0)\"" }.joined(separator: ", ")
    return Array(
      """
      {
        "format": \(Layout.format),
        "org": \(String(decoding: org.bytes, as: UTF8.self)),
        "agents": "open",
        "identity_keys": [\(keys)]
      }

      """.utf8)
  }

  private static func damaged(_ problem: String) -> MemtraceError {
    MemtraceError(
      .corrupt, "\(Layout.configuration) cannot be read: \(problem)",
      hint: "git log -p -- \(Layout.configuration)")
  }
}
