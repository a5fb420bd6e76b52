// What is held of one agent in memory, as its records come and go.

extension Overlay.AgentEntry {
  mutating func forget(_ memory: Memory) {
    memories.remove(memory.id)
    guard memory.time == lastMemory || memory.id.ulid == newest else { return }
    lastMemory = nil
    newest = (events.map(\.id.ulid) + reviews.map(\.id.ulid)).max()
    memories.visit(since: nil, until: nil, descending: false) { memory in
      lastMemory = max(lastMemory ?? memory.time, memory.time)
      if memory.session == nil { newest = max(newest ?? memory.id.ulid, memory.id.ulid) }
      return true
    }
  }

  /// The newest id outside any session whose time is before `limit`; nil where there is none.
  func newest(before limit: Timestamp) -> ULID? {
    guard let newest, newest.milliseconds >= limit.milliseconds else { return newest }
    // Some clock was off by more than a day.
    var found = events.map(\.id.ulid).filter { $0.milliseconds < limit.milliseconds }.max()
    memories.visit(since: nil, until: limit.milliseconds, descending: true) { memory in
      guard memory.session == nil else { return true }
      found = max(found ?? memory.id.ulid, memory.id.ulid)
      return false
    }
    return found
  }

  mutating func note(_ memory: Memory) {
    memories.insert(memory)
    lastMemory = max(lastMemory ?? memory.time, memory.time)
    if memory.session == nil { newest = max(newest ?? memory.id.ulid, memory.id.ulid) }
  }
}
