// The program itself, and other people's, as processes of a test.

import Foundation
import Synchronization
import Testing

extension SyncWorld {
  /// The folder with the built program, beside the tests.
  static let programs: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let candidates = [
      ProcessInfo.processInfo.environment["MEMTRACE_BIN"],
      CommandLine.arguments.first.map { ($0 as NSString).deletingLastPathComponent },
      (own as NSString).deletingLastPathComponent,
      FileManager.default.currentDirectoryPath + "/.build/debug",
    ]
    return candidates.compactMap { $0 }.first { access($0 + "/memtrace", X_OK) == 0 } ?? ""
  }()

  static let isLong = ProcessInfo.processInfo.environment["MEMTRACE_LONG"] == "1"

  /// - Throws: where one of them is not installed, so that no test of it passes unseen.
  static func require(_ programs: String...) throws {
    for name in programs {
      try #require(
        path(of: name) != nil, "\(name) is missing; make setup-tests installs what tests need")
    }
  }

  /// Servers lie where a user's PATH does not lead.
  static func path(of program: String) -> String? {
    ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"]
      .map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }

  static var searchPath: String {
    "\(programs):" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
  }

  @discardableResult
  func memtrace(_ arguments: [String], in folder: String, environment: [String: String] = [:])
    throws
    -> Outcome
  {
    try run(
      ["\(Self.programs)/memtrace"] + arguments, in: folder,
      environment: ["PATH": Self.searchPath].merging(environment) { $1 })
  }

  /// A port that nobody listens on, below those that the system gives to connections: until the server has it, nobody
  /// else gets it.
  static func freePort() -> Int {
    while true {
      let port = 20_000 + nextPort.add(1, ordering: .relaxed).newValue % 12_000
      if canListen(port) { return port }
    }
  }

  private static let nextPort = Atomic<Int>(Int.random(in: 0..<12_000))

  private static func canListen(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  /// Waits until somebody listens, at most a minute.
  static func waitForPort(_ port: Int) -> Bool {
    for _ in 0..<3_000 {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      if result == 0 { return true }
      usleep(20_000)
    }
    return false
  }

  /// A server. Not by Foundation's `Process`, whose bookkeeping hangs where a child closes what it inherited.
  func start(_ arguments: [String]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    let environment = [
      "PATH=\(Self.searchPath)", "HOME=\(path)", "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C",
    ]
    let program = try #require(Self.path(of: arguments[0]), "\(arguments[0]) is missing")
    let words = ([program] + arguments.dropFirst()).map { strdup($0) }
    let settings = environment.map { strdup($0) }
    defer { for text in words + settings { free(text) } }
    // Threads of a test block signals, and a child would go on doing so.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process = pid_t()
    let result = posix_spawn(
      &process, words[0]!, &actions, &attributes, words + [nil], settings + [nil])
    try #require(result == 0, "\(arguments[0]) does not start")
    return process
  }
}

extension Substring {
  var trimmed: String { String(self).trimmed }
}
