// The assistants that are known by name: where each keeps its configuration, and what our entry looks like in it.

import Memtrace

enum AssistantClient: String, CaseIterable {
  case claudeCode = "claude-code"
  case claudeDesktop = "claude-desktop"
  case cursor, vscode, codex, gemini, zed

  /// Below the home folder, or below the folder that the command is called in where the client looks there.
  var file: (isInHome: Bool, path: String) {
    switch self {
    case .claudeCode: (false, ".mcp.json")
    case .claudeDesktop: (true, ".config/Claude/claude_desktop_config.json")
    case .cursor: (true, ".cursor/mcp.json")
    case .vscode: (false, ".vscode/mcp.json")
    case .codex: (true, ".codex/config.toml")
    case .gemini: (true, ".gemini/settings.json")
    case .zed: (true, ".config/zed/settings.json")
    }
  }

  static let name = "memtrace"

  /// The client's configuration with our entry in it, in the place of an older one of ours.
  /// - Parameter text: what the file holds now; empty for none.
  /// - Throws: `invalid` where it is not of the shape that the client reads.
  func configuration(_ text: String, running command: [String]) throws -> String {
    if self == .codex {
      return ConfigurationText.setting(
        table: "mcp_servers.\(Self.name)",
        to: [
          "command = \(quoted(command[0]))",
          "args = [\(command.dropFirst().map(quoted).joined(separator: ", "))]",
        ], of: text)
    }
    var members: [JSON.Member] = []
    if self == .vscode || self == .claudeCode { members.append(.init("type", "stdio")) }
    if self == .zed { members.append(.init("source", "custom")) }
    members.append(.init("command", .string(command[0])))
    members.append(.init("args", .array(command.dropFirst().map { .string($0) })))
    let entry = String(decoding: JSON.object(members).bytes, as: UTF8.self)
    let changed = ConfigurationText.setting(Self.name, in: section, to: entry, of: text)
    guard let changed else {
      throw MemtraceError(
        .invalid, "the configuration of \(rawValue) is no JSON object that can be added to",
        hint: "memtrace mcp install \(rawValue) --print shows what to put under \"\(section)\"")
    }
    return changed
  }

  /// The key that the client's servers stand under.
  private var section: String {
    switch self {
    case .vscode: "servers"
    case .zed: "context_servers"
    default: "mcpServers"
    }
  }

  /// A string of JSON is one of TOML too.
  private func quoted(_ text: String) -> String {
    String(decoding: JSON.string(text).bytes, as: UTF8.self)
  }
}
