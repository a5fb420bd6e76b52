// Every system call of a write fails once: nothing acknowledged is lost, and nothing is in the way of the next write.

import Faults
import Glibc
import Testing

@testable import Memtrace

struct FaultTests {
  private let clone: Clone
  private let session: String
  private let faults: Faults

  init() throws {
    let world = try TestWorld()
    clone = try world.clone()
    session = try clone.openSession()
    faults = try Faults(below: clone.path, buildingIn: world.folder)
  }

  private func write(_ text: String, with more: [String: String] = [:]) throws -> Outcome {
    try clone.memtrace(
      "remember", text, "--agent", "ana", "--session", session, with: more)
  }

  /// How many calls a write makes here.
  private func calls() throws -> Int {
    let list = clone.world.folder + "/calls"
    try #require(try write("counted", with: faults.listing(to: list)).status == 0)
    return try text(of: list).split(separator: "\n").count
  }

  private func contents() throws -> [String] {
    try clone.json("recall", "--session", session, "--limit", "1000")["memories"]?.array?
      .compactMap { $0["content"]?.string } ?? []
  }

  @Test(arguments: [EIO, ENOSPC])
  func `a write that was refused is not there afterwards, and said again it is there once`(
    error: Int32
  ) throws {
    try clone.done("remember", "first", "--agent", "ana", "--session", session)
    let list = clone.world.folder + "/calls"
    try #require(try write("counted", with: faults.listing(to: list)).status == 0)
    let names = try text(of: list).split(separator: "\n")
    let sync = try #require(names.firstIndex { $0.contains("fdatasync") }) + 1
    var refused = 0
    for number in sync - 2...sync + 2 {
      let run = try write("call \(number)", with: faults.failing(number, error))
      if run.status == 0 { continue }
      refused += 1
      #expect(try !contents().contains("call \(number)"), "\(run.err)")
      try clone.done("remember", "call \(number)", "--agent", "ana", "--session", session)
      #expect(try contents().count { $0 == "call \(number)" } == 1)
    }
    #expect(refused > 0)
    let lasting = try write("perhaps", with: faults.failing(sync, error, lasting: true))
    #expect(lasting.status != 0)
    let isThere = try contents().contains("perhaps")
    #expect(!isThere || lasting.err.contains("may have been stored"), "\(lasting.err)")
    try clone.expectHealthy()
  }

  @Test func `a folder that cannot be read to its end is no smaller folder`() throws {
    var texts = Set<String>()
    for number in 0..<4 {
      let session = try clone.openSession()
      try clone.done("remember", "text \(number)", "--agent", "ana", "--session", session)
      texts.insert("text \(number)")
    }
    var failed = 0
    for number in 1...40 {
      // Nothing is kept that a complete reading made.
      try clone.world.run(["rm", "-rf", clone.path + "/.git/memtrace/catalog"], in: "/")
      let run = try clone.memtrace(
        "export", with: faults.failing(number, EIO, only: "readdir"))
      if run.status != 0 {
        failed += 1
        continue
      }
      for text in texts { #expect(run.out.contains(text), "call \(number)") }
    }
    #expect(failed > 5, "the library must be in the way")
  }

  /// All calls with all errors are two thousand runs and more; by default each stretch of calls meets one error.
  @Test(arguments: isLong ? Faults.errors.map { [$0] } : [Faults.errors])
  func `whatever call fails once, what was acknowledged is there, and the next write goes through`(
    errors: [Int32]
  ) throws {
    let (count, stride) = (try calls(), isLong ? 1 : 7)
    #expect(count > 100, "the library must be in the way of a write")
    var acknowledged = try clone.recalled(session)
    var refused = 0
    for number in Swift.stride(from: 1, through: count + 20, by: stride) {
      let error = errors[number / stride % errors.count]
      let run = try write("call \(number)", with: faults.failing(number, error))
      #expect(run.status == 0 || run.status == 1 || run.status == 6, "\(number): \(run)")
      // Its first line is the id; whoever has read it relies on it.
      if let id = run.lines.first { acknowledged.append(id) } else { refused += 1 }
      let next = try write("after \(number)")
      try #require(next.status == 0, "call \(number) with \(error): \(run.err)then: \(next.err)")
      #expect(
        !next.err.contains("safe in the journal"),
        "call \(number) with \(error): \(run.err)then: \(next.err)")
      acknowledged.append(next.line)
    }
    #expect(refused < count / stride / 2, "few calls come before the journal")
    let committed = try clone.committed()
    #expect(Set(committed).isSuperset(of: acknowledged))
    #expect(Set(committed).count == committed.count)
    #expect(try clone.recalled(session).sorted() == committed.sorted())
    #expect(try clone.json("check")["problems"] == .array([]))
    try clone.expectHealthy()
  }
}
