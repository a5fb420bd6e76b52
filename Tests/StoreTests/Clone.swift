// A memory repository in a test's world, and what one asks it.

import Glibc
import Testing

@testable import Memtrace

struct Clone {
  let world: TestWorld
  let path: String

  /// Runs `memtrace`, whatever comes of it.
  @discardableResult
  func memtrace(
    _ arguments: String..., input: String? = nil, with more: [String: String] = [:]
  ) throws -> Outcome {
    try world.run([TestWorld.memtrace] + arguments, in: path, input: input, with: more)
  }

  /// Runs `memtrace` and expects it to succeed.
  @discardableResult
  func done(
    _ arguments: String..., input: String? = nil, at place: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    try done(arguments, input: input, at: place)
  }

  @discardableResult
  func done(
    _ arguments: [String], input: String? = nil, at place: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let outcome = try world.run([TestWorld.memtrace] + arguments, in: path, input: input)
    try #require(outcome.status == 0, "\(arguments): \(outcome.err)", sourceLocation: place)
    return outcome
  }

  /// The answer of `memtrace --json`.
  func json(_ arguments: String..., at place: SourceLocation = #_sourceLocation) throws -> JSON {
    try json(arguments, at: place)
  }

  func json(_ arguments: [String], at place: SourceLocation = #_sourceLocation) throws -> JSON {
    let outcome = try world.run([TestWorld.memtrace, "--json"] + arguments, in: path)
    try #require(outcome.status == 0, "\(arguments): \(outcome.err)", sourceLocation: place)
    return try JSON(parsing: Array(outcome.out.utf8))
  }

  /// Runs `git` and expects it to succeed.
  @discardableResult
  func git(_ arguments: String..., at place: SourceLocation = #_sourceLocation) throws -> String {
    let outcome = try world.run(["git"] + arguments, in: path)
    try #require(
      outcome.status == 0, "git \(arguments): \(outcome.out)\(outcome.err)", sourceLocation: place)
    return outcome.line
  }

  func openSession(_ agent: String = "internet-support", _ metadata: String...) throws -> String {
    let options = metadata.flatMap { ["--meta", $0] }
    let outcome = try world.run(
      [TestWorld.memtrace, "session", "create", "--agent", agent] + options, in: path)
    try #require(outcome.status == 0, "\(outcome.err)")
    return outcome.line
  }

  /// The new record's id.
  @discardableResult
  func remember(
    _ text: String, _ session: String? = nil, by agent: String = "internet-support",
    at place: SourceLocation = #_sourceLocation
  ) throws -> String {
    let more = session.map { ["--session", $0] } ?? []
    let outcome = try world.run(
      [TestWorld.memtrace, "remember", text, "--agent", agent] + more, in: path)
    try #require(outcome.status == 0, "\(outcome.err)", sourceLocation: place)
    return outcome.line
  }

  /// Ids of all memories and decisions, as `memtrace` reads them, oldest first.
  func recalled(_ session: String? = nil) throws -> [String] {
    let more = session.map { ["--session", $0] } ?? []
    var ids: [String] = []
    while true {
      let outcome = try world.run(
        [
          TestWorld.memtrace, "--json", "recall", "--order", "asc", "--limit", "1000", "--offset",
          String(ids.count),
        ] + more, in: path)
      try #require(outcome.status == 0, "\(outcome.err)")
      let answer = try JSON(parsing: Array(outcome.out.utf8))
      ids += (answer["memories"]?.array ?? []).compactMap { $0["id"]?.string }
      guard answer["has_more"] == .bool(true) else { return ids }
    }
  }

  /// Ids of all memories and decisions in a commit, line by line: one that is there twice is there twice.
  func committed(_ revision: String = "HEAD") throws -> [String] {
    let found = try world.run(
      [
        "git", "grep", "-h", "-o", "-E", "\"(mem|dec)_[0-9A-Z]{26}\"}$", revision, "--", "sessions",
        "agents",
      ], in: path)
    try #require(found.status <= 1, "\(found.err)")
    return found.lines.map { String($0.dropFirst().dropLast(2)) }
  }

  /// The files of records below a folder of the repository.
  func files(of session: String) throws -> [String] {
    try world.run(["find", path + "/sessions", "-path", "*\(session)/*.jsonl"], in: path).lines
      .sorted()
  }

  /// Nothing to commit, nothing broken, no lock of anybody, and every commit has a subject that says what.
  func expectHealthy(at place: SourceLocation = #_sourceLocation) throws {
    let status = try git("status", "--porcelain")
    #expect(status == "", sourceLocation: place)
    // Beside housekeeping in the background a look finds gone what lies in another pack by then.
    var faults = "?"
    for _ in 0..<3 where !faults.isEmpty {
      let look = try world.run(
        ["git", "fsck", "--strict", "--no-progress", "--no-dangling"], in: path)
      faults = look.status == 0 ? look.out + look.err : "\(look)"
    }
    #expect(faults == "", sourceLocation: place)
    #expect(
      // A pack that was never finished has a name of its own, and goes after a day.
      try world.run(
        ["find", path + "/.git", "-name", "*.lock", "!", "-name", "pack_git2_*"], in: path
      ).lines == [],
      sourceLocation: place)
    for subject in try git("log", "--format=%s").split(separator: "\n") {
      #expect(subject.count <= 100, sourceLocation: place)
      #expect(
        subject.firstIndex(of: ":") != nil || subject.hasPrefix("Merge"), sourceLocation: place)
    }
  }
}
