// What people read of a record, wherever it is listed.

extension Memory {
  /// Seconds since it was recorded.
  func age(at now: Timestamp) -> Int {
    max(0, Int(now.milliseconds - time.milliseconds) / 1_000)
  }

  /// What it says, a decision with its reason.
  var said: String { reasoning.map { "\(content), because: \($0)" } ?? content }
}

extension [JSON.Member] {
  /// The first of these keys that metadata has: who it is about.
  func customer(_ keys: [String]) -> String? {
    for key in keys {
      if let text = first(where: { $0.isNamed(key) })?.value.scalarText, !text.isEmpty {
        return text
      }
    }
    return nil
  }
}

extension Memory {
  /// With its state where it does not stand, and a word where it is a decision.
  func told(_ state: RecordState) -> String {
    let mark = state == .stands ? "" : "[\(state.text)] "
    return mark + (kind == .decision ? "decided: " : "") + said
  }
}

extension Call {
  /// Who these records are about, where a person or a model looks: by the identity keys of their sessions.
  func customers(of memories: [Memory]) throws -> [SessionID: String] {
    guard isForPeople || isForModels else { return [:] }
    let store = try store()
    let records = try records()
    return try Set(memories.compactMap(\.session)).reduce(into: [:]) { found, id in
      found[id] = try records.standing(of: id)?.session.metadata
        .customer(store.configuration.identityKeys)
    }
  }
}

extension [SessionID: String] {
  /// Whom a record is about, as a member of its JSON.
  func write(of memory: Memory, to json: inout JSONWriter) {
    guard let customer = memory.session.flatMap({ self[$0] }) else { return }
    json.key("customer")
    json.string(customer)
  }

  func cell(of memory: Memory) -> Display.Cell {
    memory.session.flatMap { self[$0] }.map { .text($0) } ?? .none
  }
}
