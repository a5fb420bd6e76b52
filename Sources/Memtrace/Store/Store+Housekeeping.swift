// Housekeeping: packs what was written, after the answer and outside the lock, so that nobody waits for it.

internal import Git
internal import Glibc
internal import System

/// What is known of the last run, in `.git/memtrace/housekeeping`. Without it a run looks at more than it must.
struct HousekeepingNote {
  var time: Timestamp?
  /// Why it failed; nil after a good one.
  var failure: String?
  /// The commit of HEAD that was packed last.
  var packed: KnownCommit?
  /// Loose objects and packs that it left.
  var loose = 0
  var packs = 0

  init() {}

  init(parsing bytes: [UInt8]?) {
    guard let bytes, let json = try? JSON(parsing: bytes) else { return }
    func number(_ key: String) -> Int { json[key]?.integer.map { Int($0) } ?? 0 }
    time = json["time"]?.string.flatMap { Timestamp(rfc3339: $0) }
    failure = json["failure"]?.string
    packed = json["packed"]?.string.flatMap { KnownCommit(hex: $0) }
    loose = number("loose")
    packs = number("packs")
  }

  var bytes: [UInt8] {
    var fields: [JSON.Member] = []
    if let time { fields.append(.init("time", .string(time.description))) }
    if let failure { fields.append(.init("failure", .string(failure))) }
    if let packed { fields.append(.init("packed", .string(packed.description))) }
    fields += [.init("loose", .number("\(loose)")), .init("packs", .number("\(packs)"))]
    return JSON.object(fields).bytes
  }
}

extension Store {
  /// Loose objects, and packs, beyond what the last run left, from which another one is worth its while.
  private static let looseLimit = 1_500
  private static let packLimit = 24
  /// Milliseconds after a failure before it is tried again.
  private static let patience: Int64 = 3_600_000

  /// Whether a run is worth its while now and none is under way; what cannot be told now is told next time. Looks at two folders, and only in a repository that a
  /// verb has opened to write.
  public func housekeepingIsDue() -> Bool {
    guard let repository = openedRepository, let loose = try? repository.looseObjectCount(),
      let packs = try? repository.packCount(), loose > Self.looseLimit || packs > Self.packLimit
    else { return false }
    let note = housekeepingNote()
    if note.failure != nil, let time = note.time,
      (0..<Self.patience).contains(world.now().milliseconds - time.milliseconds)
    {
      return false
    }
    guard loose > note.loose + Self.looseLimit || packs > note.packs + Self.packLimit / 2 else {
      return false
    }
    let lock = try? housekeepingFolder().map { try FileLock.attempt($0 + "/packing") }
    return (lock ?? nil) != nil
  }

  /// What is known of the last run; nothing where the note cannot be read.
  func housekeepingNote() -> HousekeepingNote {
    let bytes = try? housekeepingFolder().flatMap { folder in
      try missingIsNil { try Descriptor(opening: folder + "/housekeeping", O_RDONLY).readAll() }
    }
    return HousekeepingNote(parsing: bytes ?? nil)
  }

  /// Packs; takes no lock that a writer waits for.
  /// - Parameter isWhole: everything into one pack; else what came since the last run.
  /// - Returns: nil where another run is under way.
  /// - Throws: what went wrong, which is noted for `status` as well.
  func keepHouse(isWhole: Bool) throws -> PackReport? {
    try translating {
      let repository = try repository()
      let state = try stateFolder()
      guard let folder = housekeepingFolder(),
        let lock = try FileLock.attempt(folder + "/packing")
      else { return nil }
      return try withExtendedLifetime(lock) {
        removeLeftovers(state)
        if folder != state { removeLeftovers(folder) }
        var note = housekeepingNote()
        note.time = world.now()
        do {
          let head = try repository.head().commit
          let known = try note.packed?.resolve(in: repository)?.id
          let report = try repository.pack(
            isWhole ? .everything : .recent(since: known), messages: folder + "/packing.log")
          (note.failure, note.loose, note.packs) = (nil, report.loose, report.packs)
          note.packed = head.map(KnownCommit.init)
          try Folder(folder).replace("housekeeping", with: note.bytes, mode: 0o600)
          return report
        } catch let error as GitError {
          note.failure = error.message
          // The first failure is the one to tell.
          try? Folder(folder).replace("housekeeping", with: note.bytes, mode: 0o600)
          throw error
        }
      }
    }
  }

  /// Ours, in the Git folder that all worktrees share: they share its objects.
  private func housekeepingFolder() -> String? {
    guard let openedRepository else { return nil }
    let folder = openedRepository.commonFolder + "/memtrace"
    return (try? Path.makeFolder(folder, mode: 0o700)).map { folder }
  }

  /// Files that were being replaced when their writer was killed, and the hold of a `git commit` that is no more. What
  /// cannot be taken away stays for the next run.
  private func removeLeftovers(_ state: String) {
    guard let folder = try? Folder(state), let names = try? folder.list() else { return }
    for (name, isFolder) in names where !isFolder {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      if name.hasPrefix("."), name.hasSuffix(".tmp"), parts.count > 3,
        let process = pid_t(parts[parts.count - 2]), kill(process, 0) != 0, errno == ESRCH
      {
        unlink("\(state)/\(name)")
      }
    }
    if let hold = try? folder.status("hold"), !Hold.isActive(state),
      Int64(hold.st_mtim.tv_sec) * 1_000 < world.now().milliseconds - Self.patience
    {
      unlink(state + "/hold")
    }
  }
}
