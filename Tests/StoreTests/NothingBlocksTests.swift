// Nothing that others did to a repository stands before the journal, and nothing makes records wait for good.

import Faults
import Glibc
import Testing

@testable import Memtrace

struct NothingBlocksTests {
  private let world: TestWorld
  private let clone: Clone
  private let session: String

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    session = try clone.openSession()
  }

  private func shell(_ script: String) throws {
    let outcome = try world.run(["sh", "-ec", script], in: clone.path)
    try #require(outcome.status == 0, "\(outcome.out)\(outcome.err)")
  }

  /// Git's own recipe for getting rid of history.
  private func rewriteHistory() throws {
    try shell(
      """
      export FILTER_BRANCH_SQUELCH_WARNING=1
      git filter-branch -f --msg-filter 'cat; echo rewritten' -- --all >/dev/null
      git for-each-ref --format='%(refname)' refs/original | xargs -r -n 1 git update-ref -d
      git reflog expire --expire=now --all
      git gc -q --prune=now
      """)
  }

  @Test(arguments: ["mkdir", "ln -s /dev/zero"])
  func `a folder or a link in place of a file of records is written past`(make: String) throws {
    let first = try clone.remember("First", session)
    let file = try #require(try clone.files(of: session).first { $0.contains("/memories.") })
    try shell("rm \(file); \(make) \(file)")
    let second = try clone.remember("Second", session)
    #expect(try clone.recalled(session).contains(second))
    #expect(try clone.committed().sorted() == [first, second])
  }

  @Test func `a file with the last number of all, that anybody may push, is written into`() throws {
    let first = try clone.remember("First", session)
    let file = try #require(try clone.files(of: session).first { $0.contains("/memories.") })
    let name = file.dropLast(".jsonl".count)
    let rubbish = String(repeating: "{}\n", count: 300)
    for number in ["9223372036854775807", "999999999"] {
      try write(rubbish, to: "\(name).\(number).jsonl")
      try clone.git("add", ".")
      try clone.git("commit", "-q", "-m", "evil: \(number)")
      let next = try clone.remember("After \(number)", session)
      #expect(try clone.recalled(session).contains(next))
      #expect(try clone.committed().contains(next))
    }
    #expect(try clone.committed().contains(first))
    #expect(try text(of: "\(name).999999999.jsonl").contains("After 999999999"))
    #expect(try clone.memtrace("--json", "check").out.contains("9223372036854775807"))
  }

  @Test func `after history was rewritten and pruned, writes go on`() throws {
    let first = try clone.remember("First", session)
    let old = try clone.git("rev-parse", "HEAD")
    try rewriteHistory()
    #expect(try world.run(["git", "cat-file", "-e", old], in: clone.path).status != 0)
    let second = try clone.remember("Second", session)
    #expect(try clone.committed().sorted() == [first, second])
    #expect(try clone.recalled(session) == [first, second])
    try clone.expectHealthy()
  }

  /// `git fetch --depth 1` and `git reset` bring tips between which nothing is known.
  @Test(arguments: [false, true])
  func `where the commits up to HEAD are not here, writes go on, and that is said once`(
    removesOne: Bool
  ) throws {
    let other = try clone.remember("Of the first clone", session)
    let gone = try clone.remember("Not for long", session)
    try shell("git clone -q --depth 1 file://$PWD ../shallow")
    let shallow = Clone(world: world, path: world.folder + "/shallow")
    let own = try shallow.remember("Of the shallow clone", session)
    try clone.git("pull", "-q", "--no-rebase", "--no-edit", shallow.path, "main")
    if removesOne {
      try clone.done("accept", gone)
      try shell("sed -i '/\(gone)/d' $(git ls-files sessions); git commit -qam less")
    }
    try clone.remember("More", session)
    try clone.remember("And more", session)
    let pull = "git fetch -q --depth 1 origin main && git reset -q --hard FETCH_HEAD"
    try #require(try world.run(["sh", "-c", pull], in: shallow.path).status == 0)
    let first = try shallow.memtrace("remember", "On", "--agent", "ana", "--session", session)
    #expect(first.status == 0 && first.err.contains("not in this clone"), "\(first.err)")
    let second = try shallow.memtrace("remember", "On", "--agent", "ana", "--session", session)
    #expect(second.status == 0 && second.err == "", "\(second.err)")
    let found = Set(try shallow.committed())
    #expect(found.isSuperset(of: [other, own]) && found.count == (removesOne ? 6 : 7))
    #expect(try shallow.memtrace("check").status == 0)
    try shallow.done("status", "--check")
  }

  @Test(arguments: ["checkout", "replicas"])
  func `a remembered commit that was pruned stops nobody`(file: String) throws {
    let first = try clone.remember("First", session)
    let state = clone.path + "/.git/memtrace/"
    let gone = String(repeating: "ab", count: 20)
    if file == "checkout" {
      try write("refs/heads/main\n\(gone)\n\(gone)\n", to: state + file)
    } else {
      let tip = try clone.git("rev-parse", "HEAD")
      let known = try text(of: state + file).split(separator: tip, omittingEmptySubsequences: false)
      try write(known.joined(separator: gone), to: state + file)
    }
    let second = try clone.remember("Second", session)
    #expect(try clone.committed().sorted() == [first, second])
    #expect(!exists(state + "checkout"))
    try clone.expectHealthy()
  }

  @Test func `a bridge goes on after history was rewritten under it`() throws {
    let first = try clone.remember("First", session)
    let live = try LiveStore(
      at: clone.path, organisation: nil, world: .current, network: Network(sleep: { _ in }))
    defer { live.stop() }
    #expect(try live.remember("Before", session).isEmpty == false)
    try live.waitUntilCommitted()
    try rewriteHistory()
    for number in 0..<3 { _ = try live.remember("After \(number)", session) }
    try live.waitUntilCommitted()
    live.stop()
    #expect(try clone.committed().count == 5)
    #expect(try clone.recalled(session).contains(first))
    try clone.expectHealthy()
  }

  @Test func `an index that somebody holds does not count as followed, after an import too`() throws
  {
    let row =
      #"{"agent_id":"ana","content":"Imported","session":"call","time":"2026-11-10T10:00:00Z"}"#
    try write(row + "\n", to: world.folder + "/rows.jsonl")
    let lock = clone.path + "/.git/index.lock"
    try write("", to: lock)
    let said = try clone.done("import", world.folder + "/rows.jsonl")
    #expect(said.err.contains("index"), "\(said.err)")
    #expect(try clone.json("status")["index"]?.string == "stale")
    unlink(lock)
    let imported = try clone.committed()
    // From the stale index: it takes the imported file out again, and means nothing by it.
    try clone.git("commit", "-q", "--no-verify", "--allow-empty", "-m", "person: notes")
    #expect(try clone.committed().isEmpty)
    let next = try clone.remember("Next", session)
    #expect(try clone.committed().sorted() == (imported + [next]).sorted())
    try clone.expectHealthy()
  }

  // MARK: HEAD that cannot be read

  /// A writer looks twice, a third of a second apart. On a busy machine a moment may last longer: then another one.
  @Test(arguments: ["HEAD", "HEAD^{tree}"])
  func `an object that is away for a moment moves no branch`(name: String) throws {
    for attempt in 1...100 {
      let clone = try world.clone("attempt-\(attempt)")
      let session = try clone.openSession()
      let first = try clone.remember("First", session)
      try write("mine\n", to: clone.path + "/notes.txt")
      try clone.git("add", "notes.txt")
      try clone.git("commit", "-qm", "person: notes")
      let tip = try clone.git("rev-parse", "HEAD")
      let id = try clone.git("rev-parse", name)
      let object = clone.path + "/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))"
      let begin = ContinuousClock.now
      try #require(rename(object, object + ".away") == 0)
      let writer = try world.start(
        [TestWorld.memtrace, "remember", "Second", "--agent", "ana", "--session", session],
        in: clone.path)
      usleep(100_000)
      try #require(rename(object + ".away", object) == 0)
      let wasShort = ContinuousClock.now - begin < .milliseconds(290)
      let second = try writer.wait()
      #expect(second.status == 0)
      try clone.remember("Third", session)
      #expect(Set(try clone.committed()).isSuperset(of: [first, second.line]))
      guard wasShort else { continue }
      #expect(
        try world.run(["git", "merge-base", "--is-ancestor", tip, "HEAD"], in: clone.path).status
          == 0)
      return try clone.expectHealthy()
    }
    Issue.record("no moment was short enough")
  }

  @Test(arguments: Faults.errors)
  func `a commit that cannot be opened now is not gone`(error: Int32) throws {
    let first = try clone.remember("First", session)
    try clone.git("commit", "-q", "--allow-empty", "-m", "person: a word")
    let tip = try clone.git("rev-parse", "HEAD")
    let faults = try Faults(
      below: clone.path + "/.git/objects/\(tip.prefix(2))", buildingIn: world.folder)
    let second = try clone.memtrace(
      "remember", "Second", "--agent", "ana", "--session", session,
      with: faults.failing(1, error, lasting: true))
    #expect(second.status == 0 && second.err.contains("safe in the journal"), "\(second.err)")
    #expect(try clone.git("rev-parse", "HEAD") == tip)
    let third = try clone.remember("Third", session)
    #expect(try clone.git("rev-parse", "HEAD~1") == tip)
    #expect(try clone.committed() == [first, second.line, third])
  }

  @Test func `what is passed on the way back keeps a reference, and files give records back`()
    throws
  {
    var ids = [try clone.remember("First", session)]
    try clone.git("commit", "-q", "--allow-empty", "-m", "person: a word")
    ids.append(try clone.remember("Second", session))
    // A tree that is gone for good, and that no folder can give back: a person's file beside it.
    try write("mine\n", to: clone.path + "/sessions/notes.txt")
    let tip = try clone.git("rev-parse", "HEAD")
    let tree = try clone.git("rev-parse", "HEAD:sessions")
    unlink(clone.path + "/.git/objects/\(tree.prefix(2))/\(tree.dropFirst(2))")
    let next = try clone.done("remember", "Third", "--agent", "ana", "--session", session)
    #expect(next.err.contains("refs/memtrace/rescue/"), "\(next.err)")
    #expect(try clone.git("for-each-ref", "--format=%(objectname)", "refs/memtrace/rescue") == tip)
    #expect(try clone.committed().sorted() == ids + [next.line])
    #expect(try clone.recalled(session) == ids + [next.line])
  }

  @Test(arguments: ["HEAD:sessions", "blob"])
  func `an object of HEAD that is gone is made anew from the work tree`(name: String) throws {
    let ids = [try clone.remember("First", session), try clone.remember("Second", session)]
    let file = try #require(try clone.files(of: session).first { $0.contains("memories") })
    let tip = try clone.git("rev-parse", "HEAD")
    let path = "HEAD:\(file.dropFirst(clone.path.count + 1))"
    let id = try clone.git("rev-parse", name == "blob" ? path : name)
    unlink(clone.path + "/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))")
    let next = try clone.remember("Third", session)
    #expect(try clone.git("rev-parse", "HEAD~1") == tip, "nothing went back")
    #expect(try clone.committed() == ids + [next])
    try clone.expectHealthy()
  }

  @Test
  func `after what is gone for good, the look at people's commits, their index and git gc go on`()
    throws
  {
    var ids = [try clone.remember("First", session), try clone.remember("Second", session)]
    let file = try #require(try clone.files(of: session).first { $0.contains("memories") })
    let id = try clone.git("rev-parse", "HEAD:\(file.dropFirst(clone.path.count + 1))")
    unlink(clone.path + "/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))")
    // So that it cannot be made anew.
    try append("\n", to: file)
    ids.append(try clone.remember("Third", session))
    // The net is there again.
    try clone.git("rm", "-rq", "--cached", "sessions")
    try clone.git("commit", "-qm", "person: removed")
    let next = try clone.done("remember", "Fourth", "--agent", "ana", "--session", session)
    #expect(next.err.contains("put back"), "\(next.err)")
    #expect(try clone.committed().sorted() == (ids + [next.line]).sorted())
    let needs = (try clone.json("status")["needs"]?.array ?? []).compactMap(\.string)
    let said = try #require(needs.first { $0.contains("of which objects are gone") }, "\(needs)")
    let command = try #require(said.split(separator: "else ").last).dropLast()
    #expect(try world.run(["sh", "-c", String(command)], in: clone.path).status == 0)
    try clone.git("gc", "-q", "--prune=now")
    #expect(try clone.json("status")["rescued"] == .array([]))
  }

  @Test func `git gc --prune=now beside a writer loses nothing and stops nobody`() throws {
    let rounds = isLong ? 50 : 4
    var ids: [String] = []
    for round in 0..<rounds {
      let writer = try world.start(
        [
          "sh", "-c",
          "for i in 1 2 3 4 5 6; do \"$0\" remember \"Note \(round)-$i\" --agent ana --session \(session); done",
          TestWorld.memtrace,
        ], in: clone.path)
      try world.run(
        ["sh", "-c", "git gc -q --prune=now; git prune --expire=now; git gc -q --prune=now"],
        in: clone.path)
      let outcome = try writer.wait()
      #expect(outcome.status == 0 && outcome.lines.count == 6, "\(outcome.err)")
      ids += outcome.lines
    }
    ids.append(try clone.remember("Afterwards", session))
    #expect(try clone.json("status")["uncommitted"]?.integer == 0)
    #expect(Set(try clone.committed()).isSuperset(of: ids))
    #expect(Set(try clone.recalled(session)) == Set(ids))
  }

  /// What `git gc` takes that had begun before a record's commit: here, what it may take.
  @Test func `what a collector takes behind the proof comes back though the work tree is gone`()
    throws
  {
    let first = try clone.remember("First", session)
    var name = [CChar](repeating: 0, count: 257)
    gethostname(&name, 256)
    let host = String(
      decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    try write("\(getpid()) \(host)", to: clone.path + "/.git/gc.pid")
    let second = try clone.remember("Second", session)
    try shell(
      """
      git rev-list --objects HEAD '^HEAD~1' | cut -c1-40 | while read -r id; do
        rm -f ".git/objects/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-)"
      done
      rm -rf .git/gc.pid sessions
      """)
    let third = try clone.remember("Third", session)
    #expect(try clone.committed().sorted() == [first, second, third].sorted())
    #expect(!exists(clone.path + "/.git/memtrace/spare"))
    try clone.git("checkout", "-q", "HEAD", "--", ".")
    #expect(try clone.recalled(session).sorted() == [first, second, third].sorted())
    #expect(try clone.memtrace("check").status == 0)
  }

  @Test func `a branch whose log was cleared goes back to what it follows, and to no other branch`()
    throws
  {
    let first = try clone.remember("First", session)
    try clone.git("init", "-q", "--bare", "-b", "main", "../hub")
    try clone.git("remote", "add", "origin", "../hub")
    try clone.git("push", "-q", "-u", "origin", "main")
    let second = try clone.remember("Second", session)
    let gone = try clone.git("rev-parse", "HEAD")
    try shell(
      """
      git reflog expire --expire=now --all
      git switch -q --orphan elsewhere
      git commit -q --no-verify --allow-empty -m 'person: elsewhere'
      git symbolic-ref HEAD refs/heads/main
      git read-tree -m -u HEAD
      rm -f .git/objects/\(gone.prefix(2))/\(gone.dropFirst(2))
      """)
    let third = try clone.remember("Third", session)
    #expect(
      try world.run(["git", "merge-base", "--is-ancestor", "origin/main", "main"], in: clone.path)
        .status == 0)
    #expect(try clone.committed().sorted() == [first, second, third].sorted())
  }

  // MARK: Clocks

  @Test func `a wall clock that steps back does not stop the committer`() throws {
    let faults = try Faults(below: "/none", buildingIn: world.folder)
    let server = try clone.serve(with: faults.clockAhead(seconds: 3_600))
    defer { server.child.kill() }
    let made = try world.run(
      [
        "curl", "-sS", "-X", "POST", "-H", "Content-Type: application/json", "-d",
        #"{"agent_id":"ana","content":"By the clock"}"#, server.url + "/api/v1/memories",
      ], in: clone.path)
    #expect(made.out.contains("\"id\""), "\(made.out)\(made.err)")
    for _ in 0..<1_200 where try clone.committed().isEmpty { usleep(50_000) }
    #expect(try clone.committed().count == 1)
  }
}
