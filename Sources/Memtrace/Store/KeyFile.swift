// The API keys of a repository: `.git/memtrace/keys.json`, never in the tree.

internal import Glibc
internal import System

/// Reads and changes the list. Only hashes are in it: a secret is shown once, when its key is made.
struct KeyFile {
  private static let name = "keys.json"
  private let folder: Folder
  private let state: String

  init(_ state: String) throws {
    self.state = state
    folder = try Folder(state)
  }

  func keys() throws -> [Key] {
    try folder.read(Self.name).map { try Self.parse($0) } ?? []
  }

  /// What changes whenever the file does.
  func version() throws -> FileVersion? {
    try folder.status(Self.name).map(FileVersion.init)
  }

  /// Changes the list as its only writer.
  func change(_ body: (inout [Key]) throws -> Void) throws {
    let lock = try FileLock.taken(state + "/keys.lock")
    try withExtendedLifetime(lock) {
      var keys = try keys()
      try body(&keys)
      try folder.replace(Self.name, with: Self.text(keys), mode: 0o600, isSynced: true)
    }
  }

  static func hash(_ secret: String) -> String { SHA256.hex(secret.utf8) }

  /// `mtk_` and 32 random bytes in base64url (RFC 4648, 5), without padding.
  static func draw(_ world: World) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text = Array("mtk_".utf8)
    var bits: UInt32 = 0
    var count = 0
    for word in (0..<4).map({ _ in world.random() }) {
      for byte in 0..<8 {
        bits = bits << 8 | UInt32(truncatingIfNeeded: word >> (8 * UInt64(byte)) & 255)
        count += 8
        while count >= 6 {
          count -= 6
          text.append(alphabet[Int(bits >> UInt32(count) & 63)])
        }
      }
    }
    text.append(alphabet[Int(bits << UInt32(6 - count) & 63)])
    return String(decoding: text, as: UTF8.self)
  }

  private static func parse(_ bytes: [UInt8]) throws -> [Key] {
    guard let list = (try? JSON(parsing: bytes))?["keys"]?.array else {
      throw MemtraceError(
        .corrupt, ".git/memtrace/keys.json cannot be read",
        hint: "remove it and make the keys anew with `memtrace key create`")
    }
    return list.compactMap { entry in
      guard let name = entry["name"]?.string, let hash = entry["hash"]?.string,
        let scope = entry["scope"]?.string.flatMap(Key.Scope.init),
        let created = entry["created_at"]?.string.flatMap({ Timestamp(rfc3339: $0) })
      else { return nil }
      let expires = entry["expires_at"]?.string
      let end = expires.flatMap { Timestamp(rfc3339: $0) }
      // An end that cannot be read must not turn into none.
      if expires != nil, end == nil { return nil }
      return Key(
        name: name, scope: scope, agent: entry["agent_id"]?.string, createdAt: created,
        expiresAt: end, hash: hash)
    }
  }

  private static func text(_ keys: [Key]) -> [UInt8] {
    var json = JSONWriter()
    json.object { file in
      file.key("keys")
      file.array { list in
        for key in keys {
          list.object { object in
            object.keyFields(key)
            object.key("hash")
            object.string(key.hash)
          }
        }
      }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }
}

/// Tells two states of a file apart.
struct FileVersion: Hashable, Sendable {
  private let size: Int
  private let inode: UInt64
  private let seconds: Int
  private let nanoseconds: Int

  init(_ status: stat) {
    size = Int(status.st_size)
    inode = UInt64(status.st_ino)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}

extension JSONWriter {
  /// All of a key that may be shown.
  mutating func keyFields(_ key: Key) {
    func field(_ name: String, _ value: String?) {
      guard let value else { return }
      self.key(name)
      string(value)
    }
    field("name", key.name)
    field("scope", key.scope.rawValue)
    field("agent_id", key.agent)
    field("created_at", key.createdAt.description)
    field("expires_at", key.expiresAt?.description)
  }
}
