// serve: the HTTP bridge in front of one or more repositories, until it is told to stop.

import Glibc
import Memtrace
import MemtraceHTTP
import MemtraceMCP

struct Serve {
  static let description = VerbDescription(
    name: "serve", group: "Repository", summary: "serve memory over HTTP",
    fields: [
      Field(
        "listen", .text, default: "127.0.0.1:9100", "HOST:PORT or unix:PATH; port 0 takes any"),
      Field("repo", .object, "NAME and folder of a repository; repeat it for more"),
      Field("no_auth", .flag, "take any key or none; loopback addresses only"),
      Field("allow_host", .list, "a further name in Host that --no-auth answers to"),
      Field("public_metrics", .flag, "show /metrics and /openapi.json without a key"),
      Field("sync_every", .text, "sync in the background: 30s, 5m, 1h"),
      Field("remote", .text, "the remote to sync with"),
    ],
    examples: ["memtrace serve", "memtrace serve --repo acme=/srv/acme --repo beta=/srv/beta"])

  private let address: ListenAddress
  private let folders: [JSON.Member]
  private let isQuiet: Bool
  /// Milliseconds; nil for no background sync.
  private var syncInterval: Int?
  private let remote: String?
  private var configuration = Bridge.Configuration()

  init(_ input: JSON, isQuiet: Bool) throws {
    let text = input["listen"]?.string ?? "127.0.0.1:9100"
    guard let address = ListenAddress(text) else {
      throw MemtraceError.invalid([
        .init("listen", "'\(text)' is neither HOST:PORT with a numeric host nor unix:PATH")
      ])
    }
    self.address = address
    self.isQuiet = isQuiet
    folders = input["repo"]?.members ?? []
    remote = input["remote"]?.string
    if let text = input["sync_every"]?.string {
      guard let interval = milliseconds(ofInterval: text) else {
        throw MemtraceError.invalid([
          .init("sync_every", "'\(text)' is no interval; write 10s, 5m or 1h")
        ])
      }
      syncInterval = interval
    }
    configuration.isOpen = input["no_auth"] == true
    configuration.allowedHosts = (input["allow_host"]?.array ?? []).compactMap(\.string)
    configuration.hasPublicMetrics = input["public_metrics"] == true
    configuration.version = version
    configuration.gateway = Gateway("mcp") { body, header, scope, agent, perform in
      let service = Service(
        version: version, scope: scope, defaults: Defaults(agent: agent)
      ) { verb, input, _ in try perform(verb, input) }
      let answer = service.answer(post: body, header: header)
      return (answer.status, answer.body)
    }
    guard configuration.isOpen else { return }
    guard address.isLoopback else {
      throw MemtraceError.invalid([
        .init("no_auth", "is for loopback addresses only, and \(address) is none")
      ])
    }
    guard folders.count < 2 else {
      throw MemtraceError.invalid([
        .init("no_auth", "is for one repository only: the key decides between several")
      ])
    }
  }

  func run(in call: Call) throws {
    let repositories =
      folders.isEmpty
      ? [try open(call.directory, nil, call)]
      : try folders.map { try open(inside(call.directory, $0.value.string ?? ""), $0.key, call) }
    if !configuration.isOpen { try requireKeys(repositories, call.world) }
    let bridge = try Bridge(repositories, configuration: configuration)
    let log = isQuiet ? nil : try AccessLog(descriptor: STDERR_FILENO, world: call.world)
    var settings = ServerConfiguration()
    settings.stopsOnSignals = true
    settings.timeouts.stop = 3
    settings.log = { exchange in
      bridge.observe(exchange)
      log?.record(exchange)
    }
    let server: Server
    do {
      server = try Server(listen: address, handler: bridge, configuration: settings)
    } catch {
      throw MemtraceError(.usage, "\(error)", hint: "memtrace serve --listen 127.0.0.1:0")
    }
    try Output.standard.write("listening on \(server.address)\n")
    server.run()
    for repository in repositories { repository.stop() }
    log?.flush()
  }

  /// A folder of `--repo` counts from that of `-C`.
  private func inside(_ directory: String, _ folder: String) -> String {
    folder.hasPrefix("/") ? folder : "\(directory)/\(folder)"
  }

  private func open(_ folder: String, _ organisation: String?, _ call: Call) throws -> LiveStore {
    let isQuiet = isQuiet
    var network = call.network
    network.say = { words in
      if !isQuiet { _ = try? Output.error.write("memtrace: \(harmlessLine(words))\n") }
    }
    let store = try LiveStore(
      at: folder, organisation: organisation, world: call.world, network: network)
    guard let syncInterval else { return store }
    try store.keepSyncing(every: syncInterval, remote: remote) {
      [name = store.organisation] words in
      if !isQuiet {
        _ = try? Output.error.write(
          "memtrace: sync of \(harmlessLine(name)): \(harmlessLine(words))\n")
      }
    }
    return store
  }

  /// An empty key store gets an admin key, shown once and to a terminal only.
  private func requireKeys(_ repositories: [LiveStore], _ world: World) throws {
    for repository in repositories where try repository.keys.isEmpty() {
      guard isatty(STDERR_FILENO) == 1 else {
        throw MemtraceError(
          .usage, "\(repository.organisation) has no API key yet",
          hint: "memtrace key create --name NAME --scope admin")
      }
      let made = try repository.keys.create(name: "admin", scope: .admin, world: world)
      try Output.error.write(
        "made an admin key for \(repository.organisation), shown this once: \(made.secret)\n")
    }
  }
}
