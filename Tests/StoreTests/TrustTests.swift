// Who may read what: modes of files, everything about one person, rules that a running bridge follows.

import Glibc
import Testing

@testable import Memtrace

struct TrustTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
  }

  private func mode(_ path: String) throws -> mode_t {
    var status = stat()
    try #require(stat(path, &status) == 0, "\(path)")
    return status.st_mode & 0o7777
  }

  /// The file of a session's memories, its folder and the session's month.
  private func modes(of session: String) throws -> [mode_t] {
    let file = try #require(try clone.files(of: session).first { $0.contains("/memories.") })
    let folder = String(file[..<file.lastIndex(of: "/")!])
    return [try mode(file), try mode(folder)]
  }

  @Test func `files are not for others to read, unless the repository is shared`() throws {
    let first = try clone.openSession()
    try clone.remember("private", first)
    #expect(try modes(of: first).allSatisfy { $0 & 0o007 == 0 })
    for (setting, wanted) in [
      ("group", [0o660, 0o2770]), ("all", [0o664, 0o2775]), ("0640", [0o640, 0o2750]),
    ] as [(String, [mode_t])] {
      try clone.git("config", "core.sharedRepository", setting)
      let session = try clone.openSession("agent-\(setting)")
      try clone.remember("shared", session)
      #expect(try modes(of: session) == wanted, "\(setting)")
    }
    try clone.git("config", "core.sharedRepository", "umask")
    let session = try clone.openSession()
    try clone.remember("as the mask says", session)
    let mask = umask(0)
    umask(mask)
    #expect(try modes(of: session) == [0o666 & ~mask, 0o777 & ~mask])
    try clone.expectHealthy()
  }

  @Test func `a pull writes files as private ones, too`() throws {
    let session = try clone.openSession()
    try clone.remember("private", session)
    _ = try world.run(["git", "init", "-q", "--bare", "hub.git"], in: world.folder)
    try clone.done("remote", "add", "origin", world.folder + "/hub.git")
    try clone.done("sync")
    _ = try world.run([TestWorld.memtrace, "clone", "hub.git", "other"], in: world.folder)
    let other = Clone(world: world, path: world.folder + "/other")
    for file in try other.files(of: session) { #expect(try mode(file) & 0o007 == 0, "\(file)") }
  }

  @Test
  func
    `one person gets everything about them, what does not count any more too, and what is linked is named`()
    throws
  {
    let session = try clone.openSession("ana", "customer_id=c1", "phone=+49 151 1234")
    let other = try clone.openSession("ana", "customer_id=c9", "phone=0049151 1234")
    let kept = try clone.remember("Has a router", session, by: "ana")
    let retracted = try clone.remember("Wrong", session, by: "ana")
    try clone.done("retract", retracted)
    let outside = try clone.done(
      "remember", "Prefers e-mail", "--agent", "ben", "--meta", "customer_id=c1"
    ).line
    let foreign = try clone.remember("Another one's", other, by: "ana")
    let lines = try clone.done("export", "--where", "customer_id=c1").out
    for id in [kept, retracted, outside, session] { #expect(lines.contains(id)) }
    #expect(!lines.contains(foreign) && !lines.contains("c9"))
    for line in lines.split(separator: "\n") {
      _ = try JSON(parsing: Array(line.utf8))
    }
    let document = try clone.done("export", "--where", "customer_id=c1", "--format", "md").out
    for text in ["Has a router", "Wrong", "Prefers e-mail", "+49 151 1234"] {
      #expect(document.contains(text), "\(document)")
    }
    let story = try clone.json("customer", "customer_id=c1")
    let linked = story["linked"]?.array ?? []
    #expect(linked.contains { $0["key"] == "phone" && $0["sessions"] == [.string(other)] })
    let shown = try clone.done("customer", "customer_id=c1").out
    #expect(shown.contains("memtrace customer 'phone=+49 151 1234'"), "\(shown)")
    // As it says.
    #expect(try clone.json("customer", "phone=+49 151 1234")["sessions"]?.array?.count == 2)
    let plan = try clone.done("erase", "--where", "customer_id=c1", "--dry-run").out
    #expect(plan.contains("memtrace erase --dry-run --where 'phone=+49 151 1234'"), "\(plan)")
    #expect(
      try clone.json("erase", "--dry-run", "--where", "phone=+49 151 1234")["sessions"]?.array?
        .count == 2)
  }

  @Test func `a running bridge follows the rules of the gate as they change`() throws {
    let session = try clone.openSession()
    let live = try clone.live()
    defer { live.stop() }
    let card = "4111 1111 1111 1111"
    #expect(
      try live.perform(
        "remember", [("agent_id", "ana"), ("content", card), ("session_id", session)])["masked"]
        == ["card"])
    try write(
      "{\"format\":1,\"org\":\"teleco\",\"gate\":{\"card\":\"refuse\"}}\n",
      to: clone.path + "/.memtrace/config.json")
    #expect(throws: MemtraceError.self) { try live.remember(card, session) }
    try write(
      "{\"format\":1,\"org\":\"teleco\",\"gate\":{\"card\":\"allow\"}}\n",
      to: clone.path + "/.memtrace/config.json")
    #expect(
      try live.perform(
        "remember", [("agent_id", "ana"), ("content", card), ("session_id", session)])["masked"]
        == nil)
  }
}
