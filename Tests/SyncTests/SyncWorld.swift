// A world for tests of sync: folders, clones and remotes of their own, and the real git command beside them.

import Foundation
import Synchronization
import Testing

@testable import Memtrace

/// Deleted with everything in it when the test ends.
final class SyncWorld {
  let path: String
  private let ticks = Ticks()

  /// Milliseconds that go on by themselves, so that every run draws the same ids.
  final class Ticks: Sendable {
    private let now = Mutex<Int64>(1_790_000_000_000)
    private let random: Mutex<SeededGenerator>

    init(seed: UInt64 = 1) { random = Mutex(SeededGenerator(seed: seed)) }

    var world: World {
      World(
        now: {
          self.now.withLock { now in
            now += 7
            return Timestamp(milliseconds: now)
          }
        }, random: { self.random.withLock { $0.next() } })
    }
  }

  /// As every front of the program: libgit2 writes to a line that may be cut, and a signal would end all tests.
  private static let ignoresBrokenPipes: Void = {
    signal(SIGPIPE, SIG_IGN)
  }()

  init() throws {
    Self.ignoresBrokenPipes
    let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory()
    path = "\(base)/memtrace-sync-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { if getenv("MEMTRACE_KEEP") == nil { try? FileManager.default.removeItem(atPath: path) } }

  /// The fields of a process that is done.
  struct Outcome {
    let status: Int32
    let output: String
  }

  @discardableResult
  func run(_ arguments: [String], in folder: String? = nil, environment: [String: String] = [:])
    throws
    -> Outcome
  {
    let process = Foundation.Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder ?? path)
    process.environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": path,
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C",
      "GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@agents.invalid",
      "GIT_COMMITTER_NAME": "Ana",
      "GIT_COMMITTER_EMAIL": "ana@agents.invalid",
    ].merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
  }

  @discardableResult
  func git(_ arguments: String..., in folder: String? = nil) throws -> String {
    let outcome = try run(["git"] + arguments, in: folder)
    #expect(outcome.status == 0, "git \(arguments.joined(separator: " ")): \(outcome.output)")
    return outcome.output
  }

  /// A bare repository without a commit.
  @discardableResult
  func makeHub(_ name: String = "hub.git") throws -> String {
    try git("init", "-q", "--bare", "-b", "main", name)
    return "\(path)/\(name)"
  }

  /// A memory repository that knows a remote, `origin` at `hub.git` unless told otherwise.
  func makeClone(
    _ name: String, remote: String? = "hub.git", organisation: String = "acme"
  ) throws -> TestClone {
    let store = try Store.initialise(
      "\(path)/\(name)", organisation: organisation, replica: nil, source: nil, world: ticks.world)
    if let remote { try store.addRemote("origin", url: "\(path)/\(remote)") }
    return TestClone(store, self)
  }

  /// Plain `git clone`.
  func clone(_ name: String, from remote: String = "hub.git") throws -> TestClone {
    try git("clone", "-q", remote, name)
    return try open(name)
  }

  func open(_ name: String) throws -> TestClone {
    TestClone(try Store.open(at: "\(path)/\(name)", world: ticks.world), self)
  }

  /// A hub with a first clone's init in it, and that clone and others.
  func makeTeam(_ names: String...) throws -> [TestClone] {
    try makeHub()
    let first = try makeClone(names[0])
    try first.sync()
    return [first] + (try names.dropFirst().map { try clone($0) })
  }
}

/// One clone, with the few verbs that tests of sync need.
final class TestClone {
  let store: Store
  let world: SyncWorld
  var network = Network(sleep: { usleep(UInt32($0) * 1_000) })

  init(_ store: Store, _ world: SyncWorld) {
    self.store = store
    self.world = world
  }

  var path: String { store.root }

  func openSession() throws -> SessionID {
    try store.write { try $0.openSession(agent: AgentReference("desk"), metadata: []).id }.value
  }

  /// - Returns: the record's id.
  @discardableResult
  func remember(_ text: String, session: SessionID? = nil) throws -> String {
    var fields: [JSON.Member] = [.init("agent_id", "desk"), .init("content", .string(text))]
    if let session { fields.append(.init("session_id", .string(session.description))) }
    var input = Input(.object(fields), now: store.world.now())
    let draft = MemoryDraft(memory: &input)
    try input.finish()
    return try store.write { try $0.remember(draft).id.description }.value
  }

  @discardableResult
  func sync(_ request: SyncRequest = SyncRequest()) throws -> SyncReport {
    try store.sync(request, network: network)
  }

  func contents(session: SessionID) throws -> [String] {
    try store.records().session(session)?.memories.map(\.content) ?? []
  }

  func contents() throws -> [String] {
    try store.records().memories(MemoryFilter()).map(\.content)
  }

  @discardableResult
  func git(_ arguments: String...) throws -> String {
    let outcome = try world.run(["git"] + arguments, in: path)
    #expect(outcome.status == 0, "git \(arguments.joined(separator: " ")): \(outcome.output)")
    return outcome.output
  }

  var head: String { get throws { try git("rev-parse", "HEAD").trimmed } }
  var tree: String { get throws { try git("rev-parse", "HEAD^{tree}").trimmed } }
  var status: String { get throws { try git("status", "--porcelain") } }

  func read(_ file: String) -> String? {
    try? String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
  }

  func write(_ file: String, _ text: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(file)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
  }

  /// Commits as a person does.
  func commit(_ file: String, _ text: String) throws {
    try write(file, text)
    try git("add", file)
    try git("commit", "-q", "-m", "by hand")
  }

  /// The record files of a session in this clone.
  func files(of session: SessionID) -> [String] {
    let folder = Layout.folder(of: session)
    return ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? [])
      .sorted()
      .map { "\(folder)/\($0)" }
  }
}

extension String {
  var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

/// What an expression throws, as ours.
func failure(_ body: () throws -> Void) -> MemtraceError? {
  do {
    try body()
    return nil
  } catch {
    return error as? MemtraceError
  }
}
