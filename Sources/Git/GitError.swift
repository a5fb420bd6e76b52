// The one error of this module, and the one door through which libgit2's results pass.

internal import CGit2
internal import Glibc
internal import System

/// What libgit2 refused, by which call, and in its own words.
public struct GitError: Error, Sendable, Hashable {
  /// libgit2's result. Open: a result that has no name here is kept as it came.
  public struct Code: RawRepresentable, Sendable, Hashable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// A failure without a code of its own; `errorClass` and `message` say more.
    public static let generic = Code(rawValue: -1)
    public static let notFound = Code(rawValue: -3)
    public static let exists = Code(rawValue: -4)
    /// A closure of the caller ended the call.
    public static let user = Code(rawValue: -7)
    /// Needs a work tree.
    public static let bare = Code(rawValue: -8)
    /// HEAD names a branch that has no commit yet.
    public static let unborn = Code(rawValue: -9)
    public static let unmerged = Code(rawValue: -10)
    public static let nonFastForward = Code(rawValue: -11)
    /// A name or refspec that Git does not allow.
    public static let invalidName = Code(rawValue: -12)
    public static let conflict = Code(rawValue: -13)
    /// Another process holds the lock file.
    public static let locked = Code(rawValue: -14)
    /// The reference is not what the caller expected: read again and redo.
    public static let modified = Code(rawValue: -15)
    public static let auth = Code(rawValue: -16)
    public static let certificate = Code(rawValue: -17)
    /// A tag does not lead to an object of the kind that is wanted.
    public static let peel = Code(rawValue: -19)
    public static let invalid = Code(rawValue: -21)
    /// The repository's folder belongs to another user, and no `safe.directory` allows it.
    public static let owner = Code(rawValue: -36)
    /// A remote was waited for as long as it may be. Ours.
    public static let timedOut = Code(rawValue: -1_002)
    /// The repository or its index uses a format that is not supported (SHA-256, sparse or split
    /// index). Ours, not libgit2's, which reports it as generic.
    public static let unsupported = Code(rawValue: -1_001)
  }

  public let code: Code
  /// The call that failed, for instance `git_index_write`.
  public let call: String
  public let message: String
  /// libgit2's `git_error_t`: 2 operating system, 4 reference, 6 repository, 9 object store, 12 network, 16 SSL,
  /// 23 SSH, 34 HTTP.
  public let errorClass: Int32

  public init(code: Code, call: String, message: String, errorClass: Int32 = 0) {
    self.code = code
    self.call = call
    self.message = message
    self.errorClass = errorClass
  }
}

extension GitError {
  /// libgit2 walks from every tag of a repository, and gives up at one of a tree or a file.
  public var isOfTagWithoutCommit: Bool {
    (code == .peel || code == .invalidName) && message.contains("is not a committish")
  }
}

extension GitError: CustomStringConvertible {
  public var description: String { "\(message) (\(call): \(code.rawValue))" }
}

/// Passes a result that is not negative, and turns any other into an error with the message of this thread.
@discardableResult
func check(_ result: Int32, _ call: String) throws(GitError) -> Int32 {
  guard result < 0 else { return result }
  var message = "no message"
  var errorClass: Int32 = 0
  if let last = git_error_last() {
    if let text = last.pointee.message { message = String(cString: text) }
    errorClass = last.pointee.klass
  }
  throw GitError(
    code: GitError.Code(rawValue: result), call: call, message: message, errorClass: errorClass)
}

extension GitError {
  /// - Parameter path: shown where the call itself did not know it.
  init(_ error: SystemError, _ path: String = "") {
    let code: Code =
      switch error.code {
      case ENOENT: .notFound
      case EEXIST: .exists
      default: .generic
      }
    let place = error.path.isEmpty ? path : error.path
    self.init(
      code: code, call: error.call, message: "\(place): \(error.reason)", errorClass: 2)
  }
}

/// Runs calls of the system whose errors this module throws as its own.
/// - Parameter path: shown where a call itself does not know it.
@discardableResult
func ofSystem<R>(at path: String = "", _ body: () throws -> R) throws(GitError) -> R {
  do {
    return try body()
  } catch let error as SystemError {
    throw GitError(error, path)
  } catch {
    throw (error as? GitError) ?? GitError(code: .generic, call: "", message: "\(error)")
  }
}
