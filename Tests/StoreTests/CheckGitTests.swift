// What check and status say of Git, of files that nobody reads, of clocks, and of what needs a person.

import Glibc
import Testing

@testable import Memtrace

struct CheckGitTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    for number in 0..<5 { try clone.remember("Line \(number)") }
  }

  private func needs() throws -> [String] {
    try clone.json("status")["needs"]?.array?.compactMap(\.string) ?? []
  }

  @Test func `a plain folder of records is no damaged repository`() throws {
    let clone = try TestWorld().clone()
    try clone.remember("Kept")
    try clone.world.run(["mv", clone.path + "/.git", clone.world.folder + "/away"], in: "/")
    let check = try clone.memtrace("check")
    #expect(check.status == 0, "\(check.out)")
  }

  @Test func `a sound repository is well, and needs nobody`() throws {
    #expect(try clone.done("check").line.hasSuffix("all is well"))
    #expect(try needs() == [])
    try clone.done("status", "--check")
    try clone.done("gc")
    #expect(try clone.done("check").line.hasSuffix("all is well"))
  }

  @Test(arguments: ["", "DIRCgarbage", "cut"])
  func `a lost or damaged index is named, and built anew from HEAD`(contents: String) throws {
    let index = clone.path + "/.git/index"
    let whole = try bytes(of: index)
    unlink(index)
    switch contents {
    case "": break
    case "cut": try write(Array(whole.dropLast(30)), to: index)
    default: try write(contents, to: index)
    }
    let check = try clone.memtrace("check")
    #expect(check.status == 6 && check.out.contains(".git/index"))
    #expect(try clone.memtrace("status", "--check").status == 1)
    #expect(try clone.done("check", "--repair").err.contains("built anew"))
    #expect(try clone.done("check").line.hasSuffix("all is well"))
    try clone.done("status", "--check")
    try clone.expectHealthy()
    // What a person commits next takes nothing out.
    try clone.git("commit", "-q", "--allow-empty", "-m", "after: nothing is lost")
    #expect(try clone.committed().count == 5)
  }

  @Test func `a write beside a lost index does not make one of its file alone`() throws {
    for round in 0..<(isLong ? 50 : 5) {
      unlink(clone.path + "/.git/index")
      try clone.remember("round \(round)")
      try clone.git("commit", "-q", "--allow-empty", "-m", "a person: commits")
      #expect(try clone.committed().count == 6 + round)
    }
    try clone.expectHealthy()
  }

  @Test func `a damaged pack is damage`() throws {
    try clone.done("gc")
    let pack = try world.run(
      ["find", clone.path + "/.git/objects/pack", "-name", "*.pack"], in: "/"
    )
    .line
    var contents = try bytes(of: pack)
    for at in contents.count / 2..<contents.count / 2 + 8 { contents[at] ^= 0xFF }
    unlink(pack)
    try write(contents, to: pack)
    let check = try clone.memtrace("check")
    #expect(check.status == 6 && check.out.contains("git fsck"))
  }

  @Test(arguments: ["HEAD~2", "HEAD~2^{tree}", "HEAD~2:README.md"], [true, false])
  func `a missing or empty object in HEAD's line is damage`(name: String, isMissing: Bool) throws {
    let id = try clone.git("rev-parse", name)
    let path = "\(clone.path)/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
    try #require(exists(path))
    unlink(path)
    if !isMissing { try write("", to: path) }
    let check = try clone.memtrace("check")
    #expect(check.status == 6 && check.out.contains(id))
    // Nothing is written that would hide it.
    #expect(try clone.memtrace("check", "--repair").status == 6)
  }

  @Test func `a torn line that was set aside is named, counted, and cleared`() throws {
    let folder = clone.path + "/.git/memtrace/quarantine"
    mkdir(folder, 0o700)
    try write("{\"time\":\"2026-", to: folder + "/memories.a.jsonl.1")
    #expect(try clone.done("check").out.contains("memories.a.jsonl.1"))
    #expect(try clone.json("status")["quarantined"]?.integer == 1)
    #expect(try clone.memtrace("status", "--check").status == 1)
    try clone.done("check", "--repair")
    #expect(try clone.done("check").line.hasSuffix("all is well"))
    #expect(try clone.json("status")["quarantined"]?.integer == 0)
    try clone.done("status", "--check")
    #expect(exists(folder + "/cleared/memories.a.jsonl.1"))
  }

  @Test func `files that nobody reads, far ids and clocks out of order are named`() throws {
    mkdir(clone.path + "/sessions", 0o755)
    try write("{}\n", to: clone.path + "/sessions/notes.jsonl")
    try write("{}\n", to: clone.path + "/agents/Memories.UPPER.jsonl")
    let file = try #require(
      clone.git("ls-files", "agents/*/*/memories.*").split(separator: "\n").first)
    let line = try text(of: "\(clone.path)/\(file)").split(separator: "\n")[0]
    let id = line.suffix(34).dropLast(2).suffix(26)
    // The same moment of the year 2100 in an id: 48 bits in ten characters.
    let far = line.replacing(id, with: "03RHH2JM00" + id.suffix(16))
    try append(far + "\n", to: "\(clone.path)/\(file)")
    let check = try clone.done("check").out
    #expect(check.contains("sessions/notes.jsonl") && check.contains("agents/Memories.UPPER.jsonl"))
    #expect(check.contains("years in the future"))
    #expect(check.contains("years apart"))
  }

  @Test func `status --check tells by its exit code, and says what to do`() throws {
    try clone.git("checkout", "-q", "--detach")
    let status = try clone.memtrace("status", "--check")
    #expect(status.status == 1 && status.out.contains("git switch"))
    try clone.git("checkout", "-q", "main")
    try clone.done("status", "--check")
    try clone.git("update-ref", "refs/memtrace/rescue/side", "HEAD~1")
    try clone.git("commit", "-q", "--amend", "--allow-empty", "-m", "amended: by a person")
    try write("hold", to: clone.path + "/.git/index.lock")
    #expect(try needs().contains { $0.contains("index.lock") })
    unlink(clone.path + "/.git/index.lock")
    try append("{}\n", to: clone.path + "/" + clone.git("ls-files", "agents/*/*/memories.*"))
    #expect(try needs().contains { $0.contains("differs from HEAD") })
  }

  @Test(arguments: [
    ["memtrace", "remote", "remove", "origin"], ["git", "remote", "rename", "origin", "old"],
  ])
  func `a remote that is gone takes its failed sync along`(command: [String]) throws {
    try clone.done("remote", "add", "origin", clone.path + "/../nowhere")
    #expect(try clone.memtrace("sync").status != 0)
    #expect(try clone.memtrace("status", "--check").status == 1)
    let program = command[0] == "git" ? "git" : TestWorld.memtrace
    #expect(try world.run([program] + command.dropFirst(), in: clone.path).status == 0)
    try clone.done("status", "--check")
    let status = try clone.json("status")
    #expect(status["last_sync_failure"] == .null && status["sync_failures"]?.integer == 0)
  }

  @Test func `last_sync is the last success, and failures are counted beside it`() throws {
    try clone.git("init", "-q", "--bare", "../hub")
    try clone.done("remote", "add", "origin", clone.path + "/../hub")
    try clone.done("sync")
    let first = try clone.json("status")
    #expect(first["last_sync"]?.string != nil && first["sync_failures"]?.integer == 0)
    rename(clone.path + "/../hub", clone.path + "/../away")
    for count in 1...2 {
      #expect(try clone.memtrace("sync").status != 0)
      let status = try clone.json("status")
      #expect(status["last_sync"] == first["last_sync"])
      #expect(status["sync_failures"]?.integer == count)
      #expect(status["last_sync_failure"]?.string != nil)
    }
    #expect(try clone.memtrace("status", "--check").status == 1)
    rename(clone.path + "/../away", clone.path + "/../hub")
    try clone.done("sync")
    let status = try clone.json("status")
    #expect(status["last_sync_failure"] == .null && status["sync_failures"]?.integer == 0)
    #expect(status["last_sync"] != first["last_sync"])
    try clone.done("status", "--check")
  }
}
