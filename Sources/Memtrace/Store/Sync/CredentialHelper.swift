// Git's credential helpers, asked through the git command, which knows which of them serves a URL.

internal import Git

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
    GitCommand.run(
      ["--git-dir=\(folder)", "credential", action], input: Array(question.utf8),
      environment: environment
    ).map { String(decoding: $0, as: UTF8.self) }
  }
}
