// The records at both ends of a difference.

internal import Git

/// The older ones are opened only where something is asked that the newer ones do not know.
final class DiffEnds {
  let new: Catalog
  private let store: Store
  private let old: ObjectID?
  private var openOld: Catalog?

  init(_ range: DiffRange, in call: Call) throws {
    let store = try call.store()
    (self.store, old) = (store, range.old)
    let head = try store.repository().head().commit
    new =
      try range.new == head
      ? call.records() : range.new.map { try store.records(at: $0.description) } ?? call.records()
  }

  /// As it is at the end, or was at the beginning where it is gone.
  func session(_ id: SessionID) throws -> Session? {
    try new.standing(of: id)?.session ?? before(id)
  }

  /// As it was at the beginning.
  func before(_ id: SessionID) throws -> Session? {
    guard let old else { return nil }
    let catalog = try openOld ?? store.records(at: old.description)
    openOld = catalog
    return try catalog.standing(of: id)?.session
  }

  /// Whether the session meets the conditions at the end, or an edited one did at the beginning.
  func meets(_ conditions: [JSON.Member], _ id: SessionID?, isEdited: Bool = false) throws -> Bool {
    if conditions.isEmpty { return true }
    guard let id, let session = try session(id) else { return false }
    if MemoryFilter.matches(conditions, session.metadata) { return true }
    return try isEdited
      && before(id).map { MemoryFilter.matches(conditions, $0.metadata) } == true
  }
}
