// mcp --http: standard input and output here, the repository behind a bridge elsewhere. The way there is `curl`, which knows
// certificates, proxies and sockets.

import Glibc
import Memtrace
import MemtraceMCP
import System

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
    do {
      let bytes = try Descriptor(opening: path, O_RDONLY).prefix(512)
      return String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)
    } catch {
      throw MemtraceError(.usage, "cannot read \(path): \(error.reason)")
    }
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
    let words =
      [
        "curl", "--disable", "--silent", "--show-error", "--max-time", "130", "--config",
        "/dev/fd/3",
        "--write-out", "\n%{http_code}", "--stderr", "-",
      ] + arguments
    guard
      let run = ChildProcess.run(words, input: .bytes(input), more: Array(settings.utf8))
    else {
      return (nil, Array("mcp --http needs curl on PATH".utf8))
    }
    var output = run.output
    // The last line is the answer's status.
    let line = output.lastIndex(of: 0x0A) ?? output.startIndex
    let said = Int(String(decoding: output[line...].dropFirst(), as: UTF8.self))
    output.removeSubrange(line...)
    guard run.status == 0, let said, said > 0 else {
      return (nil, output.isEmpty ? Array("no answer".utf8) : output)
    }
    return (said, output)
  }
}
