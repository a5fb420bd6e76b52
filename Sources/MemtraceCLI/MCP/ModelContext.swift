// mcp: tools for an assistant over standard input and output, straight on the repository.

import Glibc
import Memtrace
import MemtraceMCP
import Synchronization

struct ModelContext {
  static let description = VerbDescription(
    name: "mcp", group: "Repository",
    summary: "serve an assistant over MCP, on standard input and output",
    fields: [
      Field("read_only", .flag, "offer only what changes nothing"),
      Field(
        "tools", .choice(["all", "core"]), default: "all",
        "core: remember, decide, context and search alone"),
      Field(
        "agent_id", .id("agent"), flag: "agent", "the agent that writes, where a call names none"
      ).author,
      Field("session_id", .id("session"), flag: "session", "the session, where a call names none"),
      Field(
        "http", .text, "pass everything on to a bridge elsewhere: https://…, http://…, unix:/PATH"),
      Field("key", .text, "the key for that bridge, or @FILE that holds it"),
    ],
    examples: [
      "memtrace -C /srv/memory mcp --agent billing-support",
      "memtrace mcp --http https://memory.example.com --key @$HOME/.memtrace-key",
      "memtrace mcp install claude-code",
    ])

  private let service: Service

  /// A call of its own for each request: another process may have written since.
  init(_ input: JSON, in surroundings: Call) {
    let (world, directory) = (surroundings.world, surroundings.directory)
    let network = surroundings.network
    service = Service(
      version: version, coreOnly: input["tools"] == "core",
      scope: input["read_only"] == true ? .read : .admin,
      defaults: Defaults(agent: input["agent_id"]?.string, session: input["session_id"]?.string)
    ) { verb, input, progress in
      let call = Call(world: world, directory: directory, progress: progress)
      call.network = network
      call.isForPeople = false
      call.isForModels = true
      defer {
        for notice in call.takeNotices() {
          _ = try? Output.error.write("memtrace: note: \(harmlessLine(notice))\n")
        }
      }
      return try VerbTable.perform(verb, input, in: call)
    }
  }

  func run() {
    let gate = Mutex(())
    StdioServer(service, input: STDIN_FILENO) { bytes in
      gate.withLock { _ in (try? Output.standard.write(bytes)) == .written }
    }.run()
  }
}
