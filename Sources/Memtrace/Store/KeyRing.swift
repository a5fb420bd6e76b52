// The keys of a repository as a server asks for them: at each request, from any thread.

internal import Synchronization

public final class KeyRing: Sendable {
  private struct Held {
    var version: FileVersion?
    var keys: [Key] = []
  }

  private let state: String
  private let held = Mutex(Held())

  init(_ state: String) {
    self.state = state
  }

  /// The key of a secret; nil for a secret of no key, or of one that has expired. A key that was revoked is gone
  /// with the next call.
  /// - Throws: `MemtraceError` where the list cannot be read.
  public func key(for secret: String, now: Timestamp) throws -> Key? {
    let hash = Array(KeyFile.hash(secret).utf8)
    var found: Key?
    for key in try keys() {
      // Every key and every byte, whatever was found: the time it takes tells nothing.
      var difference: UInt8 = key.hash.utf8.count == hash.count ? 0 : 1
      for (a, b) in zip(key.hash.utf8, hash) { difference |= a ^ b }
      if difference == 0 { found = key }
    }
    guard let found, found.expiresAt.map({ now < $0 }) != false else { return nil }
    return found
  }

  public func isEmpty() throws -> Bool { try keys().isEmpty }

  /// Makes a key.
  /// - Returns: its secret, which is stored nowhere.
  /// - Throws: `conflict` where the name is taken.
  public func create(
    name: String, scope: Key.Scope, agent: String? = nil, expiresAt: Timestamp? = nil, world: World
  ) throws -> (key: Key, secret: String) {
    let secret = KeyFile.draw(world)
    let key = Key(
      name: name, scope: scope, agent: agent, createdAt: world.now(), expiresAt: expiresAt,
      hash: KeyFile.hash(secret))
    try translating {
      try KeyFile(state).change { keys in
        guard !keys.contains(where: { $0.name == name }) else {
          throw MemtraceError(
            .conflict, "there is a key '\(name)' already",
            hint: "memtrace key revoke '\(name)', or choose another name")
        }
        keys.append(key)
      }
    }
    return (key, secret)
  }

  /// - Throws: `notFound` where there is no key of that name.
  public func revoke(name: String) throws {
    try translating {
      try KeyFile(state).change { keys in
        guard let place = keys.firstIndex(where: { $0.name == name }) else {
          throw MemtraceError(
            .notFound, "there is no key '\(name)'", hint: "memtrace key list")
        }
        keys.remove(at: place)
      }
    }
  }

  /// In the order in which they were made.
  public func keys() throws -> [Key] {
    try translating {
      let file = try KeyFile(state)
      return try held.withLock { held in
        let version = try file.version()
        if version != held.version {
          held.keys = try file.keys()
          held.version = version
        }
        return held.keys
      }
    }
  }
}

extension Store {
  /// The keys of this clone.
  /// - Throws: `MemtraceError` where the place cannot be written.
  public func keyRing() throws -> KeyRing {
    try translating { KeyRing(try stateFolder()) }
  }
}
