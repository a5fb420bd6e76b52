// Records out of lines: one id counts once, and of two lines with one id the smaller bytes count.

/// Collects what files and the journal hold, until it is folded.
struct Gathering {
  private var foundEvents: [Found<Event>] = []
  private var foundMemories: [Found<Memory>] = []
  private var foundReviews: [Found<Review>] = []
  private var sources: [[UInt8]] = []

  private struct Found<Value> {
    let id: RecordID
    let value: Value
    /// Kept only to decide between two lines with one id.
    let source: Int
    let range: Range<Int>
  }

  /// Reads every record of a file; what is no record is passed over (`check` reports it).
  mutating func add(_ bytes: [UInt8]) {
    let source = sources.count
    sources.append(bytes)
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        switch line.record() {
        case .memory(let memory):
          foundMemories.append(
            Found(id: memory.id, value: memory, source: source, range: line.range))
        case .event(let event):
          foundEvents.append(Found(id: event.id, value: event, source: source, range: line.range))
        case .review(let review):
          foundReviews.append(
            Found(id: review.id, value: review, source: source, range: line.range))
        case .unknown, .invalid: break
        }
      }
    }
  }

  /// In id order, one id once.
  func memories() -> [Memory] { distinct(foundMemories) }

  /// In id order, one id once.
  func events() -> [Event] { distinct(foundEvents) }

  /// In id order, one id once.
  func reviews() -> [Review] { distinct(foundReviews) }

  /// Of the lines that are read as these memories.
  func fingerprints(of wanted: Set<RecordID>) -> [RecordID: String] {
    wanted.isEmpty ? [:] : lines(where: wanted.contains).mapValues { LineFingerprint.of($0) }
  }

  /// Of the line that is read as each memory, as segments have them.
  func digests() -> [RecordID: UInt32] {
    lines { _ in true }.mapValues { CatalogHash.of(line: $0) }
  }

  private func lines(where isWanted: (RecordID) -> Bool) -> [RecordID: ArraySlice<UInt8>] {
    var lines: [RecordID: ArraySlice<UInt8>] = [:]
    for found in foundMemories where isWanted(found.id) {
      let bytes = bytes(of: found)
      if let known = lines[found.id], !bytes.lexicographicallyPrecedes(known) { continue }
      lines[found.id] = bytes
    }
    return lines
  }

  /// Memories of whose id there are lines with different bytes.
  func contested() -> Set<RecordID> {
    if isAscending(foundMemories) { return [] }
    let sorted = foundMemories.sorted { $0.id < $1.id }
    var contested: Set<RecordID> = []
    for (one, other) in zip(sorted, sorted.dropFirst())
    where one.id == other.id && bytes(of: one) != bytes(of: other) {
      contested.insert(one.id)
    }
    return contested
  }

  /// The common case: one file, or files of one after the other.
  private func isAscending<Value>(_ found: [Found<Value>]) -> Bool {
    zip(found, found.dropFirst()).allSatisfy { $0.id < $1.id }
  }

  private func distinct<Value>(_ found: [Found<Value>]) -> [Value] {
    if isAscending(found) { return found.map(\.value) }
    let sorted = found.sorted {
      $0.id != $1.id ? $0.id < $1.id : bytes(of: $0).lexicographicallyPrecedes(bytes(of: $1))
    }
    var result: [Value] = []
    result.reserveCapacity(sorted.count)
    var last: RecordID?
    for found in sorted where found.id != last {
      result.append(found.value)
      last = found.id
    }
    return result
  }

  private func bytes<Value>(of found: Found<Value>) -> ArraySlice<UInt8> {
    sources[found.source][found.range]
  }
}
