// Who a customer is: what the identity keys say of one or several sessions.

/// The values of the identity keys, by which records outside any session are found.
public struct CustomerIdentity: Sendable {
  /// In the order of the configuration, only keys with a value.
  private var values: [(key: String, texts: Set<String>)] = []

  /// - Parameter metadata: of each session, and what a customer was asked for by.
  init(_ keys: [String], _ metadata: [[JSON.Member]]) {
    for key in keys {
      var texts: Set<String> = []
      for member in metadata.joined() where member.key == key {
        if let text = member.value.scalarText, !text.isEmpty { texts.insert(text) }
      }
      if !texts.isEmpty { values.append((key, texts)) }
    }
  }

  var isEmpty: Bool { values.isEmpty }

  /// Each key with each of its values.
  var members: [JSON.Member] {
    values.flatMap { key, texts in texts.sorted().map { JSON.Member(key, .string($0)) } }
  }

  /// Whether one key at least has one of the values.
  func sharesAny(with metadata: [JSON.Member]) -> Bool {
    values.contains { key, texts in
      metadata.contains { $0.key == key && $0.value.scalarText.map(texts.contains) == true }
    }
  }

  /// Whether a record's own metadata means this customer: of the keys that both have, the first decides. One telephone may
  /// be that of two customers.
  func isMeant(by memory: Memory) -> Bool {
    let metadata = memory.metadataMembers
    if metadata.isEmpty { return false }
    for (key, texts) in values {
      guard let text = metadata.first(where: { $0.key == key })?.value.scalarText, !text.isEmpty
      else { continue }
      return texts.contains(text)
    }
    return false
  }
}

extension Memory {
  /// The keys and values of its metadata; none where it has no metadata.
  var metadataMembers: [JSON.Member] {
    guard let metadata, let json = try? JSON(parsing: metadata.bytes, depth: Line.depth)
    else { return [] }
    return json.members ?? []
  }
}
