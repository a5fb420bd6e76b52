// Commits and signatures as values.

internal import CGit2

/// Who did something and when, as Git records it.
public struct Signature: Hashable, Sendable {
  public var name: String
  public var email: String
  /// Seconds since 1970-01-01 UTC.
  public var seconds: Int64
  /// Minutes east of UTC.
  public var offsetMinutes: Int32

  public init(name: String, email: String, seconds: Int64, offsetMinutes: Int32 = 0) {
    self.name = name
    self.email = email
    self.seconds = seconds
    self.offsetMinutes = offsetMinutes
  }

  init(_ raw: git_signature) {
    name = raw.name.map { String(cString: $0) } ?? ""
    email = raw.email.map { String(cString: $0) } ?? ""
    seconds = raw.when.time
    offsetMinutes = raw.when.offset
  }

  /// Lends libgit2's form. Angle brackets and control characters, which Git's format cannot hold, are left out
  /// as the git command does; what is then empty becomes "unknown".
  func withRaw<R>(_ body: (UnsafePointer<git_signature>) throws -> R) throws -> R {
    var raw: UnsafeMutablePointer<git_signature>?
    try check(
      git_signature_new(
        &raw, Signature.clean(name), Signature.clean(email), seconds, offsetMinutes),
      "git_signature_new")
    defer { git_signature_free(raw) }
    return try body(raw!)
  }

  private static func clean(_ text: String) -> String {
    // libgit2 also takes these off both ends, so a name of nothing else counts as empty.
    let ends = " .,:;\"\\'"
    var kept = String.UnicodeScalarView()
    kept.append(
      contentsOf: text.unicodeScalars.filter { $0.value >= 32 && $0 != "<" && $0 != ">" })
    return kept.allSatisfy(ends.unicodeScalars.contains) ? "unknown" : String(kept)
  }
}

/// One commit.
public struct Commit: Hashable, Sendable {
  public let id: ObjectID
  public let tree: ObjectID
  public let parents: [ObjectID]
  public let author: Signature
  public let committer: Signature
  /// The whole message, subject first.
  public let message: String

  init(_ pointer: OpaquePointer) {
    id = ObjectID(git_commit_id(pointer).pointee)
    tree = ObjectID(git_commit_tree_id(pointer).pointee)
    parents = (0..<git_commit_parentcount(pointer)).map {
      ObjectID(git_commit_parent_id(pointer, $0).pointee)
    }
    author = Signature(git_commit_author(pointer).pointee)
    committer = Signature(git_commit_committer(pointer).pointee)
    message = git_commit_message(pointer).map { String(cString: $0) } ?? ""
  }
}
