// Reviews, as a writer adds them: the verdicts of people, and the ones that the rules of the house ask for.

/// Who reviews.
struct Reviewer {
  /// Git's identity, or the name of a key.
  let name: String
  /// The agent that it speaks for, where it is one.
  let agent: AgentReference?
}

extension Transaction {
  /// Says something about a record.
  /// - Parameter earlier: what is said again by an undo.
  /// - Returns: nil where that holds already.
  /// - Throws: `forbidden` for somebody who may not.
  func review(
    _ memory: Memory, _ word: Review.Word, by reviewer: Reviewer, reason: String?,
    again earlier: Review? = nil, at time: Timestamp
  ) throws -> Review? {
    let outcome = try records.outcomes(of: [memory])[memory.id]
    try check(reviewer, word, of: memory, outcome)
    let known = (word.isAboutSight ? outcome?.sights : outcome?.verdicts) ?? []
    if known.count == 1, known[0].word == word { return nil }
    if word == .restored, outcome?.isRetracted != true { return nil }
    let reason = try passed { gate, _, passage in
      reason.map { gate.passed($0, "reason", &passage) }
    }
    let earlier = try earlier ?? saidBefore(memory, word, reason)
    let newest = ([memory.id.ulid] + known.map(\.id.ulid)).max()
    let review = Review(
      id: RecordID(.review, try draw(besides: memory, after: newest)), time: time,
      reviewer: reviewer.name, saidBy: earlier?.speaker, word: word, record: memory.id,
      of: try fingerprint(memory), reason: reason, after: known.map(\.id).sorted(),
      leaves: try earlier?.leaves
        ?? (word == .retracted && reason != nil
          ? Array(try records.saying(theSameAs: memory).suffix(1_000)) : []),
      session: memory.session, agent: memory.session == nil ? memory.agent : nil)
    stage(review)
    return review
  }

  /// What somebody who undoes by the reason alone, as the page does, says again.
  private func saidBefore(_ memory: Memory, _ word: Review.Word, _ reason: String?) throws
    -> Review?
  {
    guard let reason, Review.isUndo(reason), word != .restored else { return nil }
    return try records.reviews().last {
      $0.record == memory.id && $0.word == word
        && ($0.reason.map { $0 == reason || Review.undo(of: $0) == reason }
          ?? (reason == Review.undone))
    }
  }

  /// Asks for a verdict where the rules of the house do, beside a record that was just staged.
  func askForReview(of memory: Memory, _ line: [UInt8]) throws {
    guard !configuration.review.before.isEmpty else { return }
    let corrected = try memory.corrects.flatMap { try records.memory($0) }
    guard
      let rule = configuration.review.rule(for: memory, correcting: corrected, by: reviewer)
    else { return }
    stage(
      Review(
        id: RecordID(.review, try draw(besides: memory, after: memory.id.ulid)), time: memory.time,
        reviewer: "policy", word: .pending, record: memory.id,
        of: LineFingerprint.of(line.dropLast()), reason: rule.text, session: memory.session,
        agent: memory.session == nil ? memory.agent : nil))
  }

  /// Of a record that was staged here last or before other lines of its verb.
  func state(of memory: Memory) throws -> RecordState {
    var asked: Review?
    lines: for line in lines.reversed() {
      switch line.record {
      case .review(let review)? where review.record == memory.id:
        asked = review
        break lines
      case .memory(let other)? where other.id == memory.id: break lines
      default: continue
      }
    }
    return .waiting(asked, again: try records.saidAgain(among: [memory])[memory.id])
  }

  private func check(
    _ reviewer: Reviewer, _ word: Review.Word, of memory: Memory, _ outcome: ReviewOutcome?
  ) throws {
    let isOwn = reviewer.agent?.id == memory.agent || signer?.agent == memory.agent
    if word == .approved, isOwn || signer?.supervises == false {
      throw MemtraceError(
        .forbidden,
        isOwn
          ? "an agent does not approve what it recorded itself"
          : "a key that is bound to an agent approves nothing unless its scope is 'supervise'",
        hint: "somebody else approves it: memtrace review approve \(memory.id)")
    }
    if signer?.supervises == false {
      let isOwnRetraction = word != .restored || outcome?.sight?.reviewer == reviewer.name
      // To ask again what somebody has decided would take the decision back.
      let isJudged = word == .pending && outcome?.verdicts.contains { $0.word != .pending } == true
      guard isOwn, isOwnRetraction, !isJudged else {
        throw MemtraceError.onlySupervisors("reviews what others recorded or decided")
      }
      return
    }
    if word == .retracted, isOwn { return }
    guard configuration.review.mayReview(reviewer.name) else {
      throw MemtraceError(
        .forbidden, "'\(reviewer.name)' is not among the reviewers of this repository",
        hint: "memtrace review policy shows who is")
    }
  }
}

extension Transaction {
  /// Records what holds under the draft's key now: in place of the newest record with its agent, session and key, if
  /// there is one. The very same again is that one.
  func put(_ draft: MemoryDraft) throws -> (memory: Memory, isUpdate: Bool) {
    let known = try records.memories(
      dedupKey: draft.dedupKey ?? "", agent: draft.agent.id, session: draft.session
    ).filter { $0.session == draft.session }
    let standing = try records.standing(of: known)
    guard let last = known.last(where: { standing.stands($0.id) }) ?? known.last else {
      return (try remember(draft), false)
    }
    if standing.stands(last.id), draft.says(last) { return (last, true) }
    return (try remember(draft.correcting(last.id), mayRepeat: true), true)
  }
}

extension MemoryDraft {
  fileprivate func says(_ memory: Memory) -> Bool {
    kind == memory.kind && content.isExactly(memory.content)
      && reasoning.isExactly(memory.reasoning) && tags == memory.tags
      && importance == memory.importance && metadata == memory.metadata
  }
}
