// Whether a commit is gone for good, or only cannot be read at this moment.

internal import CGit2
internal import Glibc
internal import System

extension Repository {
  /// The commit of this id; nil where its object is truly absent, is no commit, or is corrupt.
  ///
  /// libgit2 calls an object missing whenever it cannot open what may hold it. So absence is believed only once all
  /// that may hold the object has been opened, and a second handle, which knows nothing of the first, misses it too.
  /// - Throws: for what passes by: no descriptor left, no permission, an error of the disk.
  public func commitIfThere(_ id: ObjectID) throws -> Commit? {
    try ifThere(id) { try $0.commit(id) }
  }

  /// What `read` finds of objects; nil where one that it needs is truly absent or corrupt.
  public func ifThere<Found>(_ ids: ObjectID..., read: (Repository) throws -> Found) throws
    -> Found?
  {
    do {
      return try read(self)
    } catch let error as GitError where error.saysOfObject {
      try refresh()
      for id in ids { try proveReadable(id) }
      let fresh = try Repository.open(path: gitFolder)
      do {
        return try read(fresh)
      } catch let error as GitError where error.saysOfObject {
        return nil
      }
    }
  }

  /// Whether a commit, its root, and all that it has at these paths are on the disk, whatever this handle remembers.
  public func areStored(_ commit: ObjectID, _ paths: [String]) throws -> Bool {
    let tree = try self.commit(commit).tree
    var ids: Set<ObjectID> = [commit, tree]
    for path in paths {
      var at = tree
      for name in path.utf8.split(separator: UInt8(ascii: "/")) {
        guard let entry = try treeEntry(in: at, String(decoding: Array(name), as: UTF8.self)) else {
          break
        }
        ids.insert(entry.id)
        at = entry.id
      }
    }
    var fresh: Repository?
    for id in ids where !isLoose(id) {
      if fresh == nil { fresh = try Repository.open(path: gitFolder) }
      if try !fresh!.objectExists(id) { return false }
    }
    return true
  }

  /// Whether a blob is on the disk, whatever this handle remembers.
  public func isStored(_ id: ObjectID) throws -> Bool {
    try Repository.open(path: gitFolder).holds(id)
  }

  /// The same for a handle that has read no blob yet. A file of its own is read: after a power cut it may be empty.
  public func holds(_ id: ObjectID) throws -> Bool {
    try ifThere(id) {
      if isLoose(id) { return try $0.withBlob(id) { _ in true } }
      guard try $0.objectExists(id) else { throw Repository.missing(id, "git_odb_exists") }
      return true
    } ?? false
  }

  private func isLoose(_ id: ObjectID) -> Bool {
    let hex = id.description
    return access("\(commonFolder)/objects/\(hex.prefix(2))/\(hex.dropFirst(2))", F_OK) == 0
  }

  /// Lets new packs be seen, and removed ones be forgotten.
  public func refresh() throws {
    try check(git_odb_refresh(try store()), "git_odb_refresh")
  }

  /// - Throws: where a file that may hold the object cannot be opened.
  private func proveReadable(_ id: ObjectID) throws(GitError) {
    let hex = id.description
    for store in try objectFolders() {
      try proveReadable("\(store)/\(hex.prefix(2))/\(hex.dropFirst(2))")
      for name in try ofSystem({ try Path.names(in: store + "/pack") })
      where name.hasSuffix(".idx") || name.hasSuffix(".pack") {
        try proveReadable("\(store)/pack/\(name)")
      }
    }
  }

  private func proveReadable(_ path: String) throws(GitError) {
    try ofSystem {
      let _: Void? = try missingIsNil { _ = try Descriptor(opening: path, O_RDONLY) }
    }
  }

  /// Our own object folder, and those that it borrows from, five deep as in Git.
  private func objectFolders() throws(GitError) -> [String] {
    var folders = [commonFolder + "/objects"]
    var next = folders
    for _ in 0..<5 {
      var borrowed: [String] = []
      for folder in next {
        guard let file = try ofSystem({ try FileBytes(folder + "/info/alternates") }) else {
          continue
        }
        for line in file.bytes.split(separator: UInt8(ascii: "\n")) {
          let path = String(decoding: line, as: UTF8.self)
          guard !path.hasPrefix("#") else { continue }
          borrowed.append(path.hasPrefix("/") ? path : "\(folder)/\(path)")
        }
      }
      folders += borrowed
      next = borrowed
    }
    return folders
  }
}

extension GitError {
  /// It says something of the object, not of this machine's state (libgit2's classes 1, memory, and 2, operating
  /// system).
  public var saysOfObject: Bool { code == .notFound || (errorClass != 1 && errorClass != 2) }

  /// An object is gone, or what is there of it cannot be read (classes 5, zlib, 9, object store, 11, object, 14, tree).
  public var saysOfDamage: Bool { code == .notFound || [5, 9, 11, 14].contains(errorClass) }
}
