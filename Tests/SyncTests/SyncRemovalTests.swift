// Records that somebody else removed: counted and named by a sync, and stopped where they are many.

import Foundation
import Testing

@testable import Memtrace

@Suite struct `Removals that come by sync` {
  /// Three clones of a hub with so many memories in one session, and the file that holds them.
  private func team(_ world: SyncWorld, memories: Int) throws -> ([TestClone], SessionID) {
    let team = try world.makeTeam("ana", "ben", "cleo")
    let session = try team[0].openSession()
    for n in 0..<memories { try team[0].remember("\(n)", session: session) }
    try team[0].sync()
    for clone in team { try clone.sync() }
    return (team, session)
  }

  @Test func `a few are taken, counted and named`() throws {
    let world = try SyncWorld()
    let (team, session) = try team(world, memories: 10)
    let (ana, ben, cleo) = (team[0], team[1], team[2])
    let file = try #require(cleo.files(of: session).first { $0.contains("/memories.") })
    try world.run(["sed", "-i", "1,3d", file], in: cleo.path)
    try cleo.git("commit", "-q", "-a", "-m", "three less")
    let by = try cleo.git("rev-parse", "--short=7", "HEAD").trimmed
    try cleo.git("push", "-q")
    let text = try world.memtrace(["sync"], in: ben.path)
    #expect(text.status == 0, "\(text.output)")
    #expect(text.output.contains("removed 3 records in 1 session: Ana, \(by)"), "\(text.output)")
    #expect(try ben.contents(session: session).count == 7)
    let json = try world.memtrace(["--json", "sync"], in: ana.path)
    #expect(json.status == 0 && json.output.contains(#""removed":3"#), "\(json.output)")
    // Nobody puts them back.
    for clone in [ana, ben, ana, ben] {
      try clone.remember("on", session: session)
      try clone.sync()
    }
    try ana.sync()
    try cleo.git("pull", "-q", "--no-rebase", "--no-edit")
    #expect(try ana.contents(session: session).filter { $0 != "on" }.count == 7)
    #expect(Set(try team.map { try $0.tree }).count == 1)
  }

  @Test(arguments: ["sync", "pull"])
  func `many are stopped, nothing moves, and a person may confirm them`(verb: String) throws {
    let world = try SyncWorld()
    let (team, session) = try team(world, memories: 40)
    let (ana, ben, cleo) = (team[0], team[1], team[2])
    try cleo.git("rm", "-q", "-r", "sessions")
    try cleo.git("commit", "-q", "-m", "tidy up")
    try cleo.git("push", "-q")
    let before = try ben.head
    for _ in 0..<2 {
      let stopped = try world.memtrace([verb], in: ben.path)
      #expect(stopped.status == 4, "\(stopped.output)")
      #expect(stopped.output.contains("--accept-removals"), "\(stopped.output)")
      #expect(stopped.output.contains("removed 4"), "\(stopped.output)")
      #expect(try ben.head == before && ben.status == "")
      #expect(try ben.contents(session: session).count == 40)
    }
    // Writing goes on all the while.
    try ben.remember("on")
    let taken = try world.memtrace(["--json", verb, "--accept-removals"], in: ben.path)
    #expect(taken.status == 0 && taken.output.contains(#""removed":4"#), "\(taken.output)")
    #expect(try ben.contents() == ["on"])
    #expect(try world.memtrace(["sync"], in: ben.path).status == 0)
    // The others are asked each for itself.
    #expect(failure { try ana.sync() }?.kind == .conflict)
  }
}
