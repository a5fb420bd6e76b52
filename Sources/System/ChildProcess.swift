// Another program, started by its name: run to its end, or left to itself.

internal import CLinux
internal import Glibc

package enum ChildProcess {
  /// What a run came to.
  package struct Outcome {
    /// 0 where it ended well, else as `waitpid` has it.
    package let status: Int32
    package let output: [UInt8]
  }

  /// What it reads.
  package enum Input {
    /// What we read ourselves.
    case inherited
    /// It must not print more than a pipe holds before it has read that.
    case bytes([UInt8])
  }

  /// Where what it says to people goes.
  package enum Messages {
    /// Where ours go.
    case inherited
    /// A file, written anew.
    case file(String)
  }

  /// Runs a program and waits for it.
  /// - Parameters:
  ///   - words: its name, which is looked for on `PATH`, and its arguments.
  ///   - environment: all that it sees, as `NAME=value`; nil for ours.
  ///   - more: what it reads from descriptor 3, for what nobody may see in a command line.
  /// - Returns: nil where there is no such program, or no process or pipe more.
  package static func run(
    _ words: [String], environment: [String]? = nil, input: Input = .inherited,
    more: [UInt8]? = nil, messages: Messages = .inherited
  ) -> Outcome? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    guard let answer = Pipe() else { return nil }
    posix_spawn_file_actions_adddup2(&actions, answer.writing, STDOUT_FILENO)
    var questions: [(pipe: Pipe, bytes: [UInt8])] = []
    func give(_ bytes: [UInt8], as descriptor: Int32) -> Bool {
      guard let pipe = Pipe() else { return false }
      posix_spawn_file_actions_adddup2(&actions, pipe.reading, descriptor)
      questions.append((pipe, bytes))
      return true
    }
    if let more, !give(more, as: 3) { return nil }
    if case .bytes(let bytes) = input, !give(bytes, as: STDIN_FILENO) { return nil }
    if case .file(let path) = messages {
      posix_spawn_file_actions_addopen(
        &actions, STDERR_FILENO, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    guard let process = start(words, environment, &actions) else { return nil }
    answer.closeWriting()
    for question in questions { question.pipe.closeReading() }
    // A program that ends without reading must not end us: SIGPIPE is ignored by every front.
    for question in questions {
      try? Descriptor.append(question.bytes, to: question.pipe.writing)
      question.pipe.closeWriting()
    }
    let output = answer.readAll()
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return Outcome(status: status, output: output)
  }

  /// Starts this very program once more and goes on. It has a session of its own, so that it neither keeps a terminal nor
  /// dies with it, and none of our files, so that nobody who reads our output waits for it; where we end before it, the
  /// system's first process buries it. What cannot be started is not.
  package static func startDetachedSelf(_ words: [String]) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in STDIN_FILENO...STDERR_FILENO {
      posix_spawn_file_actions_addopen(
        &actions, descriptor, "/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0)
    }
    _ = clinux_spawn_closefrom(&actions, 3)
    _ = start(words, nil, &actions, program: "/proc/self/exe", flags: CLINUX_SPAWN_SETSID)
  }

  /// What every front ignores, so that a write that fails is an error and no end.
  package static let ignoredSignals = [SIGPIPE, SIGXFSZ]

  /// A front ignores signals of writes and its threads block signals; a child must not go on doing either.
  private static func start(
    _ words: [String], _ environment: [String]?, _ actions: inout posix_spawn_file_actions_t,
    program: String? = nil, flags: Int16 = 0
  ) -> pid_t? {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, ignored) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&ignored)
    for kind in ignoredSignals { sigaddset(&ignored, kind) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &ignored)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | flags)
    var process = pid_t()
    let code = withCStrings(words) { words in
      withCStrings(environment ?? []) { list in
        list.withUnsafeBufferPointer {
          let list = environment == nil ? environ : UnsafeMutablePointer(mutating: $0.baseAddress!)
          return posix_spawnp(
            &process, program ?? String(cString: words[0]!), &actions, &attributes, words, list)
        }
      }
    }
    return code == 0 ? process : nil
  }

  private static func withCStrings<R>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
  ) -> R {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}

/// Two descriptors, both closed in children (Swift's Glibc has no `pipe2`).
private final class Pipe {
  let reading: Int32
  private(set) var writing: Int32
  private var isReadingOpen = true

  init?() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    closeReading()
    closeWriting()
  }

  func closeReading() {
    if isReadingOpen { close(reading) }
    isReadingOpen = false
  }

  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }

  /// What came, to its end or to where it failed.
  func readAll() -> [UInt8] {
    isReadingOpen = false
    return (try? Descriptor(owning: reading).readStream()) ?? []
  }
}
