// Progress of packs that are sent, received or written, and the way it takes through C.

internal import CGit2

/// How far a transfer has come.
public struct TransferProgress: Hashable, Sendable {
  public var totalObjects = 0
  public var receivedObjects = 0
  public var indexedObjects = 0
  public var totalDeltas = 0
  public var indexedDeltas = 0
  public var receivedBytes = 0

  public init() {}

  init(_ raw: git_indexer_progress) {
    totalObjects = Int(raw.total_objects)
    receivedObjects = Int(raw.received_objects)
    indexedObjects = Int(raw.indexed_objects)
    totalDeltas = Int(raw.total_deltas)
    indexedDeltas = Int(raw.indexed_deltas)
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

private final class ProgressBox {
  let thrown = ThrownBox()
  let report: (TransferProgress) throws -> Void

  init(_ report: @escaping (TransferProgress) throws -> Void) { self.report = report }
}

/// Calls `body` with a C callback that leads to `progress`. An error that `progress` throws ends the call and is
/// thrown on.
func withTransferProgress(
  _ progress: (TransferProgress) throws -> Void,
  _ body: (git_indexer_progress_cb, UnsafeMutableRawPointer) -> Int32
) throws {
  try withoutActuallyEscaping(progress) { progress in
    let box = ProgressBox(progress)
    let result = withExtendedLifetime(box) {
      body(
        { raw, payload in
          guard let raw, let payload else { return 0 }
          let box = Unmanaged<ProgressBox>.fromOpaque(payload).takeUnretainedValue()
          return box.thrown.run { try box.report(TransferProgress(raw.pointee)) }
        }, Unmanaged.passUnretained(box).toOpaque())
    }
    if let error = box.thrown.error { throw error }
    try check(result, "git_packbuilder_write")
  }
}
