// The state of an agent: its events in id order.

enum AgentFold {
  /// - Parameters:
  ///   - events: of this agent, in any order; one id counts once.
  ///   - lastActive: time of the newest record that it wrote.
  /// - Returns: nil where it was never seen, or was removed and not seen since.
  static func fold(_ id: String, events: [Event], lastActive: Timestamp?) -> Agent? {
    var state: Agent?
    /// What it was, also while it is removed: whoever comes back is the same one.
    var last: Agent?
    var newest = lastActive
    for event in SessionFold.ordered(events) {
      newest = max(newest ?? event.time, event.time)
      switch event.change {
      case .firstUsed(let name):
        state =
          state
          ?? Agent(
            id: id, name: last?.name ?? name, description: last?.description, config: last?.config,
            createdAt: last?.createdAt ?? event.time, lastActiveAt: nil, isRegistered: false)
      case .registered(let name, let description, let config):
        state = Agent(
          id: id, name: name, description: description, config: config,
          createdAt: last?.createdAt ?? event.time, lastActiveAt: nil, isRegistered: true)
      case .removed: state = nil
      case .opened, .metadata, .closed, .reopened, .unknown: break
      }
      last = state ?? last
    }
    return state.map {
      Agent(
        id: id, name: $0.name, description: $0.description, config: $0.config,
        createdAt: $0.createdAt, lastActiveAt: newest, isRegistered: $0.isRegistered)
    }
  }
}
