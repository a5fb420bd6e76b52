// What the ids of imported rows are made of, and what the gate says of their texts.

extension ImportPlan {
  /// The draft as it may be stored, before its id is made of it; what is refused is a fault of the row.
  func passed(_ draft: MemoryDraft, _ passage: inout GatePassage) -> MemoryDraft {
    draft.passed(
      configuration.gate, identityKeys: configuration.identityKeys, &passage)
  }

  /// Metadata of a row's session.
  func passed(_ members: [JSON.Member], _ passage: inout GatePassage) -> [JSON.Member] {
    configuration.gate.passed(
      members, "session_metadata", identityKeys: configuration.identityKeys, &passage)
  }

  static func ulid(_ time: Timestamp, hash parts: [String]) -> ULID {
    let bytes = SHA256.hash(joined(parts))
    let low = bytes[2..<10].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return ULID(
      milliseconds: time.milliseconds, random: (UInt16(bytes[0]) << 8 | UInt16(bytes[1]), low))
  }

  /// The first 64 bits of SHA-256 over the parts, each followed by a NUL.
  static func hash(_ parts: [String]) -> UInt64 {
    SHA256.hash(joined(parts)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  static func joined(_ parts: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for part in parts {
      bytes += part.utf8
      bytes.append(0)
    }
    return bytes
  }
}
