// One call of a route: which, by whom, and the verb behind it.

import Memtrace
import Synchronization

struct RouteCall: Sendable {
  let route: Route
  let path: [JSON.Member]
  let caller: Caller

  init(_ route: Route, _ path: [JSON.Member], _ caller: Caller) {
    self.route = route
    self.path = path
    self.caller = caller
  }

  /// Runs a verb that reads, on the calling thread.
  func read(_ input: JSON, _ interest: Interest? = nil, isSettled: Bool = false) -> Response {
    if interest?.isThere == false { return Response(status: 503) }
    return response(
      Result {
        let call = caller.store.reading(isSettled: isSettled)
        call.signature = caller.agent ?? (caller.name.isEmpty ? nil : caller.name)
        call.scope = caller.name.isEmpty ? nil : caller.scope
        if let interest { call.isWanted = { interest.isThere } }
        defer { if route.verb == "sync" { caller.store.lookOutside() } }
        return try perform(input, in: call)
      })
  }

  func perform(_ input: JSON, in call: Call) throws -> any Answer {
    try route.verb == "remember"
      ? VerbTable.remember(input, in: call)
      : VerbTable.perform(
        route.verb, input, fixed: path, hidden: route.operation.hidden, after: route.precondition,
        in: call)
  }

  func response(_ result: Result<any Answer, any Error>) -> Response {
    var response = Response(
      result.mapError { $0 is Refusal ? $0 : caller.store.outward($0) }, for: route)
    response.caller = caller.name
    return response
  }
}

extension Response {
  /// Bytes of a list that are made at a time.
  private static let piece = 256 * 1024

  /// A list as it is taken; what is short is all there at once.
  init(status: Int, of answer: any ListAnswer) {
    var pieces = AnswerPieces(answer)
    self.init(status: status, body: pieces.next(bytes: Self.piece))
    guard !pieces.isDone else { return }
    let rest = Mutex(pieces)
    self.rest = { rest.withLock { $0.next(bytes: Self.piece) } }
  }
}
