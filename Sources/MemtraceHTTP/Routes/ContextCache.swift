// Contexts that were just built: several agents ask for the same customer within moments.

import Memtrace
import Synchronization

/// Holds an answer for as long as nothing was recorded since, and a second at most: `since` counts from now.
final class ContextCache: Sendable {
  struct Key: Hashable, Sendable {
    let store: ObjectIdentifier
    let input: JSON
  }

  /// What a request for a context has to do.
  enum Find {
    case found(Response)
    /// Somebody is building it: the answer comes to whoever is handed over here.
    case underWay(@Sendable (@escaping @Sendable (Response) -> Void) -> Void)
    case missing
  }

  private struct Entry {
    let version: Int
    let time: Int64
    /// Nil while it is being built.
    var response: Response?
    var waiting: [@Sendable (Response) -> Void] = []
  }

  private static let capacity = 256
  private static let nanoseconds: Int64 = 1_000_000_000
  private let entries = Mutex<[Key: Entry]>([:])

  /// After `missing` the caller builds the answer and hands it to `keep`.
  /// - Parameter version: of the store, now.
  func find(_ key: Key, version: Int) -> Find {
    let now = Clock.monotonic()
    return entries.withLock { entries in
      if let entry = entries[key], entry.version == version, entry.time > now - Self.nanoseconds {
        if let response = entry.response { return .found(response) }
        return .underWay { [self] done in wait(for: key, done) }
      }
      if entries.count >= Self.capacity { entries = entries.filter { $0.value.response == nil } }
      // Whoever waits for an older one is answered with the newer.
      entries[key] = Entry(
        version: version, time: now, response: nil, waiting: entries[key]?.waiting ?? [])
      return .missing
    }
  }

  private func wait(for key: Key, _ done: @escaping @Sendable (Response) -> Void) {
    let response = entries.withLock { entries -> Response? in
      // It failed in this very moment: the same request will hear why.
      guard let entry = entries[key] else {
        return .error(503, "busy", headers: [("Retry-After", "1")])
      }
      if entry.response == nil { entries[key]?.waiting.append(done) }
      return entry.response
    }
    if let response { done(response) }
  }

  /// - Parameter version: of the store, before the answer was built.
  func keep(_ response: Response, for key: Key, version: Int) {
    let waiting = entries.withLock { entries in
      let waiting = entries[key]?.waiting ?? []
      // A refusal is not kept: what it misses may be there the next moment.
      entries[key] =
        response.status == 200
        ? Entry(version: version, time: Clock.monotonic(), response: response) : nil
      return waiting
    }
    for done in waiting { done(response) }
  }
}
