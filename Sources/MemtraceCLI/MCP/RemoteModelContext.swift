// mcp --http: standard input and output here, the repository behind a bridge elsewhere. The way there is `curl`, which knows
// certificates, proxies and sockets.

import Glibc
import Memtrace
import MemtraceMCP

struct RemoteModelContext {
  private let target: [String]
  private let key: String

  /// Nil where no bridge is named.
  init?(_ input: JSON) throws {
    guard let url = input["http"]?.string else {
      guard input["key"] == nil else {
        throw MemtraceError.invalid([.init("key", "goes with --http")])
      }
      return nil
    }
    var faults: [MemtraceError.Fault] = []
    for field in ["read_only", "tools", "agent_id", "session_id"] where input[field] != nil {
      faults.append(.init(field, "does not go with --http: the bridge's key decides"))
    }
    let isPlain = url.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    if url.hasPrefix("unix:/"), isPlain {
      target = ["--unix-socket", String(url.dropFirst(5)), "http://localhost/mcp"]
    } else if url.hasPrefix("https://") || url.hasPrefix("http://"), isPlain {
      target = [url.hasSuffix("/mcp") ? url : url + (url.hasSuffix("/") ? "mcp" : "/mcp")]
    } else {
      target = []
      faults.append(.init("http", "'\(url.prefix(64))' is no https://…, http://… or unix:/PATH"))
    }
    key = try Self.key(input["key"]?.string ?? "")
    if !key.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }) {
      faults.append(.init("key", "is no key: mtk_…"))
    }
    if !faults.isEmpty { throw MemtraceError.invalid(faults) }
  }

  func run() {
    Relay(input: STDIN_FILENO, post: post) { bytes in
      (try? Output.standard.write(bytes)) == .written
    }.run()
  }

  /// A key in a command line is seen by everybody on the machine; one in a file by whom its mode lets.
  private static func key(_ text: String) throws -> String {
    guard text.hasPrefix("@") else { return text }
    let path = String(text.dropFirst())
    guard let file = fopen(path, "re") else {
      throw MemtraceError(.usage, "cannot read \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count).prefix { $0 > 0x20 }, as: UTF8.self)
  }

  private func post(_ body: [UInt8], _ headers: [(name: String, value: String)]) -> Relay.Reply {
    let settings =
      ["header = \"x-api-key: \(key)\""]
      + headers.map { header in
        // In a quoted setting a backslash and a quotation mark need one before them.
        let value = header.value.map { "\\\"".contains($0) ? "\\\($0)" : String($0) }.joined()
        return "header = \"\(header.name): \(value)\""
      }
    let done = Curl.run(
      [
        "--data-binary", "@-", "--header", "content-type: application/json", "--header",
        "accept: application/json",
      ] + target,
      settings: settings.joined(separator: "\n") + "\n", input: body)
    return Relay.Reply(status: done.status, body: done.body)
  }
}

/// One call of `curl`.
private enum Curl {
  /// - Parameter settings: go to it by a pipe, so that no key stands in a command line.
  static func run(
    _ arguments: [String], settings: String, input: [UInt8]
  ) -> (status: Int?, body: [UInt8]) {
    var pipes = [[Int32]](repeating: [0, 0], count: 3)
    for place in pipes.indices {
      guard pipe(&pipes[place]) == 0 else { return (nil, Array("no pipe is left".utf8)) }
      for end in pipes[place] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipes[0][0], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, pipes[1][1], STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, pipes[2][0], 3)
    let words =
      [
        "curl", "--disable", "--silent", "--show-error", "--max-time", "130", "--config",
        "/dev/fd/3",
        "--write-out", "\n%{http_code}", "--stderr", "-",
      ] + arguments
    var list = words.map { strdup($0) } + [nil]
    defer { for word in list { free(word) } }
    var process = pid_t()
    let code = posix_spawnp(&process, "curl", &actions, nil, &list, environ)
    for descriptor in [pipes[0][0], pipes[1][1], pipes[2][0]] { close(descriptor) }
    guard code == 0 else {
      for descriptor in [pipes[0][1], pipes[1][0], pipes[2][1]] { close(descriptor) }
      return (nil, Array("mcp --http needs curl on PATH".utf8))
    }
    send(Array(settings.utf8), to: pipes[2][1])
    send(input, to: pipes[0][1])
    var output = all(of: pipes[1][0])
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    // The last line is the answer's status.
    let line = output.lastIndex(of: 0x0A) ?? output.startIndex
    let said = Int(String(decoding: output[line...].dropFirst(), as: UTF8.self))
    output.removeSubrange(line...)
    guard status == 0, let said, said > 0 else {
      return (nil, output.isEmpty ? Array("no answer".utf8) : output)
    }
    return (said, output)
  }

  private static func send(_ bytes: [UInt8], to descriptor: Int32) {
    _ = try? Output(descriptor: descriptor).write(bytes)
    close(descriptor)
  }

  private static func all(of descriptor: Int32) -> [UInt8] {
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        bytes += buffer.prefix(count)
      } else if count == 0 || errno != EINTR {
        return bytes
      }
    }
  }
}
