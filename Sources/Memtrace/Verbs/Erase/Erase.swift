// erase: lines leave for good, everywhere, and nothing brings them back.

internal import Git

struct Erase: Verb {
  static let description = VerbDescription(
    name: "erase", group: "Repository", effect: .administers,
    summary: "erase records or one customer for good, on every clone, whatever comes later",
    fields: [
      Field(
        "record_ids", .list, positional: true,
        "ids of sessions, memories, decisions or events, or their beginnings; of an earlier erasure with --history"
      ),
      Field(
        "where", .object, alias: "metadata",
        "a key of the sessions' metadata and its value: everything about that customer"),
      Field(
        "older_than", .moment, "closed sessions whose last word is older: 180d, 52w"),
      Field("history", .flag, "also out of all of Git's history, here and on the remotes"),
      Field("reason", .text, "why; it stays, so it names nobody"),
      Field("dry_run", .flag, "say what would go, and change nothing"),
      Field("yes", .flag, "ask nothing on a terminal"),
    ],
    examples: [
      "memtrace erase --where customer_id=cust_31882 --dry-run",
      "memtrace erase mem_01K… --reason 'Art. 17 GDPR, request 2026-118'",
      "memtrace erase era_01K… --history",
    ])

  private let wish: EraseWish
  private let reason: String?
  private let isDryRun: Bool
  private let reachesHistory: Bool
  /// Earlier erasures, which shall reach into history.
  private let earlier: [RecordID]

  init(_ input: inout Input) {
    var wish = EraseWish()
    let names = input.list("record_ids")
    earlier = names.compactMap { RecordID($0) }.filter { $0.kind == .erasure }
    wish.names = names.filter { RecordID($0)?.kind != .erasure }
    reachesHistory = input.flag("history")
    if !earlier.isEmpty, !reachesHistory {
      input.fault("history", "is what an earlier erasure can still be given")
    }
    wish.conditions = input.conditions()
    wish.before = input.moment("older_than")
    wish.mayNameErased = reachesHistory
    reason = input.text("reason", characters: Limits.reason)
    isDryRun = input.flag("dry_run")
    _ = input.flag("yes")
    if names.isEmpty, wish.conditions.isEmpty, wish.before == nil, input.faults.isEmpty {
      input.fault("record_ids", "is required, or --where, or --older-than")
    }
    self.wish = wish
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let now = call.world.now()
    if isDryRun {
      let plan = try ErasePlan(wish, in: store, store.records(), now: now)
      var answer = EraseAnswer(plan: plan, isDryRun: true)
      if reachesHistory { answer.earlier = try allEarlier(store) }
      return answer
    }
    try store.completeWantedHistory(call.network)
    let reviewer = try call.reviewerName() ?? "unknown"
    var earlierLine = try earlierLine(store)
    let written = try store.write { transaction in
      let plan = try ErasePlan(wish, in: store, transaction.records, now: now)
      guard !plan.isEmpty else { return (plan, nil as RecordID?) }
      let id = transaction.erase(plan.line, by: reviewer, reason: reason)
      if reachesHistory { try store.wantHistory(id) }
      return (plan, id)
    }
    let (plan, id) = written.value
    var answer = EraseAnswer(plan: plan, isDryRun: false)
    answer.id = id
    answer.isCommitted = id == nil || written.isCommitted
    let named = try id.map { earlier + [$0] } ?? (reachesHistory ? allEarlier(store) : [])
    if named.isEmpty { return answer }
    answer.remotes = try send(call)
    guard reachesHistory else { return answer }
    earlierLine.add(plan.line)
    try reachHistory(earlierLine, named, by: reviewer, in: call, &answer)
    return answer
  }

  private func reachHistory(
    _ line: ErasureLine, _ erasures: [RecordID], by reviewer: String, in call: Call,
    _ answer: inout EraseAnswer
  ) throws {
    let store = try call.store()
    defer { try? store.forgetWantedHistory(erasures) }
    answer.history = try store.eraseHistory(
      line, by: reviewer, reason: reason,
      again: "memtrace erase \(erasures.map(\.description).joined(separator: " ")) --history",
      network: call.network
    ) { call.progress($0, $1, $2) }
    answer.earlier = Set(earlier + (answer.history?.earlier ?? [])).sorted()
    answer.hosts = try store.repository().remotes().map { HostNote.text($0.name, $0.url) }
  }

  /// What history gets rid of, besides what this erases: nobody wants the lines kept that it holds of them.
  private func allEarlier(_ store: Store) throws -> [RecordID] {
    _ = try earlierLine(store)
    return Set(try earlier + store.erasuresBesideHistory()).sorted()
  }

  private func earlierLine(_ store: Store) throws -> ErasureLine {
    var line = ErasureLine()
    guard !earlier.isEmpty else { return line }
    let known = try store.erasures()
    for id in earlier {
      guard let bytes = known.lines[id] else {
        throw MemtraceError(
          .notFound, "no erasure has the id \(id)", hint: "git grep -h era_ -- .memtrace")
      }
      line.add(ErasureLine(Erasures(reading: bytes)))
    }
    return line
  }

  /// Where a remote cannot be reached now, the next sync does it.
  private func send(_ call: Call) throws -> [EraseAnswer.Remote] {
    let store = try call.store()
    return try store.repository().remotes().map { remote in
      do {
        var request = SyncRequest(remote: remote.name)
        request.isOfErasure = true
        let report = try store.sync(request, network: call.network)
        if !report.isPushed, try Proposal.read(store)?.remote == remote.name {
          return .init(
            name: remote.name, isSent: false, trouble: "this clone proposes what it has",
            remedy: "memtrace propose")
        }
        return .init(name: remote.name, isSent: report.isPushed, trouble: nil)
      } catch let error as MemtraceError {
        return .init(name: remote.name, isSent: false, trouble: error.message)
      }
    }
  }
}
