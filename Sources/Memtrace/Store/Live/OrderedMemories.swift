// Memories in the order of their ids, for lists that grow at the end and are copied while they do.

/// Memories in id order, in chunks: a copy shares all but the chunk that grows.
struct OrderedMemories: Sendable {
  private var chunks: [[Memory]] = []
  private(set) var count = 0
  private static let chunkSize = 512

  init() {}

  /// - Parameter memories: in id order.
  init(inOrder memories: [Memory]) {
    chunks = memories.isEmpty ? [] : [memories]
    count = memories.count
  }

  var last: Memory? { chunks.last?.last }

  /// All in one array.
  var memories: [Memory] {
    var memories: [Memory] = []
    memories.reserveCapacity(count)
    for chunk in chunks { memories += chunk }
    return memories
  }

  /// - Returns: false where the id is there already.
  @discardableResult
  mutating func insert(_ memory: Memory) -> Bool {
    guard let last else {
      chunks = [[memory]]
      count = 1
      return true
    }
    if last.id < memory.id {
      if chunks[chunks.count - 1].count >= Self.chunkSize {
        chunks.append([memory])
      } else {
        chunks[chunks.count - 1].append(memory)
      }
      count += 1
      return true
    }
    let chunk = chunk(of: memory.id)
    let place = chunks[chunk].firstPlace { $0.id >= memory.id }
    if place < chunks[chunk].count, chunks[chunk][place].id == memory.id { return false }
    chunks[chunk].insert(memory, at: place)
    count += 1
    if chunks[chunk].count > 2 * Self.chunkSize {
      let half = Array(chunks[chunk][Self.chunkSize...])
      chunks[chunk].removeSubrange(Self.chunkSize...)
      chunks.insert(half, at: chunk + 1)
    }
    return true
  }

  mutating func remove(_ id: RecordID) {
    guard !chunks.isEmpty else { return }
    let chunk = chunk(of: id)
    let place = chunks[chunk].firstPlace { $0.id >= id }
    guard place < chunks[chunk].count, chunks[chunk][place].id == id else { return }
    chunks[chunk].remove(at: place)
    count -= 1
    if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
  }

  func find(_ id: RecordID) -> Memory? {
    guard !chunks.isEmpty else { return nil }
    let chunk = chunks[chunk(of: id)]
    let place = chunk.firstPlace { $0.id >= id }
    return place < chunk.count && chunk[place].id == id ? chunk[place] : nil
  }

  /// The ids before and after this one, and itself, as far as they are there.
  func neighbours(of id: RecordID) -> [RecordID] {
    guard !chunks.isEmpty else { return [] }
    let at = chunk(of: id)
    let near = chunks[at]
    let ids = near.indices.neighbours { near[$0].id >= id }.map { near[$0].id }
    let next = at + 1 < chunks.count ? chunks[at + 1].first : nil
    return ids + (next.map { [$0.id] } ?? [])
  }

  /// Calls `body` in order until it returns false.
  /// - Parameters:
  ///   - since: milliseconds of the ids, inclusive.
  ///   - until: not inclusive.
  func visit(
    since: Int64?, until: Int64?, descending: Bool, _ body: (Memory) -> Bool
  ) {
    func isBefore(_ memory: Memory) -> Bool {
      since.map { memory.id.ulid.milliseconds < $0 } ?? false
    }
    func isAfter(_ memory: Memory) -> Bool {
      until.map { memory.id.ulid.milliseconds >= $0 } ?? false
    }
    let first = since == nil ? 0 : chunks.firstPlace { !isBefore($0[$0.count - 1]) }
    let end = until == nil ? chunks.count : chunks.firstPlace { isAfter($0[0]) }
    guard first < end else { return }
    for step in first..<end {
      let chunk = chunks[descending ? end - 1 - (step - first) : step]
      for place in chunk.indices {
        let memory = chunk[descending ? chunk.count - 1 - place : place]
        if isBefore(memory) || isAfter(memory) { continue }
        if !body(memory) { return }
      }
    }
  }

  /// The last chunk whose first id is not after this one.
  private func chunk(of id: RecordID) -> Int {
    max(0, chunks.firstPlace { $0[0].id > id } - 1)
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first place from which a condition holds to the end; it must not hold before.
  func firstPlace(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
