// Git's credential helpers, asked through the git command, which knows which of them serves a URL.

import Glibc

/// Runs `git credential`. It never prompts: neither a terminal nor a window may be opened for a question.
struct CredentialHelper {
  private let environment: [String]
  /// A git folder whose configuration counts.
  private let folder: String

  init(environment: [String], folder: String) {
    let silenced = ["GIT_TERMINAL_PROMPT", "GIT_ASKPASS", "SSH_ASKPASS"]
    self.environment =
      environment.filter { entry in !silenced.contains { entry.hasPrefix($0 + "=") } }
      + ["GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS="]
    self.folder = folder
  }

  /// Nil where no helper knows, or there is no git command.
  func fill(_ url: String, user: String?) -> (user: String, password: String)? {
    var question = "url=\(url)\n"
    if let user { question += "username=\(user)\n" }
    guard let answer = run("fill", question + "\n") else { return nil }
    func field(_ name: String) -> String? {
      answer.split(separator: "\n").first { $0.hasPrefix(name + "=") }
        .map { String($0.dropFirst(name.count + 1)) }
    }
    guard let user = field("username"), let password = field("password") else { return nil }
    return (user, password)
  }

  /// Passes on what became of a login: `approve` or `reject`.
  func tell(_ what: String, _ url: String, user: String, password: String) {
    _ = run(what, "url=\(url)\nusername=\(user)\npassword=\(password)\n\n")
  }

  /// What the command printed; nil where it failed.
  private func run(_ action: String, _ question: String) -> String? {
    guard let input = Self.pipe() else { return nil }
    guard let output = Self.pipe() else {
      input.forEach { close($0) }
      return nil
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input[0], 0)
    posix_spawn_file_actions_adddup2(&actions, output[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
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
    let arguments = ["git", "--git-dir=\(folder)", "credential", action]
    let result = Self.withCStrings(arguments) { arguments in
      Self.withCStrings(environment) { posix_spawnp(&process, "git", &actions, &attributes, arguments, $0) }
    }
    close(input[0])
    close(output[1])
    defer { close(output[0]) }
    // A helper that reads nothing and ends must not end us: the question fits into the pipe, and SIGPIPE is ignored
    // by every front.
    _ = question.withCString { write(input[1], $0, question.utf8.count) }
    close(input[1])
    guard result == 0 else { return nil }
    let answer = (try? Self.readAll(output[0])) ?? []
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status == 0 ? String(decoding: answer, as: UTF8.self) : nil
  }

  /// The end to read from and the end to write to, both closed in children (Swift's Glibc has no `pipe2`).
  private static func pipe() -> [Int32]? {
    var ends: [Int32] = [0, 0]
    guard Glibc.pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }

  private static func readAll(_ descriptor: Int32) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = try retrying("read", "") { read(descriptor, &chunk, chunk.count) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  private static func withCStrings<R>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
  ) -> R {
    let copies = texts.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
  }
}
