// Reading and writing single objects.

internal import CGit2

extension Repository {
  public func objectExists(_ id: ObjectID) throws -> Bool {
    var raw = id.raw
    return git_odb_exists(try store(), &raw) == 1
  }

  /// True where `id` names a commit; false where it names something else or nothing.
  public func commitExists(_ id: ObjectID) throws -> Bool {
    try header(id)?.type == GIT_OBJECT_COMMIT
  }

  public func commit(_ id: ObjectID) throws -> Commit {
    var raw = id.raw
    let commit = try Owned<CommitObject>("git_commit_lookup") {
      git_commit_lookup(&$0, pointer, &raw)
    }
    return Commit(commit.pointer)
  }

  /// All bytes of a blob.
  public func blob(_ id: ObjectID) throws -> [UInt8] {
    try withBlob(id) { Array($0) }
  }

  /// A blob's size in bytes, out of its header; the contents are not read where the format allows it.
  public func blobSize(_ id: ObjectID) throws -> Int {
    guard let header = try header(id) else { throw Repository.missing(id, "git_odb_read_header") }
    guard header.type == GIT_OBJECT_BLOB else { throw Repository.wrongType(id, "blob") }
    return header.size
  }

  /// Lends a blob's bytes without a copy. They must not leave `body`.
  public func withBlob<R>(_ id: ObjectID, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R
  {
    try withObject(id, GIT_OBJECT_BLOB, "blob", body)
  }

  /// Stores a blob; one that is there already is not written again.
  @discardableResult
  public func writeBlob(_ bytes: [UInt8]) throws -> ObjectID {
    try bytes.withUnsafeBytes { try write($0, GIT_OBJECT_BLOB) }
  }

  /// The id that a blob with these bytes has, without storing it.
  public static func blobID(_ bytes: [UInt8]) throws -> ObjectID {
    try Library.start.get()
    var id = git_oid()
    try bytes.withUnsafeBytes {
      _ = try check(git_odb_hash(&id, $0.baseAddress, $0.count, GIT_OBJECT_BLOB), "git_odb_hash")
    }
    return ObjectID(id)
  }

  func write(_ bytes: UnsafeRawBufferPointer, _ type: git_object_t) throws -> ObjectID {
    guard pending != nil else { return try writeLoose(bytes, type) }
    var id = git_oid()
    try check(
      git_odb_write(&id, try store(), bytes.baseAddress, bytes.count, type), "git_odb_write")
    try wrote(ObjectID(id), bytes.count)
    return ObjectID(id)
  }

  func withObject<R>(
    _ id: ObjectID, _ type: git_object_t, _ typeName: String,
    _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    var raw = id.raw
    let store = try store()
    let object = try Owned<OdbObject>("git_odb_read") { git_odb_read(&$0, store, &raw) }
    guard git_odb_object_type(object.pointer) == type else {
      throw Repository.wrongType(id, typeName)
    }
    return try body(
      UnsafeRawBufferPointer(
        start: git_odb_object_data(object.pointer), count: git_odb_object_size(object.pointer)))
  }

  /// Nil where the object is missing.
  private func header(_ id: ObjectID) throws -> (size: Int, type: git_object_t)? {
    var raw = id.raw
    var size = 0
    var type = GIT_OBJECT_INVALID
    let result = git_odb_read_header(&size, &type, try store(), &raw)
    if result == GIT_ENOTFOUND.rawValue { return nil }
    try check(result, "git_odb_read_header")
    return (size, type)
  }

  static func missing(_ id: ObjectID, _ call: String) -> GitError {
    GitError(code: .notFound, call: call, message: "object \(id) is missing", errorClass: 9)
  }

  static func wrongType(_ id: ObjectID, _ wanted: String) -> GitError {
    GitError(code: .invalid, call: "git_odb_read", message: "object \(id) is no \(wanted)")
  }
}
