// erase: lines leave for good, everywhere, and nothing brings them back.

internal import Git

struct Erase: Verb {
  static let description = VerbDescription(
    name: "erase", group: "Repository",
    summary: "erase records or one customer for good, on every clone, whatever comes later",
    fields: [
      Field(
        "record_ids", .list, positional: true,
        "ids of sessions, memories, decisions or events, or their beginnings"),
      Field(
        "where", .object, alias: "metadata",
        "a key of the sessions' metadata and its value: everything about that customer"),
      Field(
        "older_than", .moment, "closed sessions whose last word is older: 180d, 52w"),
      Field("reason", .text, "why; it stays, so it names nobody"),
      Field("dry_run", .flag, "say what would go, and change nothing"),
      Field("yes", .flag, "ask nothing on a terminal"),
    ],
    examples: [
      "memtrace erase --where customer_id=cust_31882 --dry-run",
      "memtrace erase mem_01K… --reason 'Art. 17 GDPR, request 2026-118'",
    ])

  private let wish: EraseWish
  private let reason: String?
  private let isDryRun: Bool

  init(_ input: inout Input) {
    var wish = EraseWish()
    wish.names = input.list("record_ids")
    wish.conditions = input.conditions()
    wish.before = input.moment("older_than")
    reason = input.text("reason", bytes: 1...1_024)
    isDryRun = input.flag("dry_run")
    _ = input.flag("yes")
    if wish.names.isEmpty, wish.conditions.isEmpty, wish.before == nil, input.faults.isEmpty {
      input.fault("record_ids", "is required, or --where, or --older-than")
    }
    self.wish = wish
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let now = call.world.now()
    if isDryRun {
      let plan = try ErasePlan(wish, in: store, store.records(), now: now)
      return EraseAnswer(plan: plan, isDryRun: true)
    }
    let reviewer = try call.reviewerName() ?? "unknown"
    let written = try store.write { transaction in
      let plan = try ErasePlan(wish, in: store, transaction.records, now: now)
      guard !plan.isEmpty else { return (plan, nil as RecordID?) }
      return (plan, transaction.erase(plan.line, by: reviewer, reason: reason))
    }
    let (plan, id) = written.value
    guard let id else { return EraseAnswer(plan: plan, isDryRun: false) }
    var answer = EraseAnswer(plan: plan, isDryRun: false)
    answer.id = id
    answer.isCommitted = written.isCommitted
    answer.remotes = try send(call)
    return answer
  }

  /// Where a remote cannot be reached now, the next sync does it.
  private func send(_ call: Call) throws -> [EraseAnswer.Remote] {
    let store = try call.store()
    return try store.repository().remotes().map { remote in
      do {
        let report = try store.sync(SyncRequest(remote: remote.name), network: call.network)
        return .init(name: remote.name, isSent: report.isPushed, trouble: nil)
      } catch let error as MemtraceError {
        return .init(name: remote.name, isSent: false, trouble: error.message)
      }
    }
  }
}
