// What was rejected or retracted, and who says it again: known by what is said and about whom, not by an id.

/// About whom a record is. What is rejected there is rejected there only.
struct RecordScope: Sendable {
  let session: SessionID?
  /// Who recorded it, where it is in no session and about nobody.
  let agent: ExactText?
  /// Values of the identity keys, of its session or its own, in the order of the configuration.
  let identity: [(key: String, text: String)]

  /// - Parameter metadata: of its session; of a record outside any, its own.
  init(_ memory: Memory, _ metadata: [JSON.Member], keys: [String]) {
    session = memory.session
    identity = keys.compactMap { key in
      metadata.first { $0.isNamed(key) }?.value.scalarText
        .flatMap { $0.isEmpty ? nil : (key, $0) }
    }
    agent = session == nil && identity.isEmpty ? ExactText(memory.agent) : nil
  }

  /// One session, or one customer: of the keys that both have, the first decides.
  func isTogether(with other: RecordScope) -> Bool {
    if let session, session == other.session { return true }
    if let agent { return agent == other.agent }
    for (key, text) in identity {
      guard let theirs = other.identity.first(where: { $0.key == key })?.text else { continue }
      return IdentityForm.of(key, text) == IdentityForm.of(key, theirs)
    }
    return false
  }
}

/// A record that somebody rejected or retracted.
public struct Denial: Hashable, Sendable {
  let record: RecordID
  /// By whom, and why.
  let review: Review
}

/// What somebody rejected or retracted, by what it says.
struct Denials: Sendable {
  private struct Entry {
    let denial: Denial
    let scope: RecordScope
    /// What said the same and was left in sight.
    let leaves: Set<RecordID>
  }

  private var entries: [Entry] = []
  private var places: [[UInt8]: [Int]] = [:]

  var isEmpty: Bool { entries.isEmpty }

  /// Leaves out what nobody denies.
  mutating func add(_ memory: Memory, _ outcome: ReviewOutcome, _ scope: RecordScope) {
    guard let denial = outcome.denial, let form = SaidForm(memory.content) else { return }
    for key in Set([form.flat, form.sorted]) { places[key, default: []].append(entries.count) }
    entries.append(
      Entry(
        denial: Denial(record: memory.id, review: denial.review), scope: scope,
        leaves: denial.leaves))
  }

  /// What this says again; of several the one that was denied last.
  func denial(of memory: Memory, in scope: () throws -> RecordScope) rethrows -> Denial? {
    guard let form = SaidForm(memory.content) else { return nil }
    let found = Set((places[form.flat] ?? []) + (places[form.sorted] ?? []))
    if found.isEmpty { return nil }
    let own = try scope()
    return found.map { entries[$0] }.filter {
      $0.denial.record != memory.id && !$0.leaves.contains(memory.id)
        && $0.scope.isTogether(with: own)
    }.map(\.denial).max { $0.review.id < $1.review.id }
  }
}

extension ReviewOutcome {
  /// What holds for whatever says the same: a rejection is of what is said, and so is a retraction that gives a reason, but for
  /// what stood beside it. A retraction without one takes a record away, and says nothing of what it said.
  fileprivate var denial: (review: Review, leaves: Set<RecordID>)? {
    if let verdict, verdict.word == .rejected { return (verdict, []) }
    guard isRetracted else { return nil }
    let reasoned = sights.filter(\.denies)
    guard let newest = reasoned.max(by: { $0.id < $1.id }) else { return nil }
    let leaves = reasoned.dropFirst().reduce(Set(reasoned[0].leaves)) {
      $0.intersection($1.leaves)
    }
    return (newest, leaves)
  }
}
