// What ranked search is asked, and what it answers.

/// A memory that a query found.
public struct RankedMemory: Sendable {
  public let memory: Memory
  /// The larger the better; comparable within one answer only.
  public let score: Double
  /// Only if asked for.
  public let explanation: SearchExplanation?
}

/// A query's words and the memories among which it looks.
public struct RankedQuery: Sendable {
  public var text: String
  public var filter = MemoryFilter()
  public var limit = 50
  public var offset = 0
  public var explains = false
  /// The repository's keys that tell who a customer is.
  public var identityKeys: [String] = []

  public init(_ text: String) {
    self.text = text
  }

  var isAboutOneCustomer: Bool {
    filter.sessionMetadata.contains { identityKeys.contains(where: $0.key.isExactly) }
  }
}
