// Many objects at once, straight into packs: an import leaves no million of loose files.

internal import CGit2
internal import Glibc
internal import System

/// Objects that wait in memory for their pack.
final class PendingPack {
  let backend: UnsafeMutablePointer<git_odb_backend>
  let limit: Int
  private(set) var ids: [ObjectID] = []
  private(set) var byteCount = 0

  /// Settings of this handle alone, open as long as it lives: libgit2 looks at them before each pack.
  let settings: Int32

  init(backend: UnsafeMutablePointer<git_odb_backend>, limit: Int, settings: Int32) {
    self.backend = backend
    self.limit = limit
    self.settings = settings
  }

  deinit { close(settings) }

  var isFull: Bool { byteCount >= limit }

  func add(_ id: ObjectID, _ size: Int) {
    ids.append(id)
    byteCount += size
  }

  func clear() {
    ids.removeAll(keepingCapacity: true)
    byteCount = 0
  }
}

extension Repository {
  /// Hands `body` a second handle on this repository whose writes are gathered in memory and go into a pack for
  /// each `packSize` bytes of contents. References move only after the pack that holds their commit is synced.
  /// Where `body` throws, what it wrote since the last pack is dropped.
  /// - Parameter packSize: bytes; memory use is about three times that.
  public func withBulkWrites<R>(
    packSize: Int = 64 << 20, _ body: (Repository) throws -> R
  ) throws -> R {
    let bulk = try Repository.open(path: gitFolder)
    var backend: UnsafeMutablePointer<git_odb_backend>?
    try check(git_mempack_new(&backend), "git_mempack_new")
    // Above the loose (1) and packed (2) stores, so that it is the one that takes writes.
    try check(git_odb_add_backend(try bulk.store(), backend, 999), "git_odb_add_backend")
    bulk.pending = PendingPack(
      backend: backend!, limit: packSize, settings: try bulk.namelessFile())
    try bulk.skipDeltas(bulk.pending!.settings)
    let result = try body(bulk)
    try bulk.flush()
    try check(git_odb_refresh(try store()), "git_odb_refresh")
    return result
  }

  /// Lets this handle's packs go without deltas: looking for them takes half of an import's time and more, and a
  /// later `git gc` finds them. libgit2 takes the setting from configuration alone (1.5.1 reads its size limit for
  /// deltas out of `deltaCacheSize`), so this handle is given one more file, whose name is gone already.
  private func skipDeltas(_ descriptor: Int32) throws {
    let config = try Owned<ConfigObject>("git_repository_config") {
      git_repository_config(&$0, pointer)
    }
    let settings = "[pack]\n\twindowMemory = 1\n\tdeltaCacheSize = 1\n"
    try ofSystem(at: gitFolder) { try Descriptor.append(settings.utf8, to: descriptor) }
    try check(
      git_config_add_file_ondisk(
        config.pointer, "/proc/self/fd/\(descriptor)", GIT_CONFIG_LEVEL_APP, pointer, 0),
      "git_config_add_file_ondisk")
  }

  private func namelessFile() throws(GitError) -> Int32 {
    var path = Array((gitFolder + "/pack-settings.XXXXXX").utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw GitError(.last("mkstemp", gitFolder)) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(path)
    return descriptor
  }

  /// Notes an object that was written, and writes the pack when enough wait.
  func wrote(_ id: ObjectID, _ size: Int) throws {
    guard let pending else { return }
    pending.add(id, size)
    if pending.isFull { try flush() }
  }

  /// Writes what waits; nothing outside of bulk writes.
  func flush() throws {
    guard let pending, !pending.ids.isEmpty else { return }
    var seen: Set<ObjectID> = []
    try writePack(pending.ids.filter { seen.insert($0).inserted }, threads: 1)
    try check(git_mempack_reset(pending.backend), "git_mempack_reset")
    pending.clear()
    try check(git_odb_refresh(try store()), "git_odb_refresh")
  }
}
