// Who calls: the key decides the repository, the scope, and as whom it writes.

import Memtrace

/// Somebody who may do what a route asks for.
struct Caller {
  let store: LiveStore
  /// The only agent that it may write as; nil for any.
  let agent: String?
  /// Whether it may go on until the keys change.
  var isLasting = true

  /// The input with the key's agent in it. A key bound to an agent writes as that agent only.
  /// - Throws: `Refusal` 403.
  func restrict(_ input: JSON, for route: Route) throws -> JSON {
    guard let agent, route.pace == .write, let members = input.members else { return input }
    let field = route.verb == "agent register" ? "name" : "agent_id"
    for item in input["memories"]?.array ?? [input] {
      guard let named = item[field]?.string else { continue }
      guard AgentReference(named).id == agent else {
        throw Refusal(403, "this key writes as agent '\(agent)' only")
      }
    }
    // Whoever changes a session without saying so is the key's agent.
    guard route.verb == "session update", input[field] == nil else { return input }
    return .object(members + [.init(field, .string(agent))])
  }
}

extension Bridge {
  /// - Throws: `Refusal` 401 or 403; `MemtraceError` where keys cannot be read.
  func authorize(_ request: Request, for scope: Key.Scope) throws -> Caller {
    if configuration.isOpen { return Caller(store: repositories[0], agent: nil) }
    guard let secret = secret(of: request) else {
      throw unauthorized("missing API key")
    }
    for store in repositories {
      guard let key = try store.keys.key(for: secret, now: store.now) else { continue }
      guard key.scope >= scope else {
        throw Refusal(
          403, "this key has the scope '\(key.scope)', and '\(scope)' is needed",
          hint: "memtrace key create --name NAME --scope \(scope)")
      }
      return Caller(store: store, agent: key.agent, isLasting: key.expiresAt == nil)
    }
    throw unauthorized("invalid API key")
  }

  private func unauthorized(_ message: String) -> Refusal {
    Refusal(
      401, message, hint: "send the header x-api-key: mtk_…",
      headers: [("WWW-Authenticate", "Bearer")])
  }

  private func secret(of request: Request) -> String? {
    if let key = request.header("x-api-key"), !key.isEmpty { return key }
    guard let header = request.header("authorization"), header.utf8.count > 7,
      header.prefix(7).lowercased() == "bearer "
    else { return nil }
    return String(header.dropFirst(7))
  }

  /// An open bridge answers only to names of this machine: a page of another site, whose name was pointed here, is
  /// turned away (DNS rebinding), and so is a page's request to us from its own origin.
  func checkHost(of request: Request) throws {
    guard configuration.isOpen else { return }
    guard isOurs(request.authority) else {
      throw Refusal(
        403, "the host '\(request.authority.prefix(128))' is not served here",
        hint: "memtrace serve --no-auth --allow-host NAME")
    }
    if let origin = request.header("origin") {
      let place = origin.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
      guard place.count == 3, isOurs(String(place[2])) else {
        throw Refusal(403, "pages of other sites may not call this server")
      }
    }
  }

  private func isOurs(_ authority: String) -> Bool {
    var host = Substring(authority)
    if let colon = host.utf8.lastIndex(of: UInt8(ascii: ":")), host.utf8.last != UInt8(ascii: "]") {
      host = host[..<colon]
    }
    if host == "localhost" || host == "127.0.0.1" || host == "[::1]" { return true }
    let name = host.lowercased()
    return name == "localhost" || configuration.allowedHosts.contains { $0.lowercased() == name }
  }
}
