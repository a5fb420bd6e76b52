// What has been read and waits for its turn, with what was cancelled meanwhile.

internal import Dispatch
import Memtrace
internal import Synchronization

/// Between the thread that reads and the one that answers.
final class Inbox: Sendable {
  enum Line: Sendable {
    case message(JSON)
    case batch([JSON])
    case garbage(String)
    case tooLong
  }

  private struct State {
    var waiting: [(line: Line, cost: Int)] = []
    var first = 0
    var bytes = 0
    /// Requests that are not answered yet, and how many have this id.
    var open: [JSON: Int] = [:]
    var cancelled: Set<JSON> = []
    var hasEnded = false
  }

  private let state = Mutex(State())
  private let filled = DispatchSemaphore(value: 0)
  private let emptied = DispatchSemaphore(value: 0)
  private let backlog: Int

  /// - Parameter backlog: bytes that may wait.
  init(backlog: Int) {
    self.backlog = backlog
  }

  /// Waits while too much waits already.
  func add(_ text: LineReader.Line) {
    let (line, cost) = Self.read(text)
    let isFull = state.withLock { state in
      if case .message(let json) = line {
        if json["method"] == "notifications/cancelled", let id = json["params"]?["requestId"] {
          if state.open[id] != nil { state.cancelled.insert(id) }
        } else if json["method"] != nil, let id = json["id"] {
          state.open[id, default: 0] += 1
        }
      }
      state.waiting.append((line, cost))
      state.bytes += cost
      return state.bytes > backlog
    }
    filled.signal()
    if isFull { emptied.wait() }
  }

  func end() {
    state.withLock { $0.hasEnded = true }
    filled.signal()
  }

  /// Waits for the next line; nil at the end.
  func next() -> Line? {
    filled.wait()
    let (line, makesRoom) = state.withLock { state -> (Line?, Bool) in
      guard state.first < state.waiting.count else { return (nil, false) }
      let (line, cost) = state.waiting[state.first]
      state.waiting[state.first] = (.tooLong, 0)
      state.first += 1
      if state.first > 1_024, state.first * 2 > state.waiting.count {
        state.waiting.removeFirst(state.first)
        state.first = 0
      }
      let wasFull = state.bytes > backlog
      state.bytes -= cost
      return (line, wasFull && state.bytes <= backlog)
    }
    if makesRoom { emptied.signal() }
    return line
  }

  /// Whether a request was cancelled before its turn; then it is over.
  func begin(_ id: JSON) -> Bool {
    state.withLock { state in
      guard state.cancelled.contains(id) else { return false }
      Self.close(id, &state)
      return true
    }
  }

  /// Whether a request was cancelled meanwhile. It is over in any case.
  func finish(_ id: JSON) -> Bool {
    state.withLock { state in
      let isCancelled = state.cancelled.contains(id)
      Self.close(id, &state)
      return isCancelled
    }
  }

  private static func close(_ id: JSON, _ state: inout State) {
    state.cancelled.remove(id)
    let left = (state.open[id] ?? 1) - 1
    state.open[id] = left > 0 ? left : nil
  }

  private static func read(_ text: LineReader.Line) -> (Line, cost: Int) {
    guard case .text(let bytes) = text else { return (.tooLong, 0) }
    do {
      let json = try JSON(parsing: bytes)
      return (json.array.map { .batch($0) } ?? .message(json), bytes.count)
    } catch {
      return (.garbage("\(error)"), 0)
    }
  }
}
