// What stands in for an argument that the model leaves out.

/// From the environment of the one who started the server.
public struct Defaults: Sendable {
  public var agent: String?
  public var session: String?

  public init(agent: String? = nil, session: String? = nil) {
    self.agent = agent
    self.session = session
  }

  subscript(argument: String) -> String? {
    switch argument {
    case "agent_id": agent
    case "session_id": session
    default: nil
    }
  }
}
