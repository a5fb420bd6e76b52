// mcp install: writes or prints the entry that makes an assistant start `memtrace mcp`.

import Glibc
import Memtrace

struct InstallModelContext: Answer {
  static let description = VerbDescription(
    name: "mcp install", group: "Repository",
    summary: "enter this repository into an assistant's configuration",
    fields: [
      Field(
        "client", .choice(AssistantClient.allCases.map(\.rawValue)), required: true,
        positional: true, AssistantClient.allCases.map(\.rawValue).joined(separator: ", ")),
      Field("print", .flag, "show the configuration and write nothing"),
      Field("file", .path, "the configuration's file, where it is not the client's usual one"),
      Field("agent_id", .id("agent"), flag: "agent", "the agent that the assistant writes as"),
      Field("read_only", .flag, "offer only what changes nothing"),
    ],
    examples: [
      "memtrace mcp install claude-code",
      "memtrace mcp install codex --agent billing-support --print",
    ])

  private let text: String
  private let path: String?

  init(_ input: JSON, in call: Call, environment: [String: String]) throws {
    guard let client = AssistantClient(rawValue: input["client"]?.string ?? "") else {
      throw MemtraceError.invalid([
        .init(
          "client",
          "must be one of \(AssistantClient.allCases.map(\.rawValue).joined(separator: ", "))")
      ])
    }
    let root = try call.store().root
    let place = client.file
    let base = place.isInHome ? environment["HOME"] ?? "." : currentFolder()
    let path = input["file"]?.string ?? "\(base)/\(place.path)"
    var command = [try Self.program(), "-C", root, "mcp"]
    if let agent = input["agent_id"]?.string { command += ["--agent", agent] }
    if input["read_only"] == true { command.append("--read-only") }
    let prints = input["print"] == true
    text = try client.configuration(
      prints ? "" : try Self.contents(of: path), running: command)
    self.path = prints ? nil : path
    if !prints { try Self.replace(path, with: text) }
  }

  func write(to json: inout JSONWriter) {
    json.object { object in
      if let path {
        object.key("file")
        object.string(path)
      }
      object.key("configuration")
      object.string(text)
    }
  }

  var display: Display {
    guard let path else { return .text(text) }
    return .line("\(path): entered as \"\(AssistantClient.name)\"; start the assistant anew")
  }

  // MARK: Files

  private static func program() throws -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
    guard count > 0 else { throw failure("readlink", "/proc/self/exe") }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func failure(_ call: String, _ path: String) -> MemtraceError {
    MemtraceError(.usage, "\(path): \(String(cString: strerror(errno))) (\(call))")
  }

  /// Empty where there is no file.
  private static func contents(of path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return "" }
      throw failure("open", path)
    }
    defer { close(descriptor) }
    return try StandardInput(descriptor: descriptor).text(limit: 1 << 20) + "\n"
  }

  /// Whole or not at all, with the mode that it had.
  private static func replace(_ path: String, with text: String) throws {
    let folders = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    for count in folders.indices.dropFirst() {
      let folder = folders[...count].joined(separator: "/")
      guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw failure("mkdir", folder) }
    }
    var status = stat()
    let mode = stat(path, &status) == 0 ? status.st_mode & 0o777 : 0o600
    // A link to a file elsewhere stays one.
    let target = realpath(path, nil).map { pointer in
      defer { free(pointer) }
      return String(cString: pointer)
    }
    let goal = target ?? path
    let temporary = "\(goal).memtrace-\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure("open", temporary) }
    defer {
      close(descriptor)
      unlink(temporary)
    }
    guard fchmod(descriptor, mode) == 0 else { throw failure("fchmod", temporary) }
    do {
      try Output(descriptor: descriptor).write(text)
    } catch {
      throw MemtraceError(.full, "\(path): \(error.message)")
    }
    guard fsync(descriptor) == 0, rename(temporary, goal) == 0 else {
      throw failure("rename", goal)
    }
  }
}
