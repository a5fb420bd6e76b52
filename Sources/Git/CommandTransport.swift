// The git command's own transport, for servers that libgit2's SSH cannot reach as a person reaches them.

internal import Glibc
internal import System

/// Fetches and pushes by the git command, which reads `~/.ssh/config` and takes any key that an agent holds. It never
/// asks a person.
public struct CommandTransport: Sendable {
  private let environment: [String]

  /// - Parameter environment: all that the command sees, as `NAME=value`. A command for SSH in it stays as it is.
  public init(environment: [String], patience: Patience, hasOwnCommand: Bool) {
    let silenced = ["GIT_TERMINAL_PROMPT", "GIT_ASKPASS", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE"]
    self.environment =
      environment.filter { entry in !silenced.contains { entry.hasPrefix($0 + "=") } }
      + ["GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS_REQUIRE=never", "LC_ALL=C"]
      + (hasOwnCommand ? [] : ["GIT_SSH_COMMAND=\(Self.command(patience))"])
  }

  private static func command(_ patience: Patience) -> String {
    var words = ["ssh -o BatchMode=yes"]
    if patience.connect > 0 { words.append("-o ConnectTimeout=\(patience.connect)") }
    if patience.silence > 0 {
      words.append("-o ServerAliveInterval=\(patience.silence) -o ServerAliveCountMax=1")
    }
    return words.joined(separator: " ")
  }

  /// - Returns: what it printed, whatever it ended with; and what it said to people.
  fileprivate func run(_ arguments: [String], in repository: Repository) throws -> (
    isDone: Bool, printed: String, said: String
  ) {
    var template = Array("\(repository.gitFolder)/said-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    guard file >= 0 else { throw GitError(.last("mkstemp", path)) }
    close(file)
    defer { unlink(path) }
    let outcome = GitCommand.outcome(
      ["--git-dir=\(repository.gitFolder)"] + arguments, environment: environment, messages: path)
    let said = String(decoding: (try? FileBytes(path, most: 1 << 16))??.bytes ?? [], as: UTF8.self)
    switch outcome {
    case .done(let printed): return (true, String(decoding: printed, as: UTF8.self), said)
    case .failed(let printed): return (false, String(decoding: printed, as: UTF8.self), said)
    case .missing:
      throw GitError(code: .notFound, call: "git", message: "there is no git command")
    }
  }

  fileprivate static func error(_ call: String, _ said: String) -> GitError {
    let code: GitError.Code =
      said.contains("Permission denied")
      ? .auth : said.contains("Host key verification failed") ? .certificate : .generic
    let lines = said.split(whereSeparator: \.isNewline).prefix(3)
    return GitError(code: code, call: call, message: lines.joined(separator: "; "))
  }
}

extension Repository {
  /// Fetches the remote's branches where its configuration says, and its tags below `tags`.
  public func fetchAll(remote name: String, tags: String, by transport: CommandTransport) throws {
    for refspec in [[], ["+refs/tags/*:\(tags)*"]] {
      let fetched = try transport.run(
        ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", name] + refspec,
        in: self)
      guard fetched.isDone else { throw CommandTransport.error("git fetch", fetched.said) }
    }
  }

  /// As `fetch(remote:)`, by the git command.
  public func fetch(remote name: String, by transport: CommandTransport) throws -> FetchReport {
    let listed = try transport.run(["ls-remote", "--symref", name], in: self)
    guard listed.isDone else { throw CommandTransport.error("git ls-remote", listed.said) }
    let fetched = try transport.run(
      ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", name], in: self)
    guard fetched.isDone else { throw CommandTransport.error("git fetch", fetched.said) }
    var heads: [RemoteHead] = []
    var main: String?
    for line in listed.printed.split(separator: "\n") {
      let words = line.split(separator: "\t")
      guard words.count == 2 else { continue }
      let reference = String(words[1])
      if words[0].hasPrefix("ref: "), reference == "HEAD" { main = String(words[0].dropFirst(5)) }
      guard let id = ObjectID(hex: words[0]) else { continue }
      // Where it moved between the two commands, what was fetched counts.
      let tracking = try trackingReference(for: Upstream(remote: name, branch: reference))
      let here = try tracking.flatMap { try self.reference($0) }
      heads.append(RemoteHead(name: reference, id: here ?? id))
    }
    return FetchReport(heads: heads, defaultBranch: main, progress: TransferProgress())
  }

  /// As `push(remote:)`, by the git command. The clone's own hooks do not run.
  /// - Parameters:
  ///   - refspecs: none with a plus where there is a lease for it: Git would move that one whatever stands there.
  ///   - leases: where references of the remote must stand, by their full names, to be moved by force.
  public func push(
    remote name: String, refspecs: [String], leases: [String: ObjectID] = [:],
    by transport: CommandTransport
  ) throws -> PushReport {
    let pushed = try transport.run(
      [
        "push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no",
      ] + leases.sorted { $0.key < $1.key }.map { "--force-with-lease=\($0.key):\($0.value)" }
        + [name] + refspecs, in: self)
    var report = PushReport()
    for line in pushed.printed.split(separator: "\n") {
      let words = line.split(separator: "\t")
      guard words.count == 3, let to = words[1].split(separator: ":").last else { continue }
      guard words[0] == "!" else {
        report.accepted.append(String(to))
        continue
      }
      report.refused[String(to)] = String(words[2])
      if Repository.isLostRace(String(words[2]), Array(pushed.said.utf8)) { report.isBehind = true }
    }
    guard pushed.isDone || !report.refused.isEmpty else {
      throw CommandTransport.error("git push", pushed.said)
    }
    report.messages = pushed.said.split(separator: "\n").filter { $0.hasPrefix("remote: ") }
      .map { $0.dropFirst(8) }.joined(separator: "\n")
    return report
  }
}
