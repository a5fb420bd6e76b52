// Ownership of libgit2's objects as a type: freed exactly once, at the end of the scope.

internal import CGit2

/// A kind of libgit2 object and the call that frees it.
protocol GitObject {
  static func free(_ pointer: OpaquePointer)
}

/// Owns one libgit2 object. Functions copy values out of it and never hand the pointer on.
struct Owned<Object: GitObject>: ~Copyable {
  let pointer: OpaquePointer

  /// Runs `body`, which fills in the pointer, and checks its result.
  init(_ call: String, _ body: (inout OpaquePointer?) -> Int32) throws(GitError) {
    var filled: OpaquePointer?
    try check(body(&filled), call)
    guard let filled else {
      throw GitError(code: .generic, call: call, message: "no object was returned")
    }
    pointer = filled
  }

  deinit { Object.free(pointer) }
}

enum CommitObject: GitObject {
  static func free(_ pointer: OpaquePointer) { git_commit_free(pointer) }
}

enum ConfigObject: GitObject {
  static func free(_ pointer: OpaquePointer) { git_config_free(pointer) }
}

enum OdbObject: GitObject {
  static func free(_ pointer: OpaquePointer) { git_odb_object_free(pointer) }
}

enum PackBuilderObject: GitObject {
  static func free(_ pointer: OpaquePointer) { git_packbuilder_free(pointer) }
}

enum ReferenceObject: GitObject {
  static func free(_ pointer: OpaquePointer) { git_reference_free(pointer) }
}

enum ReferenceIteratorObject: GitObject {
  static func free(_ pointer: OpaquePointer) { git_reference_iterator_free(pointer) }
}

enum ReflogObject: GitObject {
  static func free(_ pointer: OpaquePointer) { git_reflog_free(pointer) }
}

enum RefspecObject: GitObject {
  static func free(_ pointer: OpaquePointer) { git_refspec_free(pointer) }
}

enum RemoteObject: GitObject {
  static func free(_ pointer: OpaquePointer) { git_remote_free(pointer) }
}

enum RevwalkObject: GitObject {
  static func free(_ pointer: OpaquePointer) { git_revwalk_free(pointer) }
}

/// Runs `body` with an empty buffer, returns its text, and frees it.
func withBuffer(_ call: String, _ body: (inout git_buf) -> Int32) throws(GitError) -> String {
  var buffer = git_buf()
  defer { git_buf_dispose(&buffer) }
  try check(body(&buffer), call)
  guard let text = buffer.ptr else { return "" }
  return String(decoding: UnsafeRawBufferPointer(start: text, count: buffer.size), as: UTF8.self)
}
