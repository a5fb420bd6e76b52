// Single objects as files: written one after the other, and brought to the disk together.

internal import CGit2
internal import CLinux
internal import Glibc
internal import System

/// libgit2 syncs each object and its folder by itself: two waits for the disk an object, eight objects a commit. Here all of
/// a commit's are handed to the disk as they come and waited for once, which on a file system with a journal is one
/// transaction; and neither the packs are looked through for an object that is new, nor its time is renewed.
final class LooseObjects {
  private let folder: String
  /// A file that is not known to be on the disk.
  private struct Unsynced {
    let descriptor: Int32
    let folder: String
    /// Its path, where it was made here.
    let made: String?
  }

  private var unsynced: [Unsynced] = []
  /// How many wait at most: each holds a descriptor.
  private static let limit = 64

  /// - Parameter folder: `.git/objects`
  init(_ folder: String) { self.folder = folder }

  deinit { for file in unsynced { close(file.descriptor) } }

  func write(_ bytes: UnsafeRawBufferPointer, _ type: git_object_t, id: ObjectID) throws(GitError) {
    let hex = id.description
    let place = "\(folder)/\(hex.prefix(2))"
    let path = "\(place)/\(hex.dropFirst(2))"
    let header = "\(String(cString: git_object_type2string(type))) \(bytes.count)\0"
    let whole = try Self.deflated(Array(header.utf8) + bytes)
    // Whoever wrote it may not have synced it, and then a power cut leaves a file of that name and nothing in it; a gc
    // that is about to remove it sees that it is wanted.
    if Self.holds(path, whole), utimensat(AT_FDCWD, path, nil, 0) == 0,
      let descriptor = Self.open(path)
    {
      return try note(Unsynced(descriptor: descriptor, folder: place, made: nil))
    }
    try note(Unsynced(descriptor: try put(whole, place, path), folder: place, made: path))
  }

  /// Returns once all that was written is on the disk.
  func sync() throws(GitError) {
    let files = unsynced
    unsynced = []
    defer { for file in files { close(file.descriptor) } }
    do throws(GitError) {
      for file in files { try Self.sync(file.descriptor, file.folder) }
      // Their names too, and those of folders that are new.
      for place in Set(files.map(\.folder)).sorted() + [folder] where !files.isEmpty {
        try ofSystem { try Descriptor.syncFolder(place) }
      }
    } catch {
      // The system says once that it could not write, and goes on showing what never reached the disk.
      for file in files { file.made.map(Path.remove) }
      throw error
    }
  }

  private func note(_ file: Unsynced) throws(GitError) {
    unsynced.append(file)
    if unsynced.count >= Self.limit { try sync() }
  }

  /// - Returns: the file's descriptor; its bytes are on their way.
  private func put(_ bytes: [UInt8], _ place: String, _ path: String) throws(GitError) -> Int32 {
    // As libgit2 and the git command name such files, of which housekeeping takes away what a killed writer left.
    let temporary = "\(place)/tmp_obj_\(getpid())_\(Clock.monotonic())"
    var descriptor = Self.create(temporary)
    if descriptor < 0, errno == ENOENT {
      try ofSystem { try Path.makeFolder(place) }
      descriptor = Self.create(temporary)
    }
    guard descriptor >= 0 else { throw GitError(.last("open", temporary)) }
    do throws(GitError) {
      try ofSystem(at: path) { try Descriptor.append(bytes, to: descriptor) }
      // Begun now, so that the disk is done when it is waited for. Where it cannot be, it is begun then.
      _ = clinux_sync_file_range(descriptor, 0, 0, CLINUX_SYNC_FILE_RANGE_WRITE)
      guard rename(temporary, path) == 0 else { throw GitError(.last("rename", path)) }
      return descriptor
    } catch {
      close(descriptor)
      Path.remove(temporary)
      throw error
    }
  }

  private static func holds(_ path: String, _ bytes: [UInt8]) -> Bool {
    guard let file = try? FileBytes(path) else { return false }
    return file.bytes == bytes
  }

  /// Nobody may write it; who may read it is for the umask to say.
  private static func create(_ path: String) -> Int32 {
    Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
  }

  private static func sync(_ descriptor: Int32, _ path: String) throws(GitError) {
    try ofSystem { try retrying("fsync", path) { fsync(descriptor) } }
  }

  private static func open(_ path: String) -> Int32? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    return descriptor < 0 ? nil : descriptor
  }

  /// In the fastest of zlib's ways, as the git command does.
  private static func deflated(_ bytes: [UInt8]) throws(GitError) -> [UInt8] {
    var (count, result) = (cgit2_compress_bound(UInt(bytes.count)), Int32(0))
    let deflated = [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, used in
      result = cgit2_compress(buffer.baseAddress, &count, bytes, UInt(bytes.count), 1)
      used = result == 0 ? Int(count) : 0
    }
    guard result == 0 else {
      throw GitError(
        code: .generic, call: "compress2", message: "an object could not be compressed",
        errorClass: 1)
    }
    return deflated
  }
}

extension Repository {
  /// Writes single objects in `body` and returns once all of them are on the disk. Without it each is waited for.
  public func withOneSync<R>(_ body: () throws -> R) throws -> R {
    let isOutermost = !gathersSyncs
    gathersSyncs = true
    defer { if isOutermost { gathersSyncs = false } }
    let result = try body()
    if isOutermost { try looseObjects.sync() }
    return result
  }

  func writeLoose(_ bytes: UnsafeRawBufferPointer, _ type: git_object_t) throws -> ObjectID {
    var raw = git_oid()
    try check(git_odb_hash(&raw, bytes.baseAddress, bytes.count, type), "git_odb_hash")
    let id = ObjectID(raw)
    try looseObjects.write(bytes, type, id: id)
    if !gathersSyncs { try looseObjects.sync() }
    return id
  }
}
