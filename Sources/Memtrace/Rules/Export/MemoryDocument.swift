// Memories as a document in Markdown that a person can read, or be handed: everything that is held about them.

/// By customer, session and time. Nothing in the text of others is markup.
struct MemoryDocument {
  let organisation: String
  let now: Timestamp
  /// Each with all of its records; only those in `memories` are told.
  let sessions: [SessionRecords]
  /// In id order, those outside sessions too.
  let memories: [Memory]
  /// Of these memories.
  let reviews: [Review]
  let standing: Standing
  /// Of the agents of all that.
  let names: AgentNames
  /// By which customers are told apart.
  let keys: [String]

  var text: String {
    let bySession = Dictionary(grouping: memories, by: \.session)
    var lines = [
      "# What \(escaped(organisation)) holds in memory", "",
      "\(amount(sessions.count, "session")), \(amount(memories.count, "record")). Made on \(day(now)) at \(clock(now)) UTC.",
    ]
    let customers = Dictionary(grouping: sessions) { $0.session.metadata.customer(keys) }
    for name in customers.keys.compactMap(\.self).sorted() + (customers[nil] == nil ? [] : [nil]) {
      lines += ["", "## " + (name.map(escaped) ?? "No customer named")]
      for session in customers[name] ?? [] {
        lines += told(session, bySession[session.session.id] ?? [])
      }
    }
    if let outside = bySession[nil], !outside.isEmpty {
      lines += ["", "## Outside any session"]
      lines += outside.flatMap(told)
    }
    return lines.joined(separator: "\n")
  }

  private func told(_ records: SessionRecords, _ memories: [Memory]) -> [String] {
    let session = records.session
    var lines = [
      "", "### \(day(session.createdAt)): session `\(session.id)`", "",
      "\(session.status == .active ? "Open" : "Closed"), begun by \(escaped(names[session.agent])).",
    ]
    if !session.metadata.isEmpty {
      lines += ["", "| | |", "|---|---|"]
      lines += session.metadata.map { member in
        let value = member.value.scalarText ?? String(decoding: member.value.bytes, as: UTF8.self)
        return "| \(escaped(member.key)) | \(escaped(value)) |"
      }
    }
    let parts: [(id: RecordID, lines: [String])] =
      memories.map { ($0.id, told($0)) } + records.events.map { ($0.id, told($0)) }
    return lines + parts.sorted { $0.id < $1.id }.flatMap(\.lines)
  }

  private func told(_ event: Event) -> [String] {
    // That it was opened, and with what, stands above.
    if case .opened = event.change { return [] }
    guard let sentence = event.sentence(names) else { return [] }
    return ["", "*\(day(event.time)) \(clock(event.time))* — \(escaped(sentence))"]
  }

  private func told(_ memory: Memory) -> [String] {
    let state = standing[memory.id]
    let kind = memory.kind == .decision ? "decision" : "memory"
    var head =
      "**\(day(memory.time)) \(clock(memory.time))** · \(escaped(names[memory.agent])) · \(kind)"
    if memory.eventType != memory.kind.eventType { head += " · \(escaped(memory.eventType))" }
    if !memory.tags.isEmpty { head += " · " + memory.tags.map(escaped).joined(separator: ", ") }
    head += " · `\(memory.id)`"
    var lines = ["", head, ""] + quoted(memory.content)
    if let reasoning = memory.reasoning { lines += [">"] + quoted("Because: " + reasoning) }
    if let metadata = memory.metadata?.json.members, !metadata.isEmpty {
      let text = metadata.map { member in
        let value = member.value.scalarText ?? String(decoding: member.value.bytes, as: UTF8.self)
        return "\(member.key): \(value)"
      }
      lines += [">"] + quoted(text.joined(separator: "; "))
    }
    if state != .stands { lines += ["", "*Does not count: \(escaped(state.text)).*"] }
    for review in reviews where review.record == memory.id {
      let reason = review.reason.map { ": \(escaped($0))" } ?? ""
      lines += [
        "", "*\(day(review.time)) \(escaped(review.authors)) — \(review.word.rawValue)\(reason)*",
      ]
    }
    return lines
  }

  /// Line by line, so that an e-mail keeps its form.
  private func quoted(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let line = escaped(String(line))
      return line.isEmpty ? ">" : "> \(line)  "
    }
  }

  private func escaped(_ text: String) -> String { DiffReport.escaped(text) }
  private func day(_ time: Timestamp) -> String { String(time.description.prefix(10)) }
  private func clock(_ time: Timestamp) -> String {
    String(time.description.dropFirst(11).prefix(5))
  }
}
