// Every system call of a sync, of a pull and of a clone fails once: nothing acknowledged is lost on either side, nothing
// blocks, and the next one succeeds without a person's help.

import Faults
import Foundation
import Testing

@testable import Memtrace

/// Two clones of one hub; faults meet the second one, and the hub where it is a folder.
private final class FaultyTeam {
  let world: SyncWorld
  let ana: TestClone
  let ben: TestClone
  let url: String
  private let hub: String
  private let faults: Faults
  private let server: Server?
  private(set) var written: Set<String> = []

  init(isServed: Bool) throws {
    world = try SyncWorld()
    hub = try world.makeHub()
    ana = try world.makeClone("ana")
    try ana.sync()
    if isServed {
      try world.git("config", "http.receivepack", "true", in: hub)
      let server = try Server.http(world)
      url = "http://desk@127.0.0.1:\(server.port)/hub.git"
      self.server = server
    } else {
      (url, server) = (hub, nil)
    }
    ben = try world.clone("ben")
    try ben.git("remote", "set-url", "origin", url)
    // Housekeeping in the background would go on beside the next step.
    try world.git("config", "--global", "gc.auto", "0")
    faults = try Faults(below: world.path, buildingIn: world.path)
  }

  /// A new record on each side, or on the remote's alone.
  func write(_ text: String, both: Bool) throws {
    for clone in both ? [ana, ben] : [ana] {
      let line = "\(text) by \((clone.path as NSString).lastPathComponent)"
      try clone.remember(line)
      written.insert(line)
    }
    try ana.sync()
  }

  /// Ends after five minutes, should it block.
  func run(_ words: [String], in folder: String, with faults: [String: String] = [:]) throws
    -> SyncWorld.Outcome
  {
    try world.run(
      ["timeout", "300", "\(SyncWorld.programs)/memtrace"] + words, in: folder,
      environment: ["PATH": SyncWorld.searchPath, "MEMTRACE_GIT_TOKEN": "secret"]
        .merging(faults) { $1 })
  }

  /// The calls of a run in which nothing fails.
  func calls(_ run: (_ listing: [String: String]) throws -> SyncWorld.Outcome) throws -> [String] {
    let list = "\(NSTemporaryDirectory())/memtrace-calls-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: list) }
    let outcome = try run(faults.listing(to: list))
    try #require(outcome.status == 0, "\(outcome.output)")
    let calls = try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n")
    #expect(calls.count > 200, "the library must be in the way")
    return calls.map(String.init)
  }

  /// Numbers of the calls that fail, each in its turn: some, or all of them with `MEMTRACE_LONG=1`. Each sync takes a little
  /// longer than the one before it, so that a new team goes on after a hundred.
  static func turns(_ count: Int) -> [ArraySlice<Int>] {
    let stride = SyncWorld.isLong ? 1 : max(1, count / 30)
    let numbers = Array(Swift.stride(from: 1, through: count, by: stride))
    return Swift.stride(from: 0, to: numbers.count, by: 100).map { numbers[$0...].prefix(100) }
  }

  /// The environment of a run in which this one of `calls` fails, and what to call it.
  func fault(_ number: Int, of calls: [String]) -> (name: String, environment: [String: String]) {
    let error = Faults.errors[number % Faults.errors.count]
    return ("\(calls[number - 1]) with \(error)", faults.failing(number, error))
  }
}

@Suite(.serialized) struct `Syncing while system calls fail` {
  @Test(arguments: [false, true])
  func `whatever call of a sync fails once, the next one succeeds`(isServed: Bool) throws {
    try expectRecovery(of: "sync", isServed: isServed)
  }

  @Test(arguments: [false, true])
  func `whatever call of a pull fails once, the next one succeeds`(isServed: Bool) throws {
    try expectRecovery(of: "pull", isServed: isServed)
  }

  private func expectRecovery(of verb: String, isServed: Bool) throws {
    var turns: [ArraySlice<Int>]?
    repeat {
      let team = try FaultyTeam(isServed: isServed)
      let ben = team.ben.path
      var step = 0
      func prepare() throws {
        step += 1
        try team.write("\(step)", both: true)
      }
      try prepare()
      let calls = try team.calls { try team.run([verb], in: ben, with: $0) }
      if turns == nil { turns = FaultyTeam.turns(calls.count) }
      for number in turns!.removeFirst() where number <= calls.count {
        let (fault, environment) = team.fault(number, of: calls)
        try prepare()
        let run = try team.run([verb], in: ben, with: environment)
        #expect((0...6).contains(run.status), "\(fault): \(run)")
        let next = try team.run([verb], in: ben)
        try #require(next.status == 0, "\(fault): \(run.output)then \(next.output)")
        if verb == "pull" {
          #expect(try Set(team.ben.contents()).isSuperset(of: team.written), "\(fault)")
        }
      }
      for clone in [team.ben, team.ana] {
        let outcome = try team.run(["sync"], in: clone.path)
        #expect(outcome.status == 0, "\(outcome.output)")
      }
      try expectAll(team, team.ana)
      try expectAll(team, team.ben)
      #expect(try team.ana.tree == team.ben.tree)
    } while turns?.isEmpty == false
  }

  @Test(arguments: [false, true])
  func `whatever call of a clone fails once, the same command succeeds`(isServed: Bool) throws {
    let team = try FaultyTeam(isServed: isServed)
    for n in 0..<3 { try team.write("\(n)", both: false) }
    let words = ["clone", team.url, "cleo"]
    func clone(_ environment: [String: String] = [:]) throws -> SyncWorld.Outcome {
      try team.run(words, in: team.world.path, with: environment)
    }
    func take(_ fault: String = "") throws {
      try expectAll(team, try team.world.open("cleo"), fault)
      try FileManager.default.removeItem(atPath: "\(team.world.path)/cleo")
    }
    let calls = try team.calls(clone)
    try take()
    for number in FaultyTeam.turns(calls.count).joined() {
      let (fault, environment) = team.fault(number, of: calls)
      let run = try clone(environment)
      #expect((0...6).contains(run.status), "\(fault): \(run)")
      if run.status != 0 {
        let next = try clone()
        try #require(next.status == 0, "\(fault): \(run.output)then \(next.output)")
      }
      try take("\(fault): \(run.output)")
    }
  }

  /// All that was written, once, and nothing that Git or `check` would complain about.
  private func expectAll(_ team: FaultyTeam, _ clone: TestClone, _ fault: String = "") throws {
    let found = try clone.contents()
    #expect(Set(found) == team.written && found.count == team.written.count, "\(fault)")
    #expect(try clone.status == "", "\(fault)")
    try clone.git("fsck", "--strict", "--no-dangling")
    let check = try team.run(["--json", "check"], in: clone.path)
    #expect(check.output.contains(#""problems":[]"#), "\(check.output)")
  }
}
