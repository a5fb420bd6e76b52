// Progress of packs that are sent, received or written, and the way it takes through C.

internal import CGit2

/// How far a transfer has come.
public struct TransferProgress: Hashable, Sendable {
  public var totalObjects = 0
  public var receivedObjects = 0
  public var receivedBytes = 0

  public init() {}

  init(_ raw: git_indexer_progress) {
    totalObjects = Int(raw.total_objects)
    receivedObjects = Int(raw.received_objects)
    receivedBytes = raw.received_bytes
  }
}

/// Keeps what a closure threw while C code was on the stack.
final class ThrownBox {
  var error: (any Error)?

  /// Runs `body` inside a C callback: zero, or `GIT_EUSER` after an error, which is kept.
  func run(_ body: () throws -> Void) -> Int32 {
    guard error == nil else { return GIT_EUSER.rawValue }
    do {
      try body()
      return 0
    } catch {
      self.error = error
      return GIT_EUSER.rawValue
    }
  }
}
