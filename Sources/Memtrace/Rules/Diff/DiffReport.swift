// A difference as a reviewer reads it: by customer, decisions first, and on top what somebody should look at.

struct DiffReport {
  /// Something that needs a person's eye.
  struct Warning: Hashable {
    enum Kind: String {
      case pending, policy, review, changed, removed, configuration
    }

    let kind: Kind
    let record: RecordID?
    let text: String
    /// The line that it is about, where that is not the record's own.
    var line: RecordID? = nil
  }

  /// One record with what is to be said of it.
  struct Entry {
    let change: RecordDiff.Change
    let state: RecordState
    /// What it corrects, where that is known.
    let corrects: Memory?
    var warnings: [Warning]

    var memory: Memory { change.memory }
    var isDecision: Bool { memory.kind == .decision }
    /// It does not count, and nobody is asked whether it should.
    var isDenied: Bool { state != .stands && !state.isPending }
  }

  struct Customer {
    /// Nil for what is about nobody in particular.
    let identity: String?
    var sessions: [SessionID] = []
    var entries: [Entry] = []
    var reviews: [Review] = []

    fileprivate var hasWarnings: Bool { entries.contains { !$0.warnings.isEmpty } }
    fileprivate var hasDecisions: Bool {
      entries.contains { $0.isDecision && $0.change.kind != .removed }
    }

    var warnings: [Warning] { entries.flatMap(\.warnings) }
    /// Added or changed, decisions before memories.
    var decisions: [Entry] { entries.filter { $0.isDecision && $0.change.kind != .removed } }
    var memories: [Entry] { entries.filter { !$0.isDecision && $0.change.kind != .removed } }
    var removed: [Entry] { entries.filter { $0.change.kind == .removed } }
  }

  /// Those with something to look at first, then those with decisions, then by name.
  private(set) var customers: [Customer] = []
  /// Of the repository as a whole.
  var general: [Warning] = []

  var warnings: [Warning] { general + customers.flatMap(\.warnings) }

  /// - Parameters:
  ///   - identify: who a session is about.
  ///   - standing: of all records of the difference.
  ///   - asked: records that were ever asked a verdict for, or given one.
  ///   - find: a record, wherever it is.
  init(
    _ diff: RecordDiff, policy: ReviewPolicy, standing: Standing,
    authors: [RecordID: String] = [:], asked: Set<RecordID>,
    identify: (SessionID) throws -> String?, find: (RecordID) throws -> Memory?
  ) throws {
    var groups: [String?: Customer] = [:]
    var identities: [SessionID: String?] = [:]
    func note(_ session: SessionID?, _ change: (inout Customer) -> Void) throws {
      var identity: String?
      if let session {
        if let known = identities[session] {
          identity = known
        } else {
          identity = try identify(session)
          identities[session] = .some(identity)
          groups[identity, default: Customer(identity: identity)].sessions.append(session)
        }
      }
      change(&groups[identity, default: Customer(identity: identity)])
    }
    for change in diff.changes {
      let memory = change.memory
      let state = change.kind == .removed ? .stands : standing[memory.id]
      let corrected = try memory.corrects.flatMap(find)
      let entry = Entry(
        change: change, state: state, corrects: corrected,
        warnings: Self.warnings(
          change, state, policy.rule(for: memory, correcting: corrected, by: nil),
          isAsked: asked.contains(memory.id), by: authors[memory.id]))
      try note(memory.session) { $0.entries.append(entry) }
    }
    for review in diff.reviews where review.reviewer != "policy" {
      try note(review.session) { $0.reviews.append(review) }
      if let warning = Self.warning(review, policy, try find(review.record)) {
        general.append(warning)
      }
    }
    for edit in diff.edits {
      general.append(Self.warning(edit, by: authors[edit.before.id]))
    }
    let ranked = groups.values.map { customer in
      (rank: customer.hasWarnings ? 0 : customer.hasDecisions ? 1 : 2, customer)
    }
    customers =
      ranked.sorted { a, b in
        let names = (a.1.identity ?? "\u{10FFFF}", b.1.identity ?? "\u{10FFFF}")
        return a.rank != b.rank ? a.rank < b.rank : names.0 < names.1
      }
      .map(\.1)
  }

  private static func warnings(
    _ change: RecordDiff.Change, _ state: RecordState, _ rule: ReviewPolicy.Rule?, isAsked: Bool,
    by author: String?
  ) -> [Warning] {
    let by = author.map { " by \($0)" } ?? ""
    let id = change.memory.id
    var warnings: [Warning] = []
    switch change.kind {
    case .added: break
    case .changed(let before):
      let was = LineDifference.text(from: fields(before), to: fields(change.memory))
      warnings.append(
        Warning(kind: .changed, record: id, text: "changed by hand\(by); \(was)"))
    case .removed: warnings.append(Warning(kind: .removed, record: id, text: "removed\(by)"))
    }
    if let why = state.waitsFor {
      warnings.append(Warning(kind: .pending, record: id, text: "pending: \(why)"))
    } else if change.kind == .added, !isAsked, let rule {
      warnings.append(
        Warning(kind: .policy, record: id, text: "nobody was asked for a verdict: \(rule.text)"))
    }
    return warnings
  }

  private static func fields(_ memory: Memory) -> [JSON.Member] {
    var line: [UInt8] = []
    memory.appendLine(to: &line)
    return LineDifference.fields(line)
  }

  /// A review or an event that a hand has changed or taken out.
  private static func warning(_ edit: RecordDiff.Edit, by author: String?) -> Warning {
    let by = author.map { " by \($0)" } ?? ""
    let what =
      edit.after.map {
        "changed by hand\(by); "
          + LineDifference.text(from: edit.before.fields, to: $0.fields)
      } ?? "removed\(by)"
    switch edit.before {
    case .review(let review):
      return Warning(
        kind: .review, record: review.record,
        text: "a review (\(review.reviewer): \(review.word.rawValue)) was \(what)", line: review.id)
    case .event(let event):
      let place =
        switch event.subject {
        case .session(let id): id.description
        case .agent(let id): id
        }
      let name = edit.before.fields.first { $0.key == "event" }?.value.string ?? "event"
      return Warning(
        kind: edit.after == nil ? .removed : .changed, record: nil,
        text: "\(place): its line of \(name) was \(what)", line: event.id)
    }
  }

  /// A verdict that a writer would have refused.
  private static func warning(
    _ review: Review, _ policy: ReviewPolicy, _ memory: Memory?
  ) -> Warning? {
    guard review.word == .approved else { return nil }
    if !policy.mayReview(review.reviewer) {
      return Warning(
        kind: .review, record: review.record,
        text: "approved by \(review.reviewer), who is not among the reviewers")
    }
    guard let memory, memory.agent.isExactly(review.reviewer) else { return nil }
    return Warning(
      kind: .review, record: review.record,
      text: "approved by \(review.reviewer), who recorded it")
  }

  /// What is new, of whomever.
  var added: [RecordID] {
    customers.flatMap(\.entries).filter { $0.change.kind == .added }.map(\.memory.id)
  }

  /// `1 customer, 1 decision, 1 memory, 1 to look at`
  var totals: [(key: String, count: Int)] {
    [
      ("customers", customers.count { $0.identity != nil }),
      ("sessions", Set(customers.flatMap(\.sessions)).count),
      ("decisions", customers.reduce(0) { $0 + $1.decisions.count }),
      ("memories", customers.reduce(0) { $0 + $1.memories.count }),
      ("removed", customers.reduce(0) { $0 + $1.removed.count }),
      ("reviews", customers.reduce(0) { $0 + $1.reviews.count }),
      ("warnings", warnings.count),
    ]
  }
}
