// One client's connection: which era of the protocol it opened with, and what a message is answered.

import Memtrace

/// The state of a connection. One thread at a time.
///
/// The first request decides the era: one that carries its version opens a stateless connection, anything else one
/// that begins with `initialize`. A later message of the other era is refused and changes nothing.
struct Connection {
  private enum Era {
    case undecided
    case stateless
    /// Nil until `initialize` was answered.
    case handshake(Revision?)
  }

  private let service: Service
  private var era = Era.undecided

  init(_ service: Service) {
    self.service = service
  }

  /// Several messages in one array: only an older revision has them.
  func takesBatches() -> Bool {
    if case .handshake(let revision?) = era { revision.hasBatches } else { false }
  }

  /// The answer to a request, as one message.
  mutating func answer(
    _ id: JSON, _ method: String, _ params: JSON?, progress: @escaping Service.Progress
  ) -> [UInt8] {
    do throws(Fault) {
      return Message.response(
        to: id, result: try result(method, params, progress: progress))
    } catch {
      var fault = error
      fault.id = id
      return fault.bytes
    }
  }

  private mutating func result(
    _ method: String, _ params: JSON?, progress: @escaping Service.Progress
  ) throws(Fault) -> JSON {
    if case .undecided = era {
      let opensStateless = method != "initialize" && Meta.isStateless(params)
      era = opensStateless ? .stateless : .handshake(nil)
    }
    switch era {
    case .undecided, .stateless:
      if method == "initialize" { throw Meta.unsupported(params?["protocolVersion"]?.string) }
      let revision = try Meta.revision(params)
      return try service.result(method, params, revision, progress: progress)
    case .handshake(let revision):
      if method == "initialize" {
        guard revision == nil else {
          throw Fault(.invalidRequest, "this connection is initialized already")
        }
        let (agreed, result) = try service.handshake(params)
        era = .handshake(agreed)
        return result
      }
      if Meta.isStateless(params) {
        // A client may ask which eras there are before it begins, and begin anew with what it learned.
        guard revision == nil else {
          throw Fault(.invalidRequest, "this connection began with initialize")
        }
        era = .stateless
        return try service.result(
          method, params, try Meta.revision(params), progress: progress)
      }
      guard let revision else {
        if method == "ping" { return [:] }
        throw Fault(.invalidRequest, "send initialize first")
      }
      return try service.result(method, params, revision, progress: progress)
    }
  }
}
