// A review as a line, and out of one.

extension Review {
  /// Nil where it does not say what it judges, or in a word that this version does not know: such a line is kept and
  /// counts for nothing.
  init?(_ id: RecordID, _ line: JSON) {
    guard let time = line["time"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
      let word = line["review"]?.string.flatMap({ Word(rawValue: $0) }),
      let record = line["record_id"]?.string.flatMap({ RecordID($0) }),
      record.kind == .memory || record.kind == .decision
    else { return nil }
    let session = line["session_id"]?.string.flatMap { SessionID($0) }
    self.init(
      id: id, time: time, reviewer: line["reviewer"]?.string ?? "unknown",
      saidBy: line["said_by"]?.string, word: word, record: record, of: line["of"]?.string,
      reason: line["reason"]?.string,
      after: Self.ids(line["after"]), leaves: Self.ids(line["leaves"]),
      session: session, agent: session == nil ? line["agent_id"]?.string : nil)
  }

  private static func ids(_ list: JSON?) -> [RecordID] {
    list?.array?.compactMap(\.string).compactMap { RecordID($0) } ?? []
  }

  /// The line with its line feed.
  var line: [UInt8] {
    var members: [JSON.Member] = [
      .init("time", .string(time.description)), .init("reviewer", .string(reviewer)),
    ]
    if let saidBy { members.append(.init("said_by", .string(saidBy))) }
    members += [
      .init("review", .string(word.rawValue)), .init("record_id", .string(record.description)),
    ]
    if let of { members.append(.init("of", .string(of))) }
    if let reason { members.append(.init("reason", .string(reason))) }
    for (key, ids) in [("after", after), ("leaves", leaves)] where !ids.isEmpty {
      members.append(.init(key, .array(ids.map { .string($0.description) })))
    }
    if let agent { members.append(.init("agent_id", .string(agent))) }
    if let session { members.append(.init("session_id", .string(session.description))) }
    members.append(.init("id", .string(id.description)))
    return JSON.object(members).bytes + [UInt8(ascii: "\n")]
  }
}

/// Which bytes were judged: an approval of one line is none of another under the same id.
enum LineFingerprint {
  /// 10 characters of lower-case base 32, out of the SHA-256 of the line without its line feed.
  static func of(_ line: some Sequence<UInt8>) -> String {
    String(Base32.text(SHA256.hash(line)).prefix(10))
  }
}
