// Which records count: the one place that decides it, from records alone, so that every clone and every front agrees.

/// Retracted, corrected, duplicate, rejected, pending, or none of it: the strongest word is the state. What
/// does not stand itself corrects nothing and is the first of no `dedup_key`.
public struct Standing: Sendable {
  /// Everything that does not stand.
  public private(set) var others: [RecordID: RecordState] = [:]

  public subscript(id: RecordID) -> RecordState { others[id] ?? .stands }

  public func stands(_ id: RecordID) -> Bool { others.isEmpty || others[id] == nil }

  /// Everything stands.
  init() {}

  /// As it is known already.
  init(_ others: [(RecordID, RecordState)]) {
    self.others = Dictionary(others) { first, _ in first }
  }

  /// - Parameters:
  ///   - memories: in any order, one id once; with all kin (`kin`), or the answer is about these alone.
  ///   - outcomes: of those that were reviewed.
  init(
    _ memories: some Sequence<Memory>, _ outcomes: [RecordID: ReviewOutcome] = [:]
  ) {
    var keyed: [KeyGroup: [RecordID]] = [:]
    var parents: [RecordID: RecordID] = [:]
    for memory in memories {
      if let state = outcomes[memory.id]?.state, state != .stands {
        others[memory.id] = state
      }
      if let parent = memory.corrects { parents[memory.id] = parent }
      if let group = KeyGroup(memory) { keyed[group, default: []].append(memory.id) }
    }
    var families = Families()
    for (id, parent) in parents { families.join(id, parent) }
    var firsts: [RecordID: RecordID] = [:]
    for group in keyed.values where group.count > 1 {
      let ids = group.sorted()
      for id in ids.dropFirst() { families.join(id, ids[0]) }
      guard let first = ids.first(where: { others[$0] == nil }) else { continue }
      // Who corrects says something new.
      for id in ids where id != first && parents[id] == nil { firsts[id] = first }
    }
    guard !parents.isEmpty || !firsts.isEmpty else { return }
    var members: [RecordID: [RecordID]] = [:]
    if !parents.isEmpty {
      for memory in memories where families.isMember(memory.id) {
        members[families.root(of: memory.id), default: []].append(memory.id)
      }
    }
    for (id, first) in firsts { demote(id, to: .duplicate(of: first)) }
    for family in members.values { judge(family, parents) }
  }

  /// Puts what another one says of these records in place of what this says of them.
  mutating func replace(_ ids: Set<RecordID>, by other: Standing) {
    for id in ids { others[id] = other.others[id] }
  }

  /// Of each family one record stands: the newest that nobody corrects; in a ring, the newest.
  private mutating func judge(_ family: [RecordID], _ parents: [RecordID: RecordID]) {
    let eligible = family.filter { others[$0] == nil }
    var corrected: Set<RecordID> = []
    // What corrects a correction takes its place, whatever became of that one.
    for id in eligible {
      var above = parents[id]
      while let parent = above, parent != id, corrected.insert(parent).inserted {
        above = parents[parent]
      }
    }
    let ends = eligible.filter { !corrected.contains($0) }
    guard let standing = (ends.isEmpty ? eligible : ends).max() else { return }
    for id in eligible where id != standing { others[id] = .corrected(by: standing) }
    for id in family where id != standing && corrected.contains(id) {
      demote(id, to: .corrected(by: standing))
    }
  }

  /// The stronger word stays.
  private mutating func demote(_ id: RecordID, to state: RecordState) {
    switch (others[id], state) {
    case (.retracted?, _), (.corrected?, _): break
    case (.duplicate?, .duplicate): break
    default: others[id] = state
    }
  }

  /// A retry has the agent, the session and the key of what it repeats.
  struct KeyGroup: Hashable {
    let key: ExactText
    let agent: String
    let session: SessionID?

    init?(_ memory: Memory) {
      guard let key = memory.dedupKey else { return nil }
      self.key = ExactText(key)
      agent = memory.agent
      session = memory.session
    }
  }

  /// Sets of records that grow together (Tarjan 1975).
  private struct Families {
    private var above: [RecordID: RecordID] = [:]
    private var members: Set<RecordID> = []

    func isMember(_ id: RecordID) -> Bool { members.contains(id) }

    mutating func root(of id: RecordID) -> RecordID {
      var root = id
      while let next = above[root] { root = next }
      var id = id
      while let next = above[id], next != root {
        above[id] = root
        id = next
      }
      return root
    }

    mutating func join(_ a: RecordID, _ b: RecordID) {
      members.insert(a)
      members.insert(b)
      let (a, b) = (root(of: a), root(of: b))
      if a != b { above[a] = b }
    }
  }
}

extension Memory {
  /// The event of a record that corrects its parent.
  static let correction = "correction"

  /// The record that this one corrects.
  var corrects: RecordID? {
    guard eventType == Self.correction, let parent = parent.flatMap({ RecordID($0) }), parent != id
    else { return nil }
    return parent
  }
}
