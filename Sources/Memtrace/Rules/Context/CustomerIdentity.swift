// Who a customer is: what the identity keys say of one or several sessions.

/// The values of the identity keys, by which records outside any session are found.
public struct CustomerIdentity: Sendable {
  /// In the order of the configuration, only keys with a value.
  private var values: [(key: String, texts: [ExactText: ExactText])] = []

  /// - Parameter metadata: of each session, and what a customer was asked for by.
  init(_ keys: [String], _ metadata: [[JSON.Member]]) {
    for key in keys {
      // By its form, as it was given first.
      var texts: [ExactText: ExactText] = [:]
      for member in metadata.joined() where member.isNamed(key) {
        guard let text = member.value.scalarText, !text.isEmpty else { continue }
        let form = IdentityForm.of(key, text)
        texts[form] = texts[form] ?? ExactText(text)
      }
      if !texts.isEmpty { values.append((key, texts)) }
    }
  }

  var isEmpty: Bool { values.isEmpty }

  /// Each key with each of its values.
  var members: [JSON.Member] {
    values.flatMap { key, texts in
      texts.values.sorted().map { JSON.Member(key, .string($0.text)) }
    }
  }

  /// Whether one key at least has one of the values.
  func sharesAny(with metadata: [JSON.Member]) -> Bool {
    values.contains { key, texts in
      metadata.contains { $0.isNamed(key) && Self.has(texts, key, $0.value.scalarText) }
    }
  }

  private static func has(
    _ texts: [ExactText: ExactText], _ key: String, _ text: String?
  ) -> Bool {
    text.map { texts[IdentityForm.of(key, $0)] != nil } ?? false
  }

  /// Whether a record's own metadata means this customer: of the keys that both have, the first decides. One telephone may
  /// be that of two customers.
  func isMeant(by memory: Memory) -> Bool {
    let metadata = memory.metadataMembers
    if metadata.isEmpty { return false }
    for (key, texts) in values {
      guard let text = metadata.first(where: { $0.isNamed(key) })?.value.scalarText,
        !text.isEmpty
      else { continue }
      return Self.has(texts, key, text)
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
