// Writing chosen objects into one pack, and loose objects out of the way.

internal import CGit2
internal import Glibc

/// What `packLooseObjects` did.
public enum PackReport: Hashable, Sendable {
  /// There was nothing to pack.
  case nothingLoose
  /// So many loose objects are now in one pack, and their files are gone.
  case packed(Int)
  /// They are in a pack, but a `git gc` is at work, so the loose files were left to it.
  case leftToCollector(Int)
}

extension Repository {
  /// How many loose objects there are: an estimate from one of the 256 folders, as `git gc --auto` does, or all
  /// counted (one folder listing each).
  public func looseObjectCount(exact: Bool = false) throws -> Int {
    if exact { return try looseObjects().count }
    return try Repository.names(in: objectsFolder + "/17").count { $0.utf8.count == 38 } * 256
  }

  /// Moves all loose objects into one new pack. Its files and folder are synced before a loose file goes. One
  /// that cannot be read is left where it is.
  /// - Parameters:
  ///   - threads: for finding deltas; 0 takes all cores.
  ///   - progress: called with objects written and objects in all.
  @discardableResult
  public func packLooseObjects(
    threads: Int = 1, progress: (TransferProgress) throws -> Void = { _ in }
  ) throws -> PackReport {
    removeUnfinishedPacks(among: try Repository.names(in: objectsFolder + "/pack"))
    let loose = try looseObjects().filter { isReadable($0) }
    guard !loose.isEmpty else { return .nothingLoose }
    let seconds = try writePack(loose, threads: threads, progress: progress)
    if collectorIsAlive(at: seconds) { return .leftToCollector(loose.count) }
    for id in loose { unlink(loosePath(id)) }
    try check(git_odb_refresh(try store()), "git_odb_refresh")
    return .packed(loose.count)
  }

  /// Writes a pack of exactly these objects and its index, synced. Returns the file system's time, in seconds.
  @discardableResult
  func writePack(
    _ ids: [ObjectID], threads: Int, progress: (TransferProgress) throws -> Void = { _ in }
  ) throws -> Int {
    let builder = try Owned<PackBuilderObject>("git_packbuilder_new") {
      git_packbuilder_new(&$0, pointer)
    }
    git_packbuilder_set_threads(builder.pointer, UInt32(threads))
    for id in ids {
      var raw = id.raw
      try check(git_packbuilder_insert(builder.pointer, &raw, nil), "git_packbuilder_insert")
    }
    let folder = objectsFolder + "/pack"
    try withTransferProgress(progress) { callback, payload in
      git_packbuilder_write(builder.pointer, folder, 0o444, callback, payload)
    }
    try Repository.sync(folder)
    guard let name = git_packbuilder_name(builder.pointer) else { return 0 }
    let pack = folder + "/pack-" + String(cString: name) + ".pack"
    return FileBytes.status(pack.utf8CString.map { $0 })?.st_mtim.tv_sec ?? 0
  }

  /// Takes away what writers of packs that were killed more than a day ago left: files whose names libgit2 begins so
  /// until they are complete. `git gc` leaves them.
  /// - Parameter names: of all files in the folder of packs.
  func removeUnfinishedPacks(among names: some Sequence<String>) {
    let folder = objectsFolder + "/pack"
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    for name in names where name.hasPrefix("pack_git2_") {
      let path = "\(folder)/\(name)"
      guard let status = FileBytes.status(path.utf8CString.map { $0 }),
        status.st_mtim.tv_sec < now.tv_sec - 24 * 3_600
      else { continue }
      unlink(path)
    }
  }

  private var objectsFolder: String { commonFolder + "/objects" }

  private func loosePath(_ id: ObjectID) -> String {
    let hex = id.description
    return "\(objectsFolder)/\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  private func looseObjects() throws -> [ObjectID] {
    try (0..<256).flatMap { number in
      let text = String(number, radix: 16)
      let prefix = text.utf8.count == 1 ? "0" + text : text
      return try Repository.names(in: "\(objectsFolder)/\(prefix)").compactMap {
        ObjectID(hex: prefix + $0)
      }
    }
  }

  /// A file that a power cut left empty is not.
  private func isReadable(_ id: ObjectID) -> Bool {
    var raw = id.raw
    guard let store = try? store() else { return false }
    let object = try? Owned<OdbObject>("git_odb_read") { git_odb_read(&$0, store, &raw) }
    return object != nil
  }

  /// `gc.pid` names a process that lives, or one on another machine that wrote it less than 12 hours ago; the rule
  /// of `git gc`.
  func collectorIsAlive(at seconds: Int) -> Bool {
    guard let file = try? FileBytes(commonFolder + "/gc.pid") else { return false }
    let parts = String(decoding: file.bytes, as: UTF8.self).split(separator: " ")
    guard parts.count == 2, let process = pid_t(parts[0]) else { return false }
    var host = [CChar](repeating: 0, count: 257)
    gethostname(&host, 256)
    let here = String(
      decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let there = parts[1].prefix { !$0.isNewline }
    guard there == here else { return seconds - file.status.st_mtim.tv_sec < 12 * 3600 }
    return kill(process, 0) == 0 || errno == EPERM
  }

  /// The names in a folder; none where it is missing.
  static func names(in folder: String) throws(GitError) -> [String] {
    guard let stream = opendir(folder) else {
      if errno == ENOENT { return [] }
      throw systemError(errno, "opendir", folder)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }

  private static func sync(_ folder: String) throws(GitError) {
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError(errno, "open", folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw systemError(errno, "fsync", folder) }
  }
}
