// Where a record lives: the only place that knows the folders and file names of format 1.

/// Paths of format 1, relative to the repository's root, `/` between components.
public enum Layout {
  /// The version of the format that this code writes.
  public static let format = 1
  public static let configuration = ".memtrace/config.json"
  public static let attributes = ".gitattributes"
  /// The folders that hold records.
  public static let recordRoots = [agentRoot, "sessions"]
  static func isOfRecords(_ path: String) -> Bool {
    recordRoots.contains { path.hasPrefix($0 + "/") }
  }
  /// The folder of what belongs to the repository as a whole.
  static let own = ".memtrace"
  /// The folders in which a line with an id may stand.
  static let lineRoots = recordRoots + [own]
  /// The folder of what lies outside any session.
  static let agentRoot = "agents"

  /// `sessions/2026-11/22/14/sess_…` (UTC, from the id), or `sessions/other/<2 hex>/<folder>` for a foreign id.
  public static func folder(of session: SessionID) -> String {
    switch session {
    case .own(let ulid):
      // For every record that is written: byte by byte.
      var time: [UInt8] = []
      Timestamp(milliseconds: ulid.milliseconds).append(to: &time)
      var path = Array("sessions/".utf8)
      path.reserveCapacity(64)
      path += time[0..<7]
      path.append(UInt8(ascii: "/"))
      path += time[8..<10]
      path.append(UInt8(ascii: "/"))
      path += time[11..<13]
      path += "/\(SessionID.prefix)".utf8
      ulid.append(to: &path)
      return String(decoding: path, as: UTF8.self)
    case .foreign(let text):
      let hash = SHA256.hex(text.utf8)
      return "sessions/other/\(hash.prefix(2))/\(portableName(of: text))"
    }
  }

  /// `sessions/2026-11`, where the archives of a session's month lie; nil for a foreign session, which is in none.
  static func month(of session: SessionID) -> String? {
    guard case .own = session else { return nil }
    return month(ofFolder: folder(of: session))
  }

  /// The first two of a path's components.
  static func month(ofFolder path: String) -> String {
    path.split(separator: "/").prefix(2).joined(separator: "/")
  }

  /// `sessions/2026-11/archive.<hash>.jsonl`, named by its bytes as imported files are.
  static func archive(in month: String, of bytes: [UInt8]) -> String {
    let name = String(Base32.text(SHA256.hash(bytes)).prefix(10))
    return "\(month)/\(FileName(.archive, replica: name))"
  }

  /// `agents/<agent>`
  public static func folder(ofAgent id: String) -> String {
    "agents/\(portableName(of: id))"
  }

  /// The folder of a record outside any session: `agents/<agent>/2026-11`, the month (UTC) of its id.
  public static func folder(ofAgent id: String, at ulid: ULID) -> String {
    let at = Timestamp(milliseconds: ulid.milliseconds).civil
    return "\(folder(ofAgent: id))/\(month(at.year, at.month))"
  }

  /// The folder that a record belongs into, with the kind of file that takes it.
  public static func place(of memory: Memory) -> (folder: String, kind: FileKind) {
    let kind: FileKind = memory.kind == .decision ? .decisions : .memories
    if let session = memory.session { return (folder(of: session), kind) }
    return (folder(ofAgent: memory.agent, at: memory.id.ulid), kind)
  }

  public static func place(of event: Event) -> (folder: String, kind: FileKind) {
    switch event.subject {
    case .session(let id): (folder(of: id), .session)
    case .agent(let id): (folder(ofAgent: id), .agent)
    }
  }

  /// Beside what it judges.
  static func place(of review: Review) -> (folder: String, kind: FileKind) {
    if let session = review.session { return (folder(of: session), .reviews) }
    return (folder(ofAgent: review.agent ?? "unknown", at: review.record.ulid), .reviews)
  }

  /// An id as a folder: itself where it is `[a-z0-9][a-z0-9_-]{0,63}`, else its lower-cased slug, `~` and 8 hex
  /// digits of its SHA-256, so that no two folders differ only in case.
  static func portableName(of id: String) -> String {
    let bytes = Array(id.utf8)
    let isPortable =
      (1...64).contains(bytes.count) && bytes[0] != UInt8(ascii: "_")
      && bytes[0] != UInt8(ascii: "-")
      && bytes.allSatisfy {
        (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_")
          || $0 == UInt8(ascii: "-")
      }
    if isPortable, !AgentName.isReserved(id) { return id }
    return "\(AgentName.slug(id))~\(SHA256.hex(bytes).prefix(8))"
  }

  private static func month(_ year: Int, _ month: Int) -> String {
    let text = String(year)
    return String(repeating: "0", count: max(0, 4 - text.utf8.count)) + text + "-" + two(month)
  }

  private static func two(_ value: Int) -> String {
    value < 10 ? "0\(value)" : String(value)
  }
}
