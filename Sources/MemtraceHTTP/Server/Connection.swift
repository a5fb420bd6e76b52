// One client's connection, as the event loop sees it.

final class Connection {
  /// What the log and the framing of an answer need of its request.
  struct Underway {
    let number: UInt64
    let method: String
    let path: String
    let isHead: Bool
    let minorVersion: Int
    /// Of its body, which is held until the answer is there.
    let size: Int
    var persistence: Response.Persistence
    var since: Int64
    var interest: Interest?

    var closing: Underway {
      var copy = self
      copy.persistence = .close
      return copy
    }
  }

  let descriptor: Int32
  let serial: UInt32
  var decoder: RequestDecoder
  /// Set while a handler elsewhere works on a request.
  var underway: Underway?
  /// An answer that is made as it is taken.
  var stream: LongAnswer?
  /// Bytes of bodies that it makes us hold.
  var held = 0
  /// When the client sent its last byte while it waits for an answer: it may be gone.
  var hungUpAt: Int64?
  var requests: UInt64 = 0
  /// Bytes of answers that the socket did not take yet, from `sent` on.
  var pending: [UInt8] = []
  var sent = 0
  /// What the poller watches for.
  var interest: UInt32
  /// No request is read any more; the connection ends once `pending` is out.
  var isClosing = false
  /// Whether unread input may be left when it ends, so that closing at once could destroy the answer.
  var lingers = false
  /// The answer is out; input is read and dropped until the client ends.
  var isLingering = false
  var isClosed = false
  /// The client sent its last byte.
  var peerIsDone = false
  /// When the first byte of the request under way came, in nanoseconds; nil between requests.
  var began: Int64?
  /// When the time-out strikes, in nanoseconds.
  var deadline: Int64 = 0

  init(descriptor: Int32, serial: UInt32, limits: RequestLimits, interest: UInt32) {
    self.descriptor = descriptor
    self.serial = serial
    self.interest = interest
    decoder = RequestDecoder(limits: limits)
  }

  /// One request at a time: none is begun while an answer is awaited or not yet sent.
  var takesRequests: Bool {
    underway == nil && stream == nil && pending.isEmpty && !isClosing && !isClosed
  }
  var tag: UInt64 { UInt64(serial) << 32 | UInt64(UInt32(bitPattern: descriptor)) }
}
