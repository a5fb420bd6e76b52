// The git command, for the little that libgit2 cannot do.

internal import Glibc

/// Runs `git` and waits for it. Its messages for people go where the caller says.
public enum GitCommand {
  /// What a run came to.
  public enum Outcome {
    case done([UInt8])
    /// It ended with another code than 0; what it had printed by then.
    case failed([UInt8])
    /// There is no git command, or no process more.
    case missing
  }

  /// - Parameters:
  ///   - input: what it reads; it must not print more than a pipe holds before it has read that.
  ///   - environment: all that it sees, as `NAME=value`.
  /// - Returns: what it printed; nil where it failed, or where there is no git command.
  public static func run(_ arguments: [String], input: [UInt8] = [], environment: [String])
    -> [UInt8]?
  {
    guard case .done(let printed) = outcome(arguments, input: input, environment: environment)
    else { return nil }
    return printed
  }

  /// As `run`.
  /// - Parameter messages: a file for what it says to people.
  public static func outcome(
    _ arguments: [String], input: [UInt8] = [], environment: [String],
    messages: String = "/dev/null"
  ) -> Outcome {
    guard let question = pipe() else { return .missing }
    guard let answer = pipe() else {
      for end in question { close(end) }
      return .missing
    }
    let process = start(
      arguments, environment, reading: question[0], writing: answer[1], messages: messages)
    close(question[0])
    close(answer[1])
    defer { close(answer[0]) }
    guard let process else {
      close(question[1])
      return .missing
    }
    // A command that ends without reading must not end us: SIGPIPE is ignored by every front.
    write(input, to: question[1])
    close(question[1])
    let printed = readAll(answer[0])
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status == 0 ? .done(printed) : .failed(printed)
  }

  private static func start(
    _ arguments: [String], _ environment: [String], reading input: Int32, writing output: Int32,
    messages: String
  ) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_addopen(
      &actions, 2, messages, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // A front ignores SIGPIPE and its threads block signals; a child must not go on doing either.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, pipe) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &pipe)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var process = pid_t()
    let result = withCStrings(["git"] + arguments) { arguments in
      withCStrings(environment) {
        posix_spawnp(&process, "git", &actions, &attributes, arguments, $0)
      }
    }
    return result == 0 ? process : nil
  }

  /// The end to read from and the end to write to, both closed in children (Swift's Glibc has no `pipe2`).
  private static func pipe() -> [Int32]? {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
        if count < 0, errno != EINTR { return }
        done += max(0, count)
      }
    }
  }

  private static func readAll(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  private static func withCStrings<R>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
  ) -> R {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
