// Whom people read of: an agent's name, where its id was made of one that could be none.

/// The names of agents that are not their ids.
struct AgentNames: Sendable {
  private let names: [String: String]

  init(_ names: [String: String] = [:]) { self.names = names }

  /// The id itself where nothing else is known.
  subscript(id: String) -> String { names[id] ?? id }
}

extension AgentName {
  /// Whether an id may have been made of a name: all others are their names.
  static func isMade(_ id: String) -> Bool {
    let end = id.utf8.suffix(9)
    return end.count == 9 && end.first == UInt8(ascii: "-")
      && end.dropFirst().allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}
