// What was killed on its way: an erasure of history, a push to a hub, a removal of objects. The next one goes on.

import Faults
import Glibc
import Testing

@testable import Memtrace

extension ErasureHistoryTests {
  /// A removal of objects that is cut off may leave a commit whose parents or files are gone, and files of ours that name
  /// it.
  @Test(arguments: [("parent", true), ("parent", false), ("tree", true), ("tree", false)])
  func `a commit that lacks something and that no reference names stops neither erasure nor sync`(
    lacks: String, isNamed: Bool
  ) throws {
    let erased = try ana.remember("PIN CANARY-4711 again", other, by: "ana")
    let tree =
      try lacks == "tree"
      ? world.run(
        ["git", "mktree"], in: ana.path,
        input: "100644 blob \(ana.git("rev-parse", "HEAD:.memtrace/config.json"))\tgone\n"
      ).line
      : ana.git("rev-parse", "HEAD^{tree}")
    let parent = try ana.git("commit-tree", tree, "-p", "HEAD", "-m", "gone")
    let child = try ana.git("commit-tree", tree, "-p", parent, "-m", "left")
    let gone = lacks == "tree" ? tree : parent
    unlink("\(ana.path)/.git/objects/\(gone.prefix(2))/\(gone.dropFirst(2))")
    if isNamed { try write(child + "\n", to: ana.path + "/.git/ORIG_HEAD") }
    try ana.done("erase", erased, "--history", "--yes")
    try ana.done("erase", session, "--history", "--yes")
    try settle([ana, try join("ben")])
    try expectCleanHub()
    #expect(try world.run(["git", "cat-file", "-e", child], in: ana.path).status != 0)
  }

  @Test func `what a killed push left in a hub is not kept there, and comes back to nobody`() throws
  {
    let ben = try join("ben")
    let old = try ana.git("rev-parse", "HEAD")
    func leave(_ name: String) throws {
      _ = try world.run(["git", "update-ref", "refs/memtrace/incoming/\(name)", old], in: hub)
    }
    try leave("before")
    try ana.done("erase", "--where", "customer_id=c1", "--history")
    try expectCleanHub()
    try settle([ana, ben])
    // A push that was under way meanwhile, of somebody who had heard nothing of it.
    try leave("after")
    try settle([ben, ana])
    try expectCleanHub()
  }

  @Test(arguments: [true, false])
  func `a lock that a killed push left beside it in a hub does not keep it there`(
    isNoted: Bool
  ) throws {
    let old = try ana.git("rev-parse", "HEAD")
    _ = try world.run(["git", "update-ref", "refs/memtrace/incoming/killed", old], in: hub)
    let lock = hub + "/refs/memtrace/incoming/killed.lock"
    try write("", to: lock)
    if isNoted {
      mkdir(hub + "/memtrace", 0o755)
      try write(lock, to: hub + "/memtrace/git-lock")
    }
    try ana.done("erase", "--where", "customer_id=c1", "--history")
    #expect(access(lock, F_OK) != 0)
    try expectCleanHub()
  }

  @Test func `what a hub does not let go of is said`() throws {
    let old = try ana.git("rev-parse", "HEAD")
    _ = try world.run(["git", "update-ref", "refs/memtrace/incoming/held", old], in: hub)
    let lock = hub + "/refs/memtrace/incoming/held.lock"
    try write("", to: lock)
    let held = open(lock, O_RDONLY)
    let run = try ana.memtrace("erase", "--where", "customer_id=c1", "--history")
    close(held)
    #expect((run.out + run.err).contains("refs/memtrace/incoming/held"), "\(run)")
    let next = try ana.memtrace("sync")
    #expect(!next.err.contains("refs/memtrace/incoming/held"), "\(next)")
    try expectCleanHub()
  }

  @Test(arguments: ["sync", "remember"])
  func `an erasure that was cut off is completed though a killed sync left a lock`(verb: String)
    throws
  {
    let ben = try join("ben")
    try ana.done("erase", "--where", "customer_id=c1", "--history")
    let file = try ana.git("ls-files", ".memtrace/erased.*")
    let line = try #require(try ana.git("show", "HEAD:\(file)").split(separator: "\n").last)
    try #require(line.contains("\"history\":true"))
    let state = ben.path + "/.git/memtrace"
    mkdir(state + "/transfer", 0o700)
    try write(line + "\n", to: state + "/erasing")
    try write(ben.path + "/.git/refs/remotes/origin/", to: state + "/transfer/git-lock")
    try write("", to: ben.path + "/.git/refs/remotes/origin/main.lock")
    let run =
      try verb == "sync"
      ? ben.memtrace("sync") : ben.memtrace("remember", "Goes on", "--agent", "ben")
    #expect(run.status == 0 && run.err.contains("that a killed sync left"), "\(run)")
    #expect(access(state + "/erasing", F_OK) != 0)
    try ben.expectNoByte()
    try settle([ana, ben])
  }

  /// A bridge's log has the words too: nobody reads its notices.
  @Test(arguments: ["detached", "away"])
  func `an erasure that was cut off is tried again until nothing is in its way`(trouble: String)
    throws
  {
    let ben = try join("ben")
    let id = try #require(try ana.json("erase", "--where", "customer_id=c1")["id"]?.string)
    let wanted = ana.path + "/.git/memtrace/history-wanted"
    try write(id + "\n", to: wanted)
    if trouble == "detached" {
      try ana.git("switch", "-q", "--detach")
    } else {
      try ana.git("config", "remote.origin.pushurl", world.folder + "/away.git")
    }
    let store = try Store.open(at: ana.path, world: .current)
    _ = try? store.sync(network: Network(sleep: { _ in }))
    #expect(store.removalNews.contains { $0.contains("before it reached history") })
    #expect(access(wanted, F_OK) == 0, "it is still to be done")
    if trouble == "detached" {
      try ana.git("switch", "-q", "main")
    } else {
      try ana.git("config", "--unset", "remote.origin.pushurl")
    }
    try ana.done("sync")
    #expect(access(wanted, F_OK) != 0)
    try ana.expectNoByte()
    try settle([ana, ben])
    try expectCleanHub()
  }

  @Test func `killed at any step, the next sync completes it`() throws {
    let faults = try Faults(below: ana.path, buildingIn: world.folder)
    let list = world.folder + "/calls"
    let ben = try join("ben")
    let counted = try ana.memtrace(
      "erase", "--where", "customer_id=c1", "--history", with: faults.listing(to: list))
    try #require(counted.status == 0, "\(counted.err)")
    let count = try text(of: list).split(separator: "\n").count
    var kills = 0
    let step = isLong ? max(1, count / 150) : count / 6
    for number in stride(from: step, through: count, by: step) {
      let customer = "k\(number)"
      let id = try ana.openSession("ana", "customer_id=\(customer)")
      try ana.remember("one CANARY-4711", id, by: "ana")
      let mine = try ben.remember("meanwhile \(number)", other, by: "ben")
      try ana.done("sync")
      let run = try ana.memtrace(
        "erase", "--where", "customer_id=\(customer)", "--history", with: faults.killing(at: number)
      )
      if run.status == -SIGKILL { kills += 1 }
      // A git command that it had started may outlive it for a moment, and hold Git's lock.
      var tries = 0
      while tries < 40, try ana.memtrace("sync").err.contains("index.lock") {
        tries += 1
        usleep(250_000)
      }
      try ana.done("sync")
      // Nothing of it was durable: it is said once more. Else the sync alone has done all that was asked for.
      if try ana.recalled(id).count > 0 {
        try ana.done("erase", "--where", "customer_id=\(customer)", "--history")
      }
      try ana.expectNoByte()
      try settle([ana, ben])
      #expect(try ana.recalled().contains(mine))
    }
    #expect(kills > 0)
  }
}
