// The Git index: kept in step with commits that did not go through it.

internal import CGit2
internal import Glibc
internal import System

/// What the index holds at a path.
public struct IndexEntry: Hashable, Sendable {
  public let path: String
  public let id: ObjectID
  public let mode: FileMode
  /// 0, or 1 to 3 for the sides of a conflict.
  public let stage: Int
  /// No file of the work tree: sparse checkout, or a person, told Git not to miss it.
  public let isLeftOut: Bool
}

/// An index with the status of its file. Git and we replace that file, so that another one has another inode.
struct ReadIndex {
  let index: IndexFile
  let status: stat

  var seconds: UInt32 { UInt32(truncatingIfNeeded: status.st_mtim.tv_sec) }

  func isOf(_ other: stat) -> Bool {
    status.st_ino == other.st_ino && status.st_dev == other.st_dev
      && status.st_size == other.st_size && status.st_mtim.tv_sec == other.st_mtim.tv_sec
      && status.st_mtim.tv_nsec == other.st_mtim.tv_nsec
      && status.st_ctim.tv_sec == other.st_ctim.tv_sec
      && status.st_ctim.tv_nsec == other.st_ctim.tv_nsec
  }
}

extension Repository {
  /// Puts known objects into the index, or takes paths out of it; nothing is hashed again. All other entries stay
  /// as they are, the ones that a person staged and conflicts included. One pass under `index.lock`.
  /// A split or sparse index is left to the git command.
  /// - Throws: `.locked` where another process holds the lock, `.unsupported` for a split or sparse index where there
  ///   is no git command (the message names the setting), `.bare` without a work tree.
  public func updateIndex(_ changes: [IndexChange]) throws {
    guard let workTree else {
      throw GitError(code: .bare, call: "updateIndex", message: "a bare repository has no index")
    }
    try rebuildMissingIndex()
    do {
      try updateIndexFile(changes, workTree)
    } catch let error as GitError where error.code == .unsupported {
      guard updateIndexByCommand(changes) else {
        throw indexIsLocked ? LockFile.isHeld(indexPath) : error
      }
    }
  }

  /// The index holds exactly these files then. A split or sparse one becomes a plain one.
  func replaceIndex(_ files: [IndexChange]) throws {
    guard let workTree else { return }
    try updateIndexFile(files, workTree, isAnew: true)
  }

  private func updateIndexFile(
    _ changes: [IndexChange], _ workTree: String, isAnew: Bool = false
  ) throws {
    let lock = try LockFile(over: indexPath)
    let (index, seconds) = isAnew ? (IndexFile(), .max) : try readIndex()
    lastIndex = nil
    var wanted: [String: IndexChange] = [:]
    for change in changes { wanted[change.path] = change }
    let old = IndexEntries(index, at: wanted.keys)
    let steps = try wanted.values.filter { !old.holds($0) }.flatMap {
      try self.steps($0, old.extendedFlags($0.path), wanted, workTree)
    }
    var seen: Set<[UInt8]> = []
    let edit = IndexEdit(
      index,
      steps.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        .filter { seen.insert($0.name).inserted },
      writtenAt: seconds, isUntouched: { isUntouched($0, workTree) })
    let paths = wanted.keys.map { TreeName.bytes($0) }
    let extensions = index.extensions.compactMap { name, body -> (name: String, body: [UInt8])? in
      switch name {
      case "TREE":
        CachedTrees.invalidated(Array(body)[...], paths, emptied: edit.emptied).map { (name, $0) }
      case "REUC": (name, Array(body))
      default: nil
      }
    }
    try index.write(
      edit.pieces, count: edit.count, extensions: extensions,
      hasFlags: changes.contains { !TreePath.isWritable($0.path) }, to: lock)
    try lock.commit()
  }

  /// What the index holds at each of `paths`, conflicts with all their sides; paths that it does not hold are left
  /// out. Reads the index once.
  public func indexEntries(at paths: some Sequence<String>) throws -> [String: [IndexEntry]] {
    do {
      return IndexEntries(try readIndex().index, at: paths).entries.mapValues {
        $0.map(\.entry)
      }
    } catch let error as GitError where error.code == .unsupported {
      guard let entries = indexEntriesByCommand(at: paths) else { throw error }
      return entries
    }
  }

  /// Of these paths, those whose files still are as the index last saw them, with the blobs that it has for them: as Git
  /// itself sees it, a file that may have changed while the index was written is none of them.
  public func untouchedFiles(at paths: some Sequence<String>) throws -> [String: ObjectID] {
    guard let workTree else { return [:] }
    let (index, seconds) = try readIndex()
    return IndexEntries(index, at: paths) {
      $0.holdsFile && $0.modificationSeconds < seconds && isUntouched($0, workTree)
    }.entries.compactMapValues(\.first?.entry.id)
  }

  /// Another process holds the index, or left its lock behind.
  public var indexIsLocked: Bool { access(indexPath + ".lock", F_OK) == 0 }

  var indexPath: String { gitFolder + "/index" }

  /// The index and the seconds of its file's modification time; empty where there is no file.
  ///
  /// Who looks into the index writes it next: the last one is kept until then, and read again where the file is
  /// another one.
  private func readIndex() throws -> (index: IndexFile, seconds: UInt32) {
    let status = Path.status(indexPath)
    if let known = lastIndex, let status, known.isOf(status) { return (known.index, known.seconds) }
    lastIndex = nil
    guard let file = try ofSystem({ try IndexContents(indexPath) }) else {
      return (IndexFile(), .max)
    }
    let read = ReadIndex(index: try IndexFile(file.bytes), status: file.status)
    lastIndex = read
    return (read.index, read.seconds)
  }

  /// The steps that one change takes: the entry itself, and what cannot stand beside it.
  private func steps(
    _ change: IndexChange, _ oldFlags: UInt16, _ wanted: [String: IndexChange], _ workTree: String
  ) throws -> [IndexStep] {
    let name = TreeName.bytes(change.path)
    guard TreePath.isPossible(name) else {
      throw GitError(
        code: .invalidName, call: "updateIndex",
        message: "\"\(change.path)\" is no path that an index can hold")
    }
    guard let id = change.id else { return [IndexStep(name: name, action: .drop)] }
    var header: [UInt8] = []
    var flags = UInt16(min(name.count, 0xFFF))
    let stat = change.matchesWorkTree ? try fileStatus(workTree, name, id, change.mode) : nil
    // A file that sparse checkout keeps out of the work tree stays out of it, and Git is told not to miss one that no
    // work tree may hold.
    let isLeftOut = !TreePath.isWritable(change.path)
    let skip = stat == nil ? (isLeftOut ? 0x4000 : oldFlags & 0x4000) : 0
    if skip != 0 { flags |= 0x4000 }
    for word in stat.map(IndexStat.words) ?? [UInt32](repeating: 0, count: 10) {
      header.append(bigEndian32: word)
    }
    header.replaceSubrange(
      24..<28, with: withUnsafeBytes(of: change.mode.rawValue.bigEndian, Array.init))
    header.append(contentsOf: id.bytes)
    header.append(contentsOf: [UInt8(flags >> 8), UInt8(flags & 0xFF)])
    if skip != 0 { header.append(contentsOf: [UInt8(skip >> 8), UInt8(skip & 0xFF)]) }
    var steps = [
      IndexStep(name: name, action: .put(header: header)),
      IndexStep(name: name + [TreePath.slash], action: .dropFolder),
    ]
    for at in name.indices where name[at] == TreePath.slash {
      if wanted[String(decoding: name[..<at], as: UTF8.self)]?.id != nil {
        throw GitError(
          code: .conflict, call: "updateIndex",
          message: "\(String(decoding: name[..<at], as: UTF8.self)) is both a file and a folder")
      }
      steps.append(IndexStep(name: Array(name[..<at]), action: .drop))
    }
    return steps
  }

  /// The work-tree file's status, if it can be this blob: its kind and its size are right.
  private func fileStatus(_ workTree: String, _ name: [UInt8], _ id: ObjectID, _ mode: FileMode)
    throws -> stat?
  {
    guard let status = Path.status(IndexStat.path(workTree, name)),
      status.st_mode & S_IFMT == mode.rawValue & UInt32(S_IFMT),
      try blobSize(id) == Int(status.st_size)
    else { return nil }
    return status
  }

  /// The file's status still is what the entry says, to the nanosecond: whoever compares seconds cannot see a
  /// change within the second in which the index was written.
  private func isUntouched(_ entry: RawIndexEntry, _ workTree: String) -> Bool {
    guard let status = Path.status(IndexStat.path(workTree, Array(entry.name))) else {
      return false
    }
    // The mode's bits differ lawfully: Git keeps only two kinds of them.
    return IndexStat.words(status).enumerated().allSatisfy { field, word in
      field == 6 || entry.word(field * 4) == word
    }
  }
}
