// A temporary folder with its own home, and the git command as the judge.

import Foundation
import Git
import Testing

/// Everything of one test lies in one folder, which goes when the test ends.
final class TestWorld {
  let folder: String
  private static let environment = [
    "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Person", "GIT_AUTHOR_EMAIL": "person@example.org",
    "GIT_COMMITTER_NAME": "Person", "GIT_COMMITTER_EMAIL": "person@example.org",
    "GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000",
  ]

  init() throws {
    var template = Array("/tmp/git-tests.XXXXXX".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    try FileManager.default.createDirectory(
      atPath: folder + "/home", withIntermediateDirectories: false)
    try write("[init]\n\tdefaultBranch = main\n", to: "home/.gitconfig")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A repository made by the git command, opened by us.
  func repository(_ name: String = "repository", _ options: String...) throws -> Repository {
    try git(".", ["init", "-q"] + options + [name])
    return try Repository.open(path: path(name))
  }

  func path(_ name: String) -> String { folder + "/" + name }

  func write(_ text: String, to name: String) throws {
    let path = path(name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  /// Runs git in a folder of this world and returns what it wrote; a failure is an issue of the test.
  @discardableResult
  func git(_ name: String, _ arguments: [String], input: String = "") throws -> String {
    let (status, output, errors) = try run(["git", "-C", path(name)] + arguments, input: input)
    try #require(status == 0, "git \(arguments): \(output)\(errors)")
    return output
  }

  /// The lines of what git wrote.
  func lines(_ name: String, _ arguments: String...) throws -> [String] {
    try git(name, arguments).split(separator: "\n").map(String.init)
  }

  /// Runs a program to its end.
  func run(_ arguments: [String], input: String = "") throws -> (
    status: Int32, output: String, errors: String
  ) {
    let id = UUID().uuidString
    let files = ["in", "out", "err"].map { path("home/\($0)-\(id)") }
    defer { for file in files { unlink(file) } }
    try input.write(toFile: files[0], atomically: false, encoding: .utf8)
    let process = try start(arguments, files)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return (
      status & 0x7f == 0 ? status >> 8 & 0xff : -1, try text(files[1]), try text(files[2])
    )
  }

  /// Starts a program and does not wait for it. The files are its standard input, output and errors.
  func start(_ arguments: [String], _ files: [String] = []) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (at, file) in (files.isEmpty ? Array(repeating: "/dev/null", count: 3) : files).enumerated()
    {
      posix_spawn_file_actions_addopen(
        &actions, Int32(at), file, at == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    // Dispatch's threads block signals and a child would inherit that: it could not be ended.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let environment = TestWorld.environment.merging(["HOME": path("home")]) { $1 }
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var process: pid_t = 0
    try #require(posix_spawnp(&process, arguments[0], &actions, &attributes, &argv, &envp) == 0)
    return process
  }

  private func text(_ file: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
  }
}

/// A generator whose numbers are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

extension Signature {
  static let robot = Signature(
    name: "Robot", email: "robot@example.org", seconds: 1_700_000_000, offsetMinutes: 60)
}

extension Repository {
  /// Writes a commit and moves a reference to it that stands at its first parent.
  @discardableResult
  func createCommit(
    tree: ObjectID, parents: [ObjectID], author: Signature, committer: Signature, message: String,
    updating reference: String
  ) throws -> ObjectID {
    let id = try createCommit(
      tree: tree, parents: parents, author: author, committer: committer, message: message)
    try setReference(
      reference, to: id, expecting: parents.first,
      message: "commit: \(message.prefix { !$0.isNewline })")
    return id
  }

  /// Commits files on HEAD (nil removes) as our writers do: without the work tree.
  @discardableResult
  func commit(
    _ files: [String: String?], message: String = "change\n", updating reference: String? = "HEAD"
  ) throws -> ObjectID {
    let tip = try head().commit
    let updates = try files.map { path, text -> TreeUpdate in
      guard let text else { return .remove(path: path) }
      return .upsert(path: path, id: try writeBlob(Array(text.utf8)), mode: .file)
    }
    let tree = try updateTree(base: try tip.map { try commit($0).tree }, updates)
    let parents = tip.map { [$0] } ?? []
    guard let reference else {
      return try createCommit(
        tree: tree, parents: parents, author: .robot, committer: .robot, message: message)
    }
    return try createCommit(
      tree: tree, parents: parents, author: .robot, committer: .robot, message: message,
      updating: reference)
  }
}

/// The code of the error that `body` ends with; nil where it does not.
func errorCode(_ body: () throws -> Void) -> GitError.Code? {
  do {
    try body()
    return nil
  } catch { return (error as? GitError)?.code }
}
