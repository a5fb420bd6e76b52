// The name of a file of records: its kind, its writer and its number.

/// What a file holds, by the word that its name begins with. Readers read any word: what a line is, its id says.
public struct FileKind: RawRepresentable, Hashable, Sendable {
  public let rawValue: String

  /// `[a-z]{1,32}`
  public init?(rawValue: String) {
    guard (1...32).contains(rawValue.utf8.count),
      rawValue.utf8.allSatisfy({ (97...122).contains($0) })
    else { return nil }
    self.rawValue = rawValue
  }

  private init(_ word: String) { rawValue = word }

  public static let agent = FileKind("agent")
  public static let decisions = FileKind("decisions")
  public static let memories = FileKind("memories")
  public static let reviews = FileKind("reviews")
  public static let session = FileKind("session")
  /// Lines of closed sessions, moved there byte for byte: the name's second part is drawn from the content.
  public static let archive = FileKind("archive")
  /// In `.memtrace`: removals that somebody meant, and what was erased.
  public static let accepted = FileKind("accepted")
  public static let erased = FileKind("erased")
}

/// `memories.k3v9x2aq.jsonl`, and once that is full `memories.k3v9x2aq.2.jsonl`.
public struct FileName: Hashable, Sendable, CustomStringConvertible {
  public let kind: FileKind
  /// The replica that appends to it, or `import-…` for imported lines. No dot, no slash.
  public let replica: String
  /// From 1 to `last`.
  public let number: Int

  /// Nine digits: what somebody else's file is called must not lead beyond what anybody can count to.
  static let last = 999_999_999

  public init(_ kind: FileKind, replica: String, number: Int = 1) {
    self.kind = kind
    self.replica = replica
    self.number = number
  }

  /// Nil for a file that is not ours.
  public init?(_ name: some StringProtocol) {
    // By bytes: a walk asks it of every file.
    let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (3...4).contains(parts.count), parts[parts.count - 1].elementsEqual("jsonl".utf8) else {
      return nil
    }
    let replica = String(decoding: parts[1], as: UTF8.self)
    guard let kind = FileKind(rawValue: String(decoding: parts[0], as: UTF8.self)),
      Self.isReplica(replica)
    else { return nil }
    var number = 1
    if parts.count == 4 {
      let digits = String(decoding: parts[2], as: UTF8.self)
      guard let parsed = Int(digits), (2...Self.last).contains(parsed), String(parsed) == digits
      else { return nil }
      number = parsed
    }
    self.init(kind, replica: replica, number: number)
  }

  public var description: String {
    number == 1
      ? "\(kind.rawValue).\(replica).jsonl" : "\(kind.rawValue).\(replica).\(number).jsonl"
  }

  /// The file that follows when this one is full; the last one is never full.
  public var next: FileName {
    FileName(kind, replica: replica, number: min(number + 1, Self.last))
  }

  /// Whether the file at this path is named as an archive.
  static func isArchive(_ path: String) -> Bool { last(of: path)?.kind == .archive }

  /// Whether the file at this path is named as one that writers put memories or decisions into.
  static func mayHoldMemories(_ path: String) -> Bool {
    switch last(of: path)?.kind {
    case .memories, .decisions, .archive: true
    default: false
    }
  }

  /// Whether readers read the file at this path: in no hidden folder, as no walk of the work tree enters one.
  static func isRead(_ path: String) -> Bool {
    var before = UInt8(ascii: "/")
    for byte in path.utf8 {
      if byte == UInt8(ascii: "."), before == UInt8(ascii: "/") { return false }
      before = byte
    }
    return last(of: path) != nil
  }

  private static func last(of path: String) -> FileName? {
    let start = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8.index(after: $0) }
    return FileName(path[(start ?? path.startIndex)...])
  }

  /// `[a-z0-9][a-z0-9-]{0,63}`
  static func isReplica(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
      && text.utf8.allSatisfy {
        (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
      }
  }
}
