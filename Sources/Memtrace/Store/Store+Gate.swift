// What lines that are there hold of what the gate would not let in.

extension Store {
  /// How many lines do.
  func heldLines() throws -> Int {
    let (gate, keys) = (configuration.gate, configuration.identityKeys)
    var count = 0
    try eachRecordFile { _, _, bytes in
      bytes.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          if line.record().holdsSomething(gate, identityKeys: keys) { count += 1 }
        }
      }
    }
    return count
  }
}

extension Record {
  /// Whether the gate would mask or refuse some of it.
  func holdsSomething(_ gate: Gate, identityKeys: [String]) -> Bool {
    switch self {
    case .memory(let memory): !memory.findings(gate, identityKeys: identityKeys).isEmpty
    case .event(let event): !event.findings(gate, identityKeys: identityKeys).isEmpty
    default: false
    }
  }
}
