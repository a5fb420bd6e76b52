// What trees hold, how two of them differ, and what one is to become.

/// A tree entry's mode. Open: an odd mode from an old tool is kept as it came.
public struct FileMode: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let tree = FileMode(rawValue: 0o040000)
  public static let file = FileMode(rawValue: 0o100644)
  public static let executable = FileMode(rawValue: 0o100755)
  public static let symlink = FileMode(rawValue: 0o120000)
  public static let submodule = FileMode(rawValue: 0o160000)

  public var isTree: Bool { rawValue & 0o170000 == 0o040000 }
  /// Neither a folder nor a submodule: its id names a blob.
  public var isBlob: Bool { !isTree && rawValue & 0o170000 != 0o160000 }
}

/// One name in one folder.
public struct TreeEntry: Hashable, Sendable {
  public let name: String
  public let id: ObjectID
  public let mode: FileMode

  public var isTree: Bool { mode.isTree }

  public init(name: String, id: ObjectID, mode: FileMode) {
    self.name = name
    self.id = id
    self.mode = mode
  }
}

/// A file that differs between two trees. Both sides present: edited. Renames are a removal and an addition.
public struct TreeChange: Hashable, Sendable {
  public struct Side: Hashable, Sendable {
    public let id: ObjectID
    public let mode: FileMode

    public init(id: ObjectID, mode: FileMode) {
      self.id = id
      self.mode = mode
    }
  }

  /// From the root, with slashes.
  public let path: String
  public let old: Side?
  public let new: Side?

  public init(path: String, old: Side?, new: Side?) {
    self.path = path
    self.old = old
    self.new = new
  }
}

/// One path of a tree that is to be made from another.
public enum TreeUpdate: Hashable, Sendable {
  /// Puts the object there. Missing folders are made, and a file that stands where a folder is needed gives way.
  case upsert(path: String, id: ObjectID, mode: FileMode)
  /// Takes a file, or a folder with all in it. A path that is not there is no error.
  case remove(path: String)

  public var path: String {
    switch self {
    case .upsert(let path, _, _), .remove(let path): path
    }
  }
}
