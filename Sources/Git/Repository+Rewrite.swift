// What rewriting history needs of Git: objects by their bytes, every object of the own store, and packs without some of them.

internal import CGit2
internal import Glibc
internal import System

public enum ObjectKind: Hashable, Sendable {
  case commit, tree, blob, tag
}

extension Repository {
  /// Nil where there is no such object.
  public func kind(of id: ObjectID) throws -> ObjectKind? {
    var (raw, size, type) = (id.raw, 0, GIT_OBJECT_INVALID)
    let result = git_odb_read_header(&size, &type, try store(), &raw)
    if result == GIT_ENOTFOUND.rawValue { return nil }
    try check(result, "git_odb_read_header")
    return switch type {
    case GIT_OBJECT_COMMIT: .commit
    case GIT_OBJECT_TREE: .tree
    case GIT_OBJECT_BLOB: .blob
    case GIT_OBJECT_TAG: .tag
    default: nil
    }
  }

  /// The bytes of a commit or a tag.
  public func rawText(_ id: ObjectID, _ kind: ObjectKind) throws -> [UInt8] {
    try withObject(id, kind == .tag ? GIT_OBJECT_TAG : GIT_OBJECT_COMMIT, "commit or tag") {
      Array($0)
    }
  }

  public func writeRawText(_ bytes: [UInt8], _ kind: ObjectKind) throws -> ObjectID {
    try bytes.withUnsafeBytes {
      try write($0, kind == .tag ? GIT_OBJECT_TAG : GIT_OBJECT_COMMIT)
    }
  }

  /// A tree with each entry's object put in place of by `body`; nil from it takes the entry out. The same id where nothing
  /// changes, nil where nothing is left.
  public func mappedTree(
    _ id: ObjectID, _ body: (_ name: String, _ id: ObjectID, _ mode: FileMode) throws -> ObjectID?
  ) throws -> ObjectID? {
    var bytes: [UInt8] = []
    var hasChanged = false
    try withObject(id, GIT_OBJECT_TREE, "tree") { raw in
      for entry in RawTreeEntries(raw) {
        let new = try body(TreeName.text(entry.name), entry.id, entry.mode)
        if new != entry.id { hasChanged = true }
        guard let new else { continue }
        bytes += String(entry.mode.rawValue, radix: 8).utf8
        bytes.append(32)
        bytes += entry.name
        bytes.append(0)
        bytes += new.bytes
      }
    }
    if !hasChanged { return id }
    return bytes.isEmpty
      ? nil : try bytes.withUnsafeBytes { try write($0, GIT_OBJECT_TREE) }
  }

  /// The tree of nothing.
  public func writeEmptyTree() throws -> ObjectID {
    try write(UnsafeRawBufferPointer(start: nil, count: 0), GIT_OBJECT_TREE)
  }

  /// Every object that lies in this repository's own folder, whether anything reaches it or not.
  public func ownObjects() throws -> Set<ObjectID> {
    let folder = ObjectFolder(self)
    var all = Set(try folder.loose())
    for pack in try folder.packs() {
      guard let index = folder.index(of: pack) else { continue }
      for position in 0..<index.count { all.insert(index[position]) }
    }
    return all
  }

  /// Takes objects out of this repository's own folder, for good: loose ones, and by new packs in place of those that hold
  /// some. What came since is not touched.
  /// - Returns: names of packs that a person had marked to be kept, and that are gone now.
  public func remove(objects: Set<ObjectID>) throws -> [String] {
    let folder = ObjectFolder(self)
    var keepers: Set<ObjectID> = []
    var old: [ObjectFolder.Pack] = []
    for pack in try folder.packs() {
      guard let index = folder.index(of: pack) else { continue }
      let ids = (0..<index.count).map { index[$0] }
      guard ids.contains(where: objects.contains) else { continue }
      old.append(pack)
      keepers.formUnion(ids.filter { !objects.contains($0) })
    }
    if !keepers.isEmpty {
      let list = keepers.sorted().map { "\($0)\n" }.joined()
      try PackCommand(self, "/dev/null", isThrifty: false).write([], input: list)
    }
    for pack in old {
      for ending in ["idx", "pack", "rev", "bitmap", "mtimes", "keep"] {
        unlink("\(folder.packFolder)/\(pack.name).\(ending)")
      }
    }
    for id in try folder.loose() where objects.contains(id) {
      let hex = id.description
      unlink("\(folder.path)/\(hex.prefix(2))/\(hex.dropFirst(2))")
    }
    // Files that name what is gone.
    if !old.isEmpty {
      for name in ["pack/multi-pack-index", "info/commit-graph"] {
        unlink("\(folder.path)/\(name)")
      }
      for name in try ofSystem({ try Path.names(in: folder.path + "/info/commit-graphs") }) {
        unlink("\(folder.path)/info/commit-graphs/\(name)")
      }
    }
    try refresh()
    return old.filter(\.isKept).map(\.name)
  }

  /// Other folders of objects that this one reads from.
  public var borrowsFrom: [String] {
    get throws {
      guard let file = try ofSystem({ try FileBytes(commonFolder + "/objects/info/alternates") })
      else { return [] }
      return String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }
}
