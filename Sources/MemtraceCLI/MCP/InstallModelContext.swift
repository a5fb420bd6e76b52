// mcp install: writes or prints the entry that makes an assistant start `memtrace mcp`.

import Glibc
import Memtrace
import System

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
      Field("agent_id", .id("agent"), flag: "agent", "the agent that the assistant writes as")
        .author,
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
    let prints = input["print"] == true
    let path = try input["file"]?.string ?? (prints ? "" : Self.path(of: place, environment))
    var command = [try Self.program(), "-C", root, "mcp"]
    if let agent = input["agent_id"]?.string { command += ["--agent", agent] }
    if input["read_only"] == true { command.append("--read-only") }
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

  private static func path(
    of place: (isInHome: Bool, path: String), _ environment: [String: String]
  ) throws -> String {
    guard place.isInHome else { return "\(currentFolder())/\(place.path)" }
    guard let home = environment["HOME"], home.hasPrefix("/") else {
      throw MemtraceError(
        .invalid, "HOME does not say where your files are", hint: "name the file: --file FILE")
    }
    return "\(home)/\(place.path)"
  }

  private static func program() throws -> String {
    guard let program = Path.real("/proc/self/exe") else {
      throw failure(.last("readlink"), "/proc/self/exe")
    }
    return program
  }

  private static func failure(_ error: SystemError, _ path: String) -> MemtraceError {
    MemtraceError(
      error.code == ENOSPC ? .full : .usage, "\(path): \(error.reason) (\(error.call))")
  }

  /// Empty where there is no file.
  private static func contents(of path: String) throws -> String {
    do {
      let file = try Descriptor(opening: path, O_RDONLY)
      return try StandardInput(descriptor: file.raw).text(limit: 1 << 20) + "\n"
    } catch let error as SystemError {
      if error.isMissing { return "" }
      throw failure(error, path)
    }
  }

  /// Whole or not at all, with the mode that it had.
  private static func replace(_ path: String, with text: String) throws {
    // A link to a file elsewhere stays one.
    let goal = Path.real(path) ?? path
    let slash = goal.lastIndex(of: "/")
    let folder = slash.map { String(goal[...$0]) } ?? "."
    let name = slash.map { String(goal[goal.index(after: $0)...]) } ?? goal
    let mode = Path.status(goal).map { $0.st_mode & 0o777 } ?? 0o600
    do {
      try Path.makeFolders(folder, mode: 0o755)
      try Folder(folder, modes: FileModes(file: mode, folder: 0o755, isShared: true))
        .replace(name, with: text.utf8, isSynced: true)
    } catch let error as SystemError {
      throw failure(error, path)
    }
  }
}
