// Whether anybody still waits for an answer.

import Synchronization

/// Ends when the client is gone or its time is over. Work that goes on for long looks at it now and then.
public final class Interest: Sendable {
  private let isOver = Atomic(false)

  public init() {}

  public var isThere: Bool { !isOver.load(ordering: .relaxed) }

  func end() { isOver.store(true, ordering: .relaxed) }
}
