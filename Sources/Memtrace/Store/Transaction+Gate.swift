// The choke point: no text of a verb becomes a line without having been looked at.

extension Transaction {
  /// - Throws: `invalid` with the field of each text that is refused.
  func passed<Value>(_ body: (Gate, [String], inout GatePassage) -> Value) throws -> Value {
    var passage = GatePassage()
    let value = body(configuration.gate, configuration.identityKeys, &passage)
    try passage.finish()
    masked.formUnion(passage.masked)
    return value
  }

  func passed(_ change: Event.Change) throws -> Event.Change {
    try passed { change.passed($0, identityKeys: $1, &$2) }
  }
}
