// Which replica ids are ours, and up to which commit each one's line of commits reaches.

internal import Git
internal import Glibc
internal import System

/// `.git/memtrace/replicas`. A replica is an unbroken line of commits: its id may append only where HEAD is the
/// commit that it wrote last, or descends from it, in the very git folder that wrote it.
struct Ledger {
  struct Entry {
    let id: String
    var branch: String
    /// What it wrote last, or a merge that took it in. Nil before the first commit.
    var tip: KnownCommit?
    /// Up to this commit the Git index had our lines.
    var indexedAt: KnownCommit?
    let fingerprint: Fingerprint
  }

  /// Where a ledger was written: a copy of the folder, or a restored one, has another.
  struct Fingerprint: Hashable {
    let device: UInt64
    let inode: UInt64
    let machine: String
    /// When the lock file came to be there, or the linked worktree, in nanoseconds since 1970: an inode's number is soon given away again, and
    /// nobody can set this time.
    let since: Int64

    /// Of nothing that was ever written to.
    static let none = Fingerprint(device: 0, inode: 0, machine: "", since: 0)

    /// - Parameter state: the state folder, in which the lock was taken.
    static func of(_ gitFolder: String, _ state: String) throws -> Fingerprint {
      var status = stat()
      try retrying("stat", gitFolder) { stat(gitFolder, &status) }
      var lock = stat()
      // The state folder of a linked worktree outlives it; Git writes this file once, when it makes one.
      let born = state.hasPrefix(gitFolder + "/") ? state + "/lock" : gitFolder + "/commondir"
      try retrying("stat", born) { stat(born, &lock) }
      // A machine without an id is told apart by the rest; what cannot be read now must not draw a new replica.
      let machine: [UInt8] =
        try missingIsNil { try Descriptor(opening: "/etc/machine-id", O_RDONLY).readAll() } ?? []
      return Fingerprint(
        device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
        machine: String(decoding: machine.prefix { $0 != 10 }, as: UTF8.self),
        since: Int64(lock.st_ctim.tv_sec) * 1_000_000_000 + Int64(lock.st_ctim.tv_nsec))
    }
  }

  /// The user's word for this clone, which begins every id that is drawn here.
  var name: String?
  var entries: [Entry] = []

  /// The entry that wrote last stands first.
  var newest: Entry? { entries.first }

  init(parsing bytes: [UInt8]?) {
    // One that is damaged costs a new replica id, and nothing else.
    guard let bytes, let json = try? JSON(parsing: bytes) else { return }
    name = json["name"]?.string
    entries = (json["replicas"]?.array ?? []).compactMap { entry in
      guard let id = entry["id"]?.string, FileName.isReplica(id),
        let branch = entry["branch"]?.string,
        let device = entry["device"]?.string.flatMap(UInt64.init),
        let inode = entry["inode"]?.string.flatMap(UInt64.init),
        let machine = entry["machine"]?.string,
        let since = entry["since"]?.string.flatMap(Int64.init)
      else { return nil }
      return Entry(
        id: id, branch: branch, tip: entry["tip"]?.string.flatMap { KnownCommit(hex: $0) },
        indexedAt: entry["index_at"]?.string.flatMap { KnownCommit(hex: $0) },
        fingerprint: Fingerprint(
          device: device, inode: inode, machine: machine, since: since))
    }
  }

  var text: [UInt8] {
    var writer = JSONWriter()
    writer.object { ledger in
      if let name {
        ledger.key("name")
        ledger.string(name)
      }
      ledger.key("replicas")
      ledger.array { list in
        for entry in entries {
          list.object { object in
            func field(_ key: String, _ value: String?) {
              guard let value else { return }
              object.key(key)
              object.string(value)
            }
            field("id", entry.id)
            field("branch", entry.branch)
            field("tip", entry.tip?.description)
            field("index_at", entry.indexedAt?.description)
            field("device", String(entry.fingerprint.device))
            field("inode", String(entry.fingerprint.inode))
            field("machine", entry.fingerprint.machine)
            field("since", String(entry.fingerprint.since))
          }
        }
      }
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  /// Puts an entry first, over the one with its id.
  mutating func record(_ entry: Entry) {
    entries.removeAll { $0.id == entry.id }
    entries.insert(entry, at: 0)
    // Ids that lost their line of commits long ago are of no use to anybody.
    entries = Array(entries.prefix(64))
  }

  /// 8 characters of lower-case base 32, or the user's name and a random suffix.
  func draw(_ world: World) -> String {
    name.map { "\($0)-\(world.name(length: 4))" } ?? world.name(length: 8)
  }
}
