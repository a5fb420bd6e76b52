// Finds the first record of each session, without holding the sessions' ids a second time.

/// A hash table with open addressing that holds numbers of records alone: the ids are those of the memories, which
/// every call is given. 16 to 32 bytes a session.
struct SessionHeads: Sendable {
  /// The upper half of the id's hash, which spares most looks at other sessions, and a record; less than 0 for none.
  private struct Slot {
    var hash: UInt32 = 0
    var record: Int32 = -1
  }

  /// A power of two of them, at least half of them free.
  private var slots = Array(repeating: Slot(), count: 16)
  private var count = 0

  /// Takes the record for the first one of its session, if none was noted before.
  mutating func note(_ record: Int, _ memories: [Memory]) {
    guard let session = memories[record].session else { return }
    let (slot, hash) = slot(of: session, memories)
    guard slots[slot].record < 0 else { return }
    slots[slot] = Slot(hash: hash, record: Int32(record))
    count += 1
    guard count * 2 > slots.count else { return }
    let old = slots
    slots = Array(repeating: Slot(), count: old.count * 2)
    for entry in old where entry.record >= 0 {
      slots[self.slot(of: memories[Int(entry.record)].session!, memories).slot] = entry
    }
  }

  func head(of session: SessionID, _ memories: [Memory]) -> Int? {
    let record = slots[slot(of: session, memories).slot].record
    return record < 0 ? nil : Int(record)
  }

  /// Where the session is, or would be.
  private func slot(of session: SessionID, _ memories: [Memory]) -> (slot: Int, hash: UInt32) {
    let whole = session.hashValue
    let hash = UInt32(truncatingIfNeeded: whole >> 32)
    var slot = whole & (slots.count - 1)
    while slots[slot].record >= 0 {
      if slots[slot].hash == hash, memories[Int(slots[slot].record)].session == session { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return (slot, hash)
  }
}
