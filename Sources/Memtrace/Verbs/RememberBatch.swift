// remember batch: several memories, all or none. A front's verb: the command line has `import`.

/// A batch of up to 1,000 memories as the contract's `{"memories": […]}`.
public struct RememberBatch {
  static let field = Field("memories", .list, required: true, "the memories, all or none")
  private let drafts: [MemoryDraft]

  /// Notes the faults of every memory, each with its place.
  public init(_ input: inout Input) {
    guard let items = input.value("memories")?.array, (1...Limits.batch).contains(items.count)
    else {
      input.fault("memories", "must be a list of 1 to \(Limits.batch) memories")
      drafts = []
      return
    }
    drafts = items.enumerated().map { index, item in
      var each = Input(
        item, of: Remember.description.fields, now: input.now, prefix: "memories[\(index)].")
      let draft = MemoryDraft(memory: &each)
      draft.checkParent(&each)
      input.add(each.faults)
      return draft
    }
  }

  public func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    try refuseRepeats()
    let written = try store.write { transaction in
      try drafts.enumerated().map { index, draft in
        do {
          if let hint = try draft.hint(beside: transaction.records, in: call) {
            call.note("memories[\(index)]: \(hint)")
          }
          let memory = try transaction.remember(draft)
          return (memory, try transaction.state(of: memory))
        } catch let error as MemtraceError where drafts.count > 1 {
          // All of it was stored before: sent again, it is as one that is.
          if error.existing != nil, index == 0, try drafts.allSatisfy(transaction.isKnown) {
            throw error
          }
          throw error.ofRow("memories[\(index)]", draft)
        }
      }
    }.value
    let waiting = written.count { $0.1.isPending }
    if waiting > 0 {
      call.note(
        "\(waiting) of \(amount(written.count, "record")) wait for a verdict and count nowhere until then; memtrace review list"
      )
    }
    return BatchAnswer(
      list: MemoryList(
        memories: written.map(\.0),
        standing: Standing(written.filter { $0.1 != .stands }.map { ($0.0.id, $0.1) }),
        hasMore: nil, organisation: store.configuration.organisation))
  }

  /// A key that comes twice within the batch: there is no first record to name, for nothing of it is stored.
  private func refuseRepeats() throws {
    var places: [[String?]: Int] = [:]
    let faults = drafts.enumerated().compactMap { index, draft -> MemtraceError.Fault? in
      guard let key = draft.dedupKey else { return nil }
      let whose = [key, draft.agent.id, draft.session?.description]
      guard let first = places[whose] else {
        places[whose] = index
        return nil
      }
      return .init("memories[\(index)].dedup_key", "is that of memories[\(first)]")
    }
    guard faults.isEmpty else {
      throw MemtraceError(
        .conflict, "duplicate memory", hint: "nothing of this batch was stored", faults: faults)
    }
  }
}

extension MemtraceError {
  /// Of one among several: which, and that none of them was stored. An id would say that all of them are stored already.
  fileprivate func ofRow(_ row: String, _ draft: MemoryDraft) -> MemtraceError {
    if kind == .invalid { return prefixed(row + ".") }
    let fault: Fault? =
      switch kind {
      case .conflict:
        Fault("\(row).dedup_key", existing.map { "is that of \($0)" } ?? hint ?? message)
      case .notFound where message == MemtraceError.noSessionHere:
        Fault(
          "\(row).session_id",
          "there is no session '\(draft.session?.description.prefix(64) ?? "")'")
      case .notFound: Fault("\(row).parent_id", message)
      default: nil
      }
    guard let fault else { return self }
    return MemtraceError(
      kind, message, hint: "nothing of this batch was stored", faults: faults + [fault])
  }
}

/// The memories as JSON; of a batch from the command line only their ids, in the order of the lines.
private struct BatchAnswer: Answer {
  let list: MemoryList

  func write(to json: inout JSONWriter) { list.write(to: &json) }

  var display: Display {
    .raw(Array(list.memories.map(\.id.description).joined(separator: "\n").utf8))
  }
}

extension VerbTable {
  /// `remember` of one memory, or of several where the input has `memories`.
  public static func remember(_ json: JSON, in call: Call) throws -> any Answer {
    // A null is a field left out.
    let isBatch = (json["memories"] ?? .null) != .null
    guard isBatch else {
      let one = json.members.map { JSON.object($0.filter { $0.key != "memories" }) }
      return try perform("remember", one ?? json, in: call)
    }
    var fields = Input(json, of: [RememberBatch.field], now: call.world.now())
    let batch = RememberBatch(&fields)
    try fields.finish()
    return try answer(in: call) { try batch.run(in: call) }
  }
}
