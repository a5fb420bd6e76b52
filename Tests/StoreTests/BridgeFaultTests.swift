// A bridge whose system calls fail: what it acknowledged is in the tip, it does not die, and it does not stay blocked.

import Faults
import Glibc
import Testing

@testable import Memtrace

struct BridgeFaultTests {
  private let clone: Clone
  private let session: String
  private let faults: Faults

  init() throws {
    let world = try TestWorld()
    clone = try world.clone()
    session = try clone.openSession()
    faults = try Faults(below: clone.path, buildingIn: world.folder)
  }

  /// Calls between two that fail; none divides what a write or a commit takes.
  private static let strides = [149, 307, 601]

  /// Each error with one stride; with `MEMTRACE_LONG=1` with all.
  static let troubles: [(error: Int32, every: Int)] = Faults.errors.enumerated().flatMap {
    at, error in
    isLong
      ? strides.map { (error, $0) } : [(error, strides[at % strides.count])]
  }

  @Test(arguments: troubles)
  func `while calls fail now and then, nothing acknowledged is lost, and then it goes on`(
    error: Int32, every: Int
  ) throws {
    let trouble = clone.world.folder + "/trouble"
    let failed = clone.world.folder + "/failed"
    let bridge = try clone.serve(
      with: faults.failing(every: every, error, while: trouble, noting: failed))
    defer { bridge.child.kill() }
    try write("", to: trouble)
    var acknowledged: [String] = []
    for number in 0..<(isLong ? 200 : 60) {
      if let id = try post("Note \(number)", to: bridge.url) { acknowledged.append(id) }
      usleep(20_000)
    }
    unlink(trouble)
    #expect(try text(of: failed).split(separator: "\n").count > 2, "calls must have failed")
    try expectAll(acknowledged, bridge)
  }

  /// The bridge's threads take turns as they like, so a number does not always hit the same call; by default a few.
  @Test(arguments: Faults.errors)
  func `whatever call fails once from its start on, it goes on or says why it cannot`(error: Int32)
    throws
  {
    let list = clone.world.folder + "/calls"
    let counted = try clone.serve(with: faults.listing(to: list))
    for number in 0..<3 { _ = try post("Counted \(number)", to: counted.url) }
    usleep(1_500_000)
    kill(counted.child.process, SIGTERM)
    try counted.child.end()
    let count = try text(of: list).split(separator: "\n").count
    #expect(count > 100, "the library must be in the way of a bridge")
    let stride = isLong ? 7 : count / 4
    for number in Swift.stride(from: 1 + Int(error), through: count, by: stride) {
      let before = try clone.recalled(session)
      guard let bridge = try clone.served(with: faults.failing(number, error)) else { continue }
      defer { bridge.child.kill() }
      var acknowledged = before
      for number in 0..<3 {
        if let id = try post("Note \(number)", to: bridge.url) { acknowledged.append(id) }
      }
      try expectAll(acknowledged, bridge)
    }
  }

  /// The new record's id; nil where it was refused.
  private func post(_ text: String, to url: String) throws -> String? {
    let body = "{\"agent_id\":\"ana\",\"session_id\":\"\(session)\",\"content\":\"\(text)\"}"
    let outcome = try clone.world.run(
      [
        "curl", "-s", "-m", "90", "-w", "\\n%{http_code}", "-H", "Content-Type: application/json",
        "-d",
        body, url + "/api/v1/memories",
      ], in: clone.path)
    let lines = outcome.lines
    guard lines.last == "201" else {
      #expect(["500", "503", "507"].contains(lines.last), "\(outcome.out)")
      return nil
    }
    return try JSON(parsing: Array(lines[0].utf8))["id"]?.string
  }

  /// One more write goes through, all is committed while the bridge runs, and it ends as it should.
  private func expectAll(_ acknowledged: [String], _ bridge: (child: Child, url: String)) throws {
    var next: String?
    for _ in 0..<600 where next == nil {
      next = try post("Afterwards", to: bridge.url)
      if next == nil { usleep(100_000) }
    }
    let last = try #require(next, "it stays blocked")
    var committed = try clone.committed()
    for _ in 0..<1_200 where !Set(committed).isSuperset(of: acknowledged + [last]) {
      usleep(50_000)
      committed = try clone.committed()
    }
    kill(bridge.child.process, SIGTERM)
    let outcome = try bridge.child.wait()
    #expect(outcome.status == 0, "\(outcome.err.suffix(500))")
    committed = try clone.committed()
    let missing = Set(acknowledged + [last]).subtracting(committed)
    #expect(missing.isEmpty, "\(missing): \(outcome.err.suffix(2_000))")
    #expect(Set(committed).count == committed.count)
    #expect(try clone.recalled(session).sorted() == committed.sorted())
    #expect(try clone.json("check")["problems"] == .array([]))
    try clone.expectHealthy()
  }
}

extension Clone {
  /// As `serve`; nil where it ended before it listened, which it says on standard error.
  fileprivate func served(with more: [String: String]) throws -> (child: Child, url: String)? {
    do {
      return try serve(with: more)
    } catch let error as MemtraceError where error.kind == .notFound {
      return nil
    }
  }
}
