// What becomes of the line that lost: a record of its own, so that nothing that was written is gone.

/// Two sides wrote different bytes under one id. The smaller bytes stay; the other line gets a new id, drawn from
/// its bytes, so that every clone draws the same one.
struct ConflictRecord {
  let key: MergeKey
  /// Without a line feed.
  let line: [UInt8]

  /// - Parameter line: a valid line whose id is `original`.
  init(losing line: ArraySlice<UInt8>, of original: MergeKey) {
    let hash = SHA256.hash(line)
    let key = MergeKey(
      prefix: original.prefix,
      ulid: ULID(
        milliseconds: original.ulid.milliseconds,
        random: (
          hash[0..<2].reduce(UInt16(0)) { $0 << 8 | UInt16($1) },
          hash[2..<10].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        )))
    self.key = key
    self.line = Self.rewritten(line, of: original, as: key)
  }

  /// Every other field stays. Those that would still act are set aside under a new name: the key by which a retry is
  /// recognized, what an event does to its session or agent, what kind of event it was, and what it corrects.
  private static func rewritten(_ line: ArraySlice<UInt8>, of original: MergeKey, as key: MergeKey)
    -> [UInt8]
  {
    let members = (try? JSON(parsing: Array(line), depth: Line.depth))?.members ?? []
    let replaced = ["id", "session_id"]
    let setAside = ["dedup_key", "event", "event_type", "parent_id"]
    var result = members.filter { !replaced.contains($0.key) }.map { member in
      guard setAside.contains(member.key) else { return member }
      var name = "conflict_" + member.key
      while members.contains(where: { $0.key == name }) { name = "conflict_" + name }
      return JSON.Member(name, member.value)
    }
    if members.contains(where: { $0.key == "event" }) { result.append(.init("event", "conflict")) }
    result.append(.init("event_type", "conflict"))
    result.append(.init("parent_id", .string(original.text)))
    result.append(contentsOf: members.filter { $0.key == "session_id" })
    result.append(.init("id", .string(key.text)))
    return JSON.object(result).bytes
  }
}
