// Housekeeping of objects: loose files into packs, packs into fewer. Nothing ever leaves the repository by it.

internal import CGit2
internal import Glibc
internal import System

/// How much of a repository is packed in one go.
public enum PackingScope: Hashable, Sendable {
  /// What came since this commit of HEAD; then packs are joined so that each is at least twice as large as all smaller
  /// ones together. In one thread, with little memory.
  case recent(since: ObjectID?)
  /// Everything into one pack, as `git gc` does, by all cores.
  case everything
}

/// What packing came to.
public struct PackReport: Hashable, Sendable {
  /// Loose objects that are in a pack now.
  public var packed: Int
  /// Packs that went into others.
  public var joined: Int
  /// Loose objects that are left.
  public var loose: Int
  /// Packs that are there now.
  public var packs: Int

  public init(packed: Int = 0, joined: Int = 0, loose: Int = 0, packs: Int = 0) {
    (self.packed, self.joined, self.loose, self.packs) = (packed, joined, loose, packs)
  }
}

extension Repository {
  /// An estimate from 4 of the 256 folders.
  public func looseObjectCount() throws -> Int { try ObjectFolder(self).looseEstimate() }

  /// Packs that could be joined.
  public func packCount() throws -> Int {
    try ObjectFolder(self).packs().count { !$0.isKept && !$0.isCruft }
  }

  /// Packs loose objects and joins packs, by `git pack-objects`, or by libgit2 in slices where there is no git command.
  ///
  /// Needs no lock, and others may go on reading and writing: an object's old file goes only after the new pack that
  /// holds it is synced, and only if its index names the object. What no reference reaches is kept as well, for a writer
  /// may be about to use it. Left alone are packs with a `.keep`, what lies in borrowed object folders, a partial clone,
  /// and everything while a `git gc` is at work.
  /// - Parameter messages: a file for what the git command says.
  public func pack(_ scope: PackingScope, messages: String = "/dev/null") throws -> PackReport {
    let folder = ObjectFolder(self)
    folder.removeLeftovers()
    var report = PackReport()
    if try !isPartial, try !isBeingCollected() {
      let command = PackCommand(self, messages, isThrifty: scope != .everything)
      let packing = Packing(repository: self, folder: folder, command: command)
      do {
        try packing.run(scope, &report)
      } catch is PackCommand.IsMissing {
        try packing.runInSlices(scope, &report)
      }
      try refresh()
    }
    report.loose = try folder.loose().count
    report.packs = try packCount()
    return report
  }

  /// `gc.pid` names a process that lives, or one on another machine that wrote it less than 12 hours ago; the rule
  /// of `git gc`.
  public func isBeingCollected() throws -> Bool {
    guard let file = try ofSystem({ try FileBytes(commonFolder + "/gc.pid") }) else { return false }
    let parts = String(decoding: file.bytes, as: UTF8.self).split(separator: " ")
    guard parts.count == 2, let process = pid_t(parts[0]) else { return false }
    var host = [CChar](repeating: 0, count: 257)
    gethostname(&host, 256)
    let here = String(
      decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let there = parts[1].prefix { !$0.isNewline }
    guard there == here else {
      return time(nil) - file.status.st_mtim.tv_sec < 12 * 3_600
    }
    return kill(process, 0) == 0 || errno == EPERM
  }
}

/// One run of it.
private struct Packing {
  let repository: Repository
  let folder: ObjectFolder
  let command: PackCommand

  /// More loose objects than that are not left to the next run.
  private static let looseLimit = 1_000

  func run(_ scope: PackingScope, _ report: inout PackReport) throws {
    guard case .recent(let known) = scope else { return try runWhole(&report) }
    if let head = try repository.head().commit {
      var revisions = "\(head)\n"
      if let known, known != head { revisions += "^\(known)\n" }
      if known != head {
        try command.write(["--revs", "--incremental", "--sparse"], input: revisions)
      }
    }
    var loose = try folder.removePackedLoose()
    report.packed = loose.gone
    if loose.left > Self.looseLimit {
      try command.write(
        PackCommand.allReferences + ["--unpacked", "--incremental", "--pack-loose-unreachable"])
      loose = try folder.removePackedLoose()
      report.packed += loose.gone
    }
    let few = try toJoin(minimum: 2)
    guard !few.isEmpty else { return }
    let names = few.map { "\($0.name).pack\n" }.joined()
    report.joined = try folder.remove(
      few, coveredBy: try command.write(["--stdin-packs"], input: names))
  }

  private func runWhole(_ report: inout PackReport) throws {
    let before = try folder.packs().filter { !$0.isKept }
    report.packed = try folder.removePackedLoose().gone
    let isOne = before.count <= 1
    if try isOne && folder.loose().isEmpty { return }
    if folder.hasMultiPackIndex {
      try command.write(
        PackCommand.allReferences + ["--unpacked", "--incremental", "--pack-loose-unreachable"])
    } else {
      let new = try command.write(
        PackCommand.allReferences + [
          "--keep-true-parents", "--honor-pack-keep", "--keep-unreachable",
          "--pack-loose-unreachable",
        ])
      report.joined = try folder.remove(before, coveredBy: new)
    }
    report.packed += try folder.removePackedLoose().gone
  }

  /// Without a git command: libgit2 knows no names of files, so its packs are larger, and it is slower the more it gets.
  func runInSlices(_ scope: PackingScope, _ report: inout PackReport) throws {
    report.packed += try folder.removePackedLoose().gone
    let readable = try folder.loose().filter(repository.isReadable)
    for start in stride(from: 0, to: readable.count, by: Self.looseLimit) {
      try repository.writePack(
        Array(readable[start..<min(start + Self.looseLimit, readable.count)]), threads: 1)
    }
    report.packed += try folder.removePackedLoose().gone
    let few = try toJoin(minimum: scope == .everything ? 2 : 8).filter { $0.bytes < 16 << 20 }
    guard few.count > 1 else { return }
    var seen: Set<ObjectID> = []
    let ids = few.compactMap(folder.index).flatMap { index in
      index.ids.filter { seen.insert($0).inserted }
    }
    let before = Set(try folder.packs().map(\.name))
    try repository.writePack(ids, threads: 1)
    let new = Set(try folder.packs().map(\.name)).subtracting(before)
    report.joined += try folder.remove(few, coveredBy: new)
  }

  /// The smallest packs, as many as must become one for each of the others to be at least twice as large as all smaller
  /// ones together: an object is copied a few times over the life of a repository, not with every run.
  private func toJoin(minimum: Int) throws -> [ObjectFolder.Pack] {
    guard !folder.hasMultiPackIndex else { return [] }
    let packs = try folder.packs().filter { !$0.isKept && !$0.isCruft }
      .compactMap { pack in folder.index(of: pack).map { (pack: pack, count: $0.count) } }
      .sorted { ($0.count, $0.pack.name) < ($1.count, $1.pack.name) }
    guard packs.count >= minimum else { return [] }
    var end = 0
    for position in 1..<packs.count where packs[position].count < 2 * packs[position - 1].count {
      end = position + 1
    }
    var sum = packs[..<end].reduce(0) { $0 + $1.count }
    while end > 0, end < packs.count, packs[end].count < 2 * sum {
      sum += packs[end].count
      end += 1
    }
    return packs[..<end].map(\.pack)
  }
}

extension Repository {
  /// Writes a pack of exactly these objects and its index, synced.
  func writePack(_ ids: [ObjectID], threads: Int) throws {
    let builder = try Owned<PackBuilderObject>("git_packbuilder_new") {
      git_packbuilder_new(&$0, pointer)
    }
    git_packbuilder_set_threads(builder.pointer, UInt32(threads))
    for id in ids {
      var raw = id.raw
      try check(git_packbuilder_insert(builder.pointer, &raw, nil), "git_packbuilder_insert")
    }
    let folder = commonFolder + "/objects/pack"
    try check(
      git_packbuilder_write(builder.pointer, folder, 0o444, nil, nil), "git_packbuilder_write")
    try ofSystem { try Descriptor.syncFolder(folder) }
  }

  /// A file that a power cut left empty is not.
  fileprivate func isReadable(_ id: ObjectID) -> Bool {
    var raw = id.raw
    // Left as it is, for the next run.
    guard let store = try? store() else { return false }
    return (try? Owned<OdbObject>("git_odb_read") { git_odb_read(&$0, store, &raw) }) != nil
  }
}
