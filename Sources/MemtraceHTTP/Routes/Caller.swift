// Who calls: the key decides the repository, the scope, and as whom it writes.

import Memtrace

/// Somebody who may do what a route asks for.
struct Caller: Sendable {
  let store: LiveStore
  /// Of its key, for the log; empty where none is asked for.
  let name: String
  let scope: Key.Scope
  /// The only agent that it may write as; nil for any.
  let agent: String?

  /// What it may do to others' records.
  var signer: Signer? {
    agent.map { Signer(agent: $0, supervises: scope >= .supervise) }
  }

  /// What is written under this call is written by this caller.
  func sign(_ call: Call) {
    call.signer = signer
    call.reviewer = name.isEmpty ? nil : name
  }

  /// The input, signed by the key's agent where it is bound to one: it writes as that agent only.
  /// - Throws: `Refusal` 403.
  func restrict(_ input: JSON, _ path: [JSON.Member], for route: Route) throws -> JSON {
    for field in route.operation.fields {
      guard let needed = field.scope, scope < needed, let value = input[field.name],
        value != .null
      else { continue }
      throw Refusal(
        403, caller: self.name, "\(field.name) needs a key of the scope '\(needed)'",
        hint: "memtrace key create --name NAME --scope \(needed)")
    }
    guard let agent, route.effect.isWrite else { return input }
    let name = route.verb == "agent register" ? "name" : "agent_id"
    if let named = path.first(where: { $0.key == name }) {
      _ = try signed(.object([named]), name, agent)
      return input
    }
    guard let list = input["memories"]?.array else { return try signed(input, name, agent) }
    let items = try list.map { try signed($0, name, agent) }
    return .object(
      (input.members ?? []).map { $0.key == "memories" ? .init($0.key, .array(items)) : $0 })
  }

  /// A null is no way out: who says no agent is the key's agent. What is no text at all, the verb refuses.
  private func signed(_ item: JSON, _ name: String, _ agent: String) throws -> JSON {
    guard let members = item.members else { return item }
    switch item[name] {
    case .string(let named):
      guard AgentReference(named).id == agent else {
        throw Refusal(403, caller: self.name, "this key writes as agent '\(agent)' only")
      }
      return item
    case nil where name == "agent_id", .null where name == "agent_id":
      return .object(members.filter { $0.key != name } + [.init(name, .string(agent))])
    default: return item
    }
  }
}

extension Bridge {
  /// - Throws: `Refusal` 401 or 403; `MemtraceError` where keys cannot be read.
  func authorize(_ request: Request, for scope: Key.Scope) throws -> Caller {
    if configuration.isOpen {
      // What is held in memory is no answer for a repository that is gone: it may come back with more.
      guard repositories[0].isThere else { throw LiveStore.isGone }
      return Caller(store: repositories[0], name: "", scope: .admin, agent: nil)
    }
    guard let secret = secret(of: request) else {
      throw unauthorized("missing API key", hint: "send the header x-api-key: mtk_…")
    }
    for store in repositories {
      let found: Key?
      do {
        found = try store.keys.key(for: secret, now: store.now)
      } catch {
        throw store.outward(error)
      }
      guard let key = found else { continue }
      guard key.scope >= scope else {
        throw Refusal(
          403, caller: key.name, "this key has the scope '\(key.scope)', and '\(scope)' is needed",
          hint: "memtrace key create --name NAME --scope \(scope)")
      }
      return Caller(store: store, name: key.name, scope: key.scope, agent: key.agent)
    }
    // The key may be one of a repository that is gone now.
    guard repositories.allSatisfy(\.isThere) else { throw LiveStore.isGone }
    throw unauthorized(
      "invalid API key",
      hint: "it may be mistyped, revoked, expired or of another repository: memtrace key list")
  }

  private func unauthorized(_ message: String, hint: String) -> Refusal {
    Refusal(
      401, message, hint: hint,
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
    try checkOrigin(of: request)
  }

  /// A page may show what it got from here. Changing something is for pages of this very server alone: a request
  /// that needs no preflight comes from any page, other local servers' among them.
  private func checkOrigin(of request: Request) throws {
    let isRead = ["GET", "HEAD", "OPTIONS"].contains(request.method)
    if let origin = request.header("origin") {
      let place = origin.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
      let authority = place.count == 3 ? String(place[2]) : ""
      guard isOurs(authority), isRead || authority == request.authority || isAllowed(authority)
      else {
        throw Refusal(403, "pages of other sites may not call this server")
      }
    } else if !isRead, let site = request.header("sec-fetch-site"),
      site != "same-origin", site != "none"
    {
      throw Refusal(403, "pages of other sites may not call this server")
    }
  }

  private func isOurs(_ authority: String) -> Bool {
    let host = Self.host(of: authority)
    if host == "localhost" || host == "127.0.0.1" || host == "[::1]" { return true }
    return host.lowercased() == "localhost" || isAllowed(authority)
  }

  private func isAllowed(_ authority: String) -> Bool {
    let name = Self.host(of: authority).lowercased()
    return configuration.allowedHosts.contains { $0.lowercased() == name }
  }

  private static func host(of authority: String) -> Substring {
    guard let colon = authority.utf8.lastIndex(of: UInt8(ascii: ":")),
      authority.utf8.last != UInt8(ascii: "]")
    else { return authority[...] }
    return authority[..<colon]
  }
}
