// What else may be about the same person: sessions that share a value of an identity key.

/// One key by which a customer is known, with other sessions that have it too.
struct LinkedIdentity: Hashable, Sendable {
  let key: String
  let value: String
  let sessions: [SessionID]

  /// - Parameter own: sessions that are about the customer in any case.
  static func find(
    _ metadata: [[JSON.Member]], apartFrom own: Set<SessionID>, in records: Catalog,
    _ keys: [String]
  ) throws -> [LinkedIdentity] {
    try CustomerIdentity(keys, metadata).members.map { member in
      LinkedIdentity(
        key: member.key, value: member.value.scalarText ?? "",
        sessions: try records.sessions(sharing: [member.key], with: [member]).map(\.id)
          .filter { !own.contains($0) })
    }
  }

  static func write(_ linked: [LinkedIdentity], to json: inout JSONWriter) {
    json.array { list in
      for link in linked {
        list.object { entry in
          entry.key("key")
          entry.string(link.key)
          entry.key("value")
          entry.string(link.value)
          entry.key("sessions")
          entry.array { ids in for id in link.sessions { ids.string(id.description) } }
        }
      }
    }
  }

  /// - Parameter command: what takes a key and its value.
  func words(for command: String) -> String {
    let name = "\(key)=\(value)"
    return sessions.isEmpty
      ? "known by \(name)"
      : "known by \(name), as \(amount(sessions.count, "other session", "other sessions")): \(command) '\(name)'"
  }
}
