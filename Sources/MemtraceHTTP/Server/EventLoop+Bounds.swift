// What one client may cost: bodies that are held, and work whose client is gone.

import Glibc

extension EventLoop {
  /// Bodies below this are always taken.
  private static let smallBody = 16 * 1024

  /// Takes note of what a connection makes us hold now.
  func account(_ connection: Connection) {
    let held =
      connection.isClosed ? 0 : connection.decoder.held + (connection.underway?.size ?? 0)
    bodies += held - connection.held
    connection.held = held
  }

  /// Whether there is room for the body that is coming in; if not, the connection is told and ends.
  func mayHold(_ connection: Connection) -> Bool {
    account(connection)
    guard connection.held > Self.smallBody, bodies > configuration.limits.bodies else {
      return true
    }
    refuse(
      connection,
      .error(503, "too many large bodies at once", headers: [("Retry-After", "1")]))
    connection.decoder = RequestDecoder(limits: configuration.limits)
    account(connection)
    send(connection)
    return false
  }

  /// Whether the client has sent its last byte. Some only say so and still wait, so that it is given a moment.
  func noteHangUp(_ connection: Connection) {
    guard connection.hungUpAt == nil, connection.underway != nil || connection.stream != nil else {
      return
    }
    var byte: UInt8 = 0
    guard recv(connection.descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    else { return }
    connection.hungUpAt = now
    setDeadline(connection)
  }
}
