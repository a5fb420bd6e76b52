// kill -9 at random moments: what was acknowledged is there once, and the next command puts things in order.

import Glibc
import Testing

@testable import Memtrace

/// More rounds where there is time for them.
let isLong = getenv("MEMTRACE_LONG") != nil

struct KillTests {
  @Test(arguments: [200])
  func `a writer that is killed again and again loses nothing and doubles nothing`(rounds: Int)
    throws
  {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    // How long one takes here and now.
    let began = microseconds()
    for number in 0..<5 { try clone.remember("Warm-up \(number)", session) }
    let usual = (microseconds() - began) / 5
    var acknowledged = try clone.recalled(session)
    var random = SplitMix(seed: 20_261_122)
    var (killed, cutOff) = (0, 0)
    for round in 0..<rounds {
      let child = try clone.world.start(
        [TestWorld.memtrace, "remember", "Round \(round)", "--agent", "ana", "--session", session],
        in: clone.path)
      usleep(UInt32(random.next() % UInt64(usual * 5 / 4)))
      child.kill()
      let outcome = try child.wait()
      if outcome.status == -SIGKILL { killed += 1 }
      // A line that came out whole is an acknowledgement, killed or not.
      if outcome.out.hasSuffix("\n") {
        acknowledged.append(outcome.line)
      } else if outcome.status == -SIGKILL {
        cutOff += 1
      }
    }
    #expect(killed > rounds / 4, "the kills must hit: \(killed) of \(rounds)")
    let last = try clone.done("remember", "Afterwards", "--agent", "ana", "--session", session)
    acknowledged.append(last.line)

    let committed = try clone.committed()
    #expect(Set(committed).count == committed.count, "nothing is there twice")
    #expect(Set(committed).isSuperset(of: acknowledged), "nothing acknowledged is missing")
    #expect(committed.count <= acknowledged.count + cutOff)
    #expect(try clone.recalled(session).sorted() == committed.sorted())
    #expect(try clone.json("check")["problems"] == .array([]))
    try clone.expectHealthy()
    #expect(
      try clone.world.run(["find", clone.path, "-name", "*.tmp"], in: "/").lines == [],
      "no temporary file stays behind")
  }

  @Test func `the next command finishes what a killed one began, and says so`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("Before", session)
    // What a writer leaves that dies after its journal entry, in the middle of the commit.
    let state = clone.path + "/.git/memtrace"
    let journal = try bytes(of: state + "/journal")
    try clone.git("switch", "-q", "--detach")
    let waiting = try clone.done("remember", "Waits", "--agent", "ana", "--session", session)
    #expect(waiting.err.contains("safe in the journal"))
    #expect(try bytes(of: state + "/journal") != journal)
    try clone.git("switch", "-q", "main")
    try write(clone.path + "/.git/refs/heads/main.lock", to: state + "/git-lock")
    try write("", to: clone.path + "/.git/refs/heads/main.lock")
    #expect(
      try clone.recalled(session).contains(waiting.line), "readers see it before it is committed")

    let next = try clone.done("remember", "Next", "--agent", "ana", "--session", session)
    #expect(next.err.contains("removed 1 Git lock that a killed memtrace left"))
    #expect(next.err.contains("records that an earlier command had left"))
    #expect(try clone.committed().suffix(2) == [waiting.line, next.line])
    try clone.expectHealthy()
  }

  @Test(arguments: ["own", "a linked work tree's"])
  func `a lock that a killed one left on an index goes with the next command there`(whose: String)
    throws
  {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    func remember(_ text: String, in place: String) throws {
      let words = [TestWorld.memtrace, "remember", text, "--agent", "ana", "--session", session]
      let outcome = try clone.world.run(words, in: place)
      #expect(outcome.status == 0, "\(outcome.err)")
    }
    var (place, gitFolder) = (clone.path, clone.path + "/.git")
    var state = gitFolder + "/memtrace"
    if whose != "own" {
      try clone.git("worktree", "add", "-q", "-b", "side", clone.path + "-side")
      place += "-side"
      gitFolder += "/worktrees/" + place.split(separator: "/").last!
      try remember("There", in: place)
      state += "/worktrees/" + place.split(separator: "/").last!
    }
    try write(gitFolder + "/index.lock", to: state + "/index-lock")
    try write("", to: gitFolder + "/index.lock")
    try remember("Next", in: place)
    #expect(!exists(gitFolder + "/index.lock") && !exists(state + "/index-lock"))
    #expect(try clone.world.run(["git", "status", "--short"], in: place).out == "")
  }

  @Test func `somebody else's lock is waited for, named, and never removed`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    let lock = clone.path + "/.git/index.lock"
    try write("", to: lock)
    let outcome = try clone.done("remember", "Under a lock", "--agent", "ana", "--session", session)
    #expect(outcome.err.contains("index is locked"))
    #expect(exists(lock))
    #expect(try clone.done("status").out.contains("index.lock"))
    #expect(try clone.committed() == [outcome.line])
    unlink(lock)
    try clone.remember("The lock is gone", session, by: "ana")
    try clone.expectHealthy()
  }

  @Test func `an import that is killed and repeated ends right`() throws {
    let world = try TestWorld()
    var rows = ""
    for number in 0..<1_000 {
      rows += """
        {"agent_id":"ana","content":"Row \(number)","session":"call \(number / 10)","time":\
        "2026-11-\(10 + number / 100)T10:00:00Z"}

        """
    }
    try write(rows, to: world.folder + "/rows.jsonl")
    let whole = try world.clone("whole")
    let began = microseconds()
    try whole.done("import", world.folder + "/rows.jsonl")
    let usual = microseconds() - began
    let expected = try whole.recalled()
    #expect(expected.count == 1_000)
    var random = SplitMix(seed: 7)
    for round in 0..<(isLong ? 30 : 6) {
      let clone = try world.clone("cut-\(round)")
      let child = try world.start(
        [TestWorld.memtrace, "import", world.folder + "/rows.jsonl"], in: clone.path)
      usleep(UInt32(random.next() % UInt64(usual)))
      child.kill()
      try child.end()
      try clone.done("import", world.folder + "/rows.jsonl")
      #expect(try clone.recalled() == expected)
      #expect(try clone.committed().sorted() == expected.sorted())
      #expect(
        try clone.git("rev-parse", "HEAD:sessions") == whole.git("rev-parse", "HEAD:sessions"))
      try clone.expectHealthy()
    }
  }
}

/// A small generator with a seed (S. Vigna, splitmix64).
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

func microseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
}
