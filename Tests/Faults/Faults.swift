// System calls that fail on demand: a library that is loaded before all others, made of a few lines of C.

import Glibc

/// Runs a program of which one system call fails.
///
/// The product knows nothing of it: the library stands between the program with its libgit2 and the C library. Counted
/// are the calls that name a file below `folder`, or act on one opened there. A number past the last call fails none.
public struct Faults: Sendable {
  private let library: String
  private let folder: String

  /// There is no C compiler, or it refused the library; what it said is on standard error.
  struct NotBuilt: Error {}

  /// What a system call can fail with.
  public static let errors: [Int32] = [ENOSPC, EIO, EMFILE, EACCES, EINTR]

  /// - Parameters:
  ///   - folder: absolute, as the program gets to see it.
  ///   - place: where the library is built, if it is not there yet.
  public init(below folder: String, buildingIn place: String) throws {
    self.folder = folder
    library = place + "/faults.so"
    guard access(library, F_OK) != 0 else { return }
    let source = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/faults.c"
    let arguments = ["cc", "-O1", "-w", "-shared", "-fPIC", "-o", library, source]
    var argv = arguments.map { strdup($0) } + [nil]
    defer { for text in argv { free(text) } }
    var process: pid_t = 0
    guard posix_spawnp(&process, "cc", nil, nil, &argv, environ) == 0 else { throw NotBuilt() }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw NotBuilt() }
    }
    guard status == 0 else { throw NotBuilt() }
  }

  /// The environment of a run whose call `number`, counted from 1, fails with `error`.
  /// - Parameters:
  ///   - lasting: whether every call after it fails as well.
  ///   - only: the one call that counts.
  public func failing(
    _ number: Int, _ error: Int32, lasting: Bool = false, only: String? = nil
  ) -> [String: String] {
    var environment = below
    environment["FAULT_ONLY"] = only
    environment["FAULT_AT"] = "\(number)"
    environment["FAULT_WITH"] = "\(error)"
    if lasting { environment["FAULT_ON"] = "1" }
    return environment
  }

  /// The environment of a run that is killed where it makes call `number`, counted from 1.
  public func killing(at number: Int) -> [String: String] { failing(number, 9_999) }

  /// The environment of a run in which every so many calls one fails with `error`, for as long as a file is there.
  /// Those that failed go to `list`, a line each.
  public func failing(every number: Int, _ error: Int32, while file: String, noting list: String)
    -> [String: String]
  {
    below.merging([
      "FAULT_EVERY": "\(number)", "FAULT_WITH": "\(error)", "FAULT_WHILE": file, "FAULT_LIST": list,
    ]) { $1 }
  }

  /// The environment of a run in which nothing fails and each call goes to a file, a line each: number, name, path.
  public func listing(to file: String) -> [String: String] {
    below.merging(["FAULT_LIST": file]) { $1 }
  }

  /// The environment of a run whose wall clock is ahead of the system's by so many seconds: what waits until a time
  /// of that clock waits so much longer, as after the clock has stepped back.
  public func clockAhead(seconds: Int) -> [String: String] {
    ["LD_PRELOAD": library, "FAULT_CLOCK": "\(seconds)"]
  }

  /// The environment of a run in which the library sets a variable, as others do that are loaded before all others.
  public var settingVariable: [String: String] { ["LD_PRELOAD": library, "FAULT_SETS": "1"] }

  private var below: [String: String] { ["LD_PRELOAD": library, "FAULT_BELOW": folder] }
}
