// Rows that have the id of a record that is there and say something else: they are named, and nothing is overwritten.

extension ImportPlan {
  /// A row whose record is there: as it says, or with other bytes.
  mutating func noteKnown(_ id: RecordID?, _ line: some Collection<UInt8>) {
    counts.known += 1
    guard let id, !knownLines.contains(Self.hash(of: line)) else { return }
    suspects.append((id, Array(line)))
  }

  static func hash(of line: some Collection<UInt8>) -> Int {
    var hasher = Hasher()
    for byte in line { hasher.combine(byte) }
    return hasher.finalize()
  }

  /// Tells apart, of the rows with other bytes, those that say the same. To be called once all rows are read.
  mutating func compareSuspects(with store: Store) throws {
    guard !suspects.isEmpty else { return }
    let wanted = Set(suspects.map(\.id))
    var there: [RecordID: [Memory]] = [:]
    func note(_ line: Line) {
      guard let id = line.id, wanted.contains(id), case .memory(let memory) = line.record() else {
        return
      }
      there[id, default: []].append(memory)
    }
    try store.eachRecordFile { _, _, bytes in
      bytes.withUnsafeBytes { buffer in scanLines(buffer) { note($0) } }
    }
    var different: Set<RecordID> = []
    for (id, line) in suspects where !different.contains(id) {
      line.withUnsafeBytes { buffer in
        scanLines(buffer) {
          if case .memory(let memory) = $0.record(), there[id]?.contains(memory) == true { return }
          different.insert(id)
        }
      }
    }
    counts.different = different.sorted()
    counts.known -= suspects.count { different.contains($0.id) }
    suspects = []
  }
}
