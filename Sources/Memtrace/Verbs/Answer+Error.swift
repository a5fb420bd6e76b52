// An error as the contract's JSON.

extension MemtraceError {
  /// `{"error": …, "hint": …?, "id": …?, "faults": […]?}`
  public var json: JSON {
    var members: [JSON.Member] = [.init("error", .string(message))]
    if let hint { members.append(.init("hint", .string(hint))) }
    if let existing { members.append(.init("id", .string(existing))) }
    if !faults.isEmpty {
      let list = faults.map {
        JSON.object([.init("field", .string($0.field)), .init("problem", .string($0.problem))])
      }
      members.append(.init("faults", .array(list)))
    }
    return .object(members)
  }
}
