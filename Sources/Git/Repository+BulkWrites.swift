// Many objects at once, straight into packs: an import leaves no million of loose files.

internal import CGit2

/// Objects that wait in memory for their pack.
final class PendingPack {
  let backend: UnsafeMutablePointer<git_odb_backend>
  let limit: Int
  private(set) var ids: [ObjectID] = []
  private(set) var byteCount = 0

  init(backend: UnsafeMutablePointer<git_odb_backend>, limit: Int) {
    self.backend = backend
    self.limit = limit
  }

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
    packSize: Int = 64 << 20, threads: Int = 1, _ body: (Repository) throws -> R
  ) throws -> R {
    let bulk = try Repository.open(path: gitFolder)
    var backend: UnsafeMutablePointer<git_odb_backend>?
    try check(git_mempack_new(&backend), "git_mempack_new")
    // Above the loose (1) and packed (2) stores, so that it is the one that takes writes.
    try check(git_odb_add_backend(try bulk.store(), backend, 999), "git_odb_add_backend")
    bulk.pending = PendingPack(backend: backend!, limit: packSize)
    bulk.packThreads = threads
    let result = try body(bulk)
    try bulk.flush()
    try check(git_odb_refresh(try store()), "git_odb_refresh")
    return result
  }

  /// Notes an object that was written, and writes the pack when enough wait.
  func wrote(_ id: ObjectID, _ size: Int) throws(GitError) {
    guard let pending else { return }
    pending.add(id, size)
    guard pending.isFull else { return }
    do { try flush() } catch let error as GitError { throw error } catch {
      throw GitError(code: .generic, call: "flush", message: "\(error)")
    }
  }

  /// Writes what waits; nothing outside of bulk writes.
  func flush() throws {
    guard let pending, !pending.ids.isEmpty else { return }
    var seen: Set<ObjectID> = []
    try writePack(pending.ids.filter { seen.insert($0).inserted }, threads: packThreads)
    try check(git_mempack_reset(pending.backend), "git_mempack_reset")
    pending.clear()
    try check(git_odb_refresh(try store()), "git_odb_refresh")
  }
}
