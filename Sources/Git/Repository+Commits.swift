// Writing commits.

internal import CGit2

extension Repository {
  /// Writes a commit, and moves no reference.
  public func createCommit(
    tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, message: String
  ) throws -> ObjectID {
    for id in [tree] + parents where try !objectExists(id) {
      throw Repository.missing(id, "createCommit")
    }
    var text = "tree \(tree)\n"
    for parent in parents { text += "parent \(parent)\n" }
    text += "author \(try author.text)\ncommitter \(try committer.text)\n\n\(message)"
    return try Array(text.utf8).withUnsafeBytes { try write($0, GIT_OBJECT_COMMIT) }
  }
}

extension Signature {
  /// As commits have it: what libgit2 leaves of the name, the time, hours and minutes from UTC.
  fileprivate var text: String {
    get throws {
      try withRaw {
        let (name, email) = (String(cString: $0.pointee.name), String(cString: $0.pointee.email))
        let zone = String(offsetMinutes.magnitude / 60 * 100 + offsetMinutes.magnitude % 60)
        let digits = String(repeating: "0", count: max(0, 4 - zone.count)) + zone
        return "\(name) <\(email)> \(seconds) \(offsetMinutes < 0 ? "-" : "+")\(digits)"
      }
    }
  }
}
