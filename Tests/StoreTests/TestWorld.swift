// A world of its own for each test: a folder, a home, a Git identity, the built `memtrace` and the real `git`.

import Glibc
import Synchronization
import Testing

@testable import Memtrace

/// Everything that a test makes lies below `folder` and goes with it.
final class TestWorld: Sendable {
  let folder: String
  private let environment: [String: String]
  private let count = Atomic<Int>(0)

  init(_ more: [String: String] = [:]) throws {
    var template = Array("/tmp/memtrace-store-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try #require(mkdir(folder + "/home", 0o755) == 0 && mkdir(folder + "/out", 0o755) == 0)
    try write(
      """
      [user]
      name = Ana
      email = ana@example.org
      [init]
      defaultBranch = main
      [advice]
      detachedHead = false

      """, to: folder + "/home/.gitconfig")
    environment = [
      "HOME": folder + "/home", "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_EDITOR": "true", "NO_COLOR": "1",
    ].merging(more) { $1 }
  }

  deinit {
    _ = try? start(["rm", "-rf", folder], in: "/").end()
  }

  /// The program under test, built beside the test bundle.
  static let memtrace: String = {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let length = max(0, readlink("/proc/self/exe", &buffer, buffer.count))
    let own = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return own.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/memtrace"
  }()

  func start(
    _ arguments: [String], in place: String, input: String? = nil, with more: [String: String] = [:]
  ) throws -> Child {
    let number = count.add(1, ordering: .relaxed).newValue
    return try Child(
      arguments, in: place, environment: environment.merging(more) { $1 }, input: input,
      prefix: "\(folder)/out/\(number)")
  }

  @discardableResult
  func run(
    _ arguments: [String], in place: String, input: String? = nil, with more: [String: String] = [:]
  ) throws -> Outcome {
    try start(arguments, in: place, input: input, with: more).wait()
  }

  /// A new memory repository.
  func clone(_ name: String = "support", organisation: String = "teleco") throws -> Clone {
    let clone = Clone(world: self, path: "\(folder)/\(name)")
    let made = try run([Self.memtrace, "init", name, "--org", organisation], in: folder)
    try #require(made.status == 0, "\(made.err)")
    return clone
  }

  /// A plain `git clone` of another.
  func clone(of origin: Clone, _ name: String) throws -> Clone {
    try origin.git("clone", "-q", origin.path, "\(folder)/\(name)")
    return Clone(world: self, path: "\(folder)/\(name)")
  }
}
