// Other programs, started with an environment of their own and read to their end.

import Glibc
import Testing

/// What a program came to.
struct Outcome {
  /// The exit code; of a killed one, the signal with a minus.
  let status: Int32
  let out: String
  let err: String

  /// Standard output without the line feed at its end.
  var line: String { out.last == "\n" ? String(out.dropLast()) : out }
  var lines: [String] { out.split(separator: "\n").map(String.init) }
}

/// A running program. Its output goes to files, so that none ever waits for a reader.
final class Child {
  let process: pid_t
  private let outPath: String
  private let errPath: String

  /// - Parameter prefix: where the two files of output go.
  init(
    _ arguments: [String], in folder: String, environment: [String: String], input: String?,
    prefix: String
  ) throws {
    outPath = prefix + ".out"
    errPath = prefix + ".err"
    var inPath = "/dev/null"
    if let input {
      inPath = prefix + ".in"
      try write(input, to: inPath)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, inPath, O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 1, outPath, flags, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, errPath, flags, 0o644)
    // glibc's own way to a folder is hidden from Swift.
    var argv = (["env", "-C", folder] + arguments).map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    // Threads of a test block signals, and a child would go on doing so.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process: pid_t = 0
    let code = posix_spawnp(&process, "env", &actions, &attributes, &argv, &envp)
    try #require(code == 0, "\(arguments[0]): \(String(cString: strerror(code)))")
    self.process = process
  }

  func kill() { Glibc.kill(process, SIGKILL) }

  /// Whether it has written something to standard output.
  var hasSpoken: Bool {
    var status = stat()
    return stat(outPath, &status) == 0 && status.st_size > 0
  }

  /// What it has written to standard output so far.
  func said() throws -> String { try text(of: outPath) }

  /// It can still be waited for.
  var hasEnded: Bool {
    var information = siginfo_t()
    return waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT) == 0
      && information.si_signo != 0
  }

  /// Waits for its end and leaves what it wrote unread.
  @discardableResult
  func end() throws -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 { try #require(errno == EINTR) }
    return status
  }

  func wait() throws -> Outcome {
    let status = try end()
    let signal = status & 0x7F
    return Outcome(
      status: signal == 0 ? (status >> 8) & 0xFF : -signal, out: try text(of: outPath),
      err: try text(of: errPath))
  }
}

func write(_ text: String, to path: String) throws {
  try write(Array(text.utf8), to: path)
}

func write(_ bytes: [UInt8], to path: String, flags: Int32 = O_TRUNC) throws {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o644)
  try #require(descriptor >= 0, "\(path): \(String(cString: strerror(errno)))")
  defer { close(descriptor) }
  try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
}

func append(_ text: String, to path: String) throws {
  try write(Array(text.utf8), to: path, flags: O_APPEND)
}

func bytes(of path: String) throws -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  try #require(descriptor >= 0, "\(path): \(String(cString: strerror(errno)))")
  defer { close(descriptor) }
  var status = stat()
  fstat(descriptor, &status)
  var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
  let count = read(descriptor, &bytes, bytes.count)
  return Array(bytes.prefix(max(0, count)))
}

func text(of path: String) throws -> String {
  String(decoding: try bytes(of: path), as: UTF8.self)
}

func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
