// What people did to lines with an editor, with Git and on branches, as a reviewer sees it.

import Foundation
import Testing

@testable import Memtrace

@Suite struct DiffByHandTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    try clone.git("config", "user.name", "Ana")
    try clone.git("config", "user.email", "ana@example.org")
  }

  private func file(_ kind: String) throws -> String {
    String(try clone.git("ls-files", "*/\(kind).*").split(separator: "\n")[0])
  }

  private func edit(_ file: String, _ old: String, _ new: String, by author: String = "Mallory")
    throws
  {
    let text = try world.run(["cat", file], in: clone.path).out
    #expect(text.contains(old))
    try write(text.replacing(old, with: new), to: "\(clone.path)/\(file)")
    try commit("edited", by: author)
  }

  private func write(_ text: String, to path: String) throws {
    try StoreTests.write(text, to: path)
  }

  private func commit(_ message: String, by author: String = "Mallory") throws {
    try clone.git("add", "-A")
    try clone.git("-c", "user.name=\(author)", "commit", "-q", "--no-verify", "-m", message)
  }

  private func answer(_ words: [String]) throws -> String {
    let outcome = try world.run([TestWorld.memtrace] + words, in: clone.path)
    try #require(outcome.status == 0, "\(outcome.err)")
    return outcome.out
  }

  private func decide(_ text: String, _ session: String) throws -> String {
    try clone.done(
      "decide", text, "--reasoning", "Angry", "--agent", "desk", "--session", session,
      "--importance", "0.9"
    ).line
  }

  @Test func `an approval that was written over a question is seen, and fails a pull request`()
    throws
  {
    try clone.done("review", "policy", "--before", "decision", "--reviewer", "Ana")
    let session = try clone.openSession("desk", "customer_id=c1")
    let id = try decide("Pay 500", session)
    try clone.git("branch", "before")
    let reviews = try file("reviews")
    try edit(
      reviews, #""reviewer":"policy","review":"pending""#, #""reviewer":"Ana","review":"approved""#)
    let text = try clone.done("diff", "before..").out
    #expect(text.contains("changed by hand by Mallory; its reviewer was policy"), "\(text)")
    let outcome = try clone.memtrace("check", "--diff", "before..", "--annotate", "github")
    #expect(
      outcome.status == 6 && outcome.out.hasPrefix("::error file=\(reviews),line=1::a review"))
    #expect(outcome.out.contains(id))
    // And one that was taken out.
    try clone.git("reset", "-q", "--hard", "before")
    try clone.git("rm", "-q", reviews)
    try commit("no reviews")
    #expect(
      try clone.done("diff", "before..").out
        .contains("a review (policy: pending) was removed by Mallory"))
    #expect(try clone.memtrace("check", "--diff", "before..").status == 6)
  }

  @Test func `a session that was given to another customer by hand is seen`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    try clone.remember("Fine", session)
    try clone.git("branch", "before")
    try edit(try file("session"), #""customer_id":"c1""#, #""customer_id":"c2""#)
    let said =
      #"\#(session): its line of opened was changed by hand by Mallory; its metadata was {"customer_id":"c1"}"#
    for part in [[], ["--where", "customer_id=c1"], ["--where", "customer_id=c2"]] {
      let text = try answer(["diff", "before.."] + part)
      #expect(text.contains(said), "\(text)")
    }
    #expect(
      try clone.memtrace("check", "--diff", "before..", "--annotate", "github").out
        .contains("::warning file="))
  }

  @Test func `a session that a program gave to another customer is the first thing that is told`()
    throws
  {
    let session = try clone.openSession("desk", "customer_id=c1", "channel=phone")
    try clone.remember("Fine", session)
    try clone.git("branch", "before")
    try clone.done("session", "update", session, "--meta", "channel=chat")
    #expect(try clone.done("diff", "before..").out == "nothing new\n")
    try clone.done("session", "update", session, "--meta", "customer_id=c2", "--agent", "night")
    let said = "\(session) was c1's, is c2's: 1 record, by night"
    for part in [[], ["--where", "customer_id=c1"], ["--where", "customer_id=c2"]] {
      let text = try answer(["diff", "before.."] + part)
      #expect(text.hasPrefix("⚠ \(said)"), "\(text)")
    }
    for part in [["--where", "customer_id=c3"], ["--agent", "desk"]] {
      #expect(try answer(["diff", "before.."] + part) == "nothing new\n")
    }
    let diff = try clone.json("diff", "before..")
    #expect(diff["warnings"]?.array?.first?["text"]?.string == said)
    let comment = try clone.done("diff", "before..", "--markdown").out
    #expect(comment.contains("1 to look at") && comment.contains("was c1's, is c2's"), "\(comment)")
    let file = try file("session")
    let check = try clone.memtrace("check", "--diff", "before..", "--annotate", "github").out
    #expect(check.hasPrefix("::warning file=\(file),line=3::\(session) was c1's"), "\(check)")
    let log = try clone.done("log", "--limit", "2").out
    #expect(log.contains("metadata (customer_id) · ") && log.contains("session: metadata · "))
    // Back where it was, it is nobody else's.
    try clone.done("session", "update", session, "--meta", "customer_id=c1")
    #expect(try clone.done("diff", "before..").out == "nothing new\n")
  }

  @Test func `a customer of whom more is known is the same, and one of whom it is unsaid is not`()
    throws
  {
    let session = try clone.openSession("desk", "phone=+49 30 901820")
    try clone.remember("Fine", session)
    try clone.git("branch", "before")
    func told() throws -> String { try clone.done("diff", "before..").out }
    try clone.done(
      "session", "update", session, "--meta", "customer_id=c1", "--meta", "phone=+4930901820")
    #expect(try told() == "nothing new\n")
    try clone.git("branch", "-f", "before")
    #expect(try clone.memtrace("session", "update", session, "--meta", "phone=1").status == 0)
    #expect(try told() == "nothing new\n", "the number of the house decides")
    // And one that was opened and moved since.
    let other = try clone.openSession("desk", "customer_id=c3")
    try clone.done("session", "update", other, "--meta", "customer_id=c4")
    #expect(try told().hasPrefix("⚠ \(other) was c3's, is c4's: 0 records"))
  }

  @Test func `all that an edit changed is said, and not what stayed`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    _ = try decide("Pay 50", session)
    let decisions = try file("decisions")
    try edit(decisions, #""importance":0.9"#, #""importance":0.1"#)
    let text = try clone.done("diff", "HEAD~1..").out
    #expect(text.contains("changed by hand by Mallory; its importance was 0.9\t\n"), "\(text)")
    try edit(decisions, "Angry", "Because I said so", by: "Bob")
    #expect(
      try clone.done("diff", "HEAD~1..").out
        .contains("changed by hand by Bob; its reasoning was Angry\t\n"))
    // Whoever asks which commits touched it hears of both, and of one that only moves the file of neither.
    try clone.git("mv", decisions, decisions.replacing("decisions.", with: "decisions.moved"))
    try commit("moved", by: "Carl")
    for filter in [["--contains", "Pay"], ["--session", session], ["--where", "customer_id=c1"]] {
      let log = try answer(["log"] + filter)
      #expect(log.contains("Mallory") && log.contains("Bob") && !log.contains("Carl"), "\(log)")
    }
  }

  @Test func `a line that stands twice is new once`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    try clone.remember("Once", session)
    let memories = try file("memories")
    let text = try world.run(["cat", memories], in: clone.path).out
    try write(text, to: "\(clone.path)/\(memories.replacing("memories.", with: "memories.copy"))")
    try commit("copied")
    #expect(try clone.done("diff", "HEAD~1..").out == "nothing new\n")
    // Nor where a segment holds both lines, and of a session all of whose files are new.
    try FileManager.default.removeItem(atPath: "\(clone.path)/.git/memtrace/catalog")
    #expect(try clone.done("diff", "HEAD~1..").out == "nothing new\n")
    #expect(try clone.done("diff", "HEAD~2..").out.contains("1 memory"))
    // Not so one that says something else under its id.
    try write(
      text.replacing("Once", with: "A forged one"),
      to: "\(clone.path)/\(memories.replacing("memories.", with: "memories.copy"))")
    try commit("forged")
    #expect(try clone.done("diff", "HEAD~1..").out.contains("it said: Once"))
  }

  @Test func `a branch is compared with where it began, and its sessions are its own`() throws {
    let first = try clone.openSession("desk", "customer_id=c1")
    try clone.remember("Before", first)
    try clone.git("checkout", "-q", "-b", "feat")
    let second = try clone.openSession("desk", "customer_id=c2")
    let id = try clone.remember("On feat", second, by: "desk")
    try clone.git("checkout", "-q", "main")
    try clone.remember("Main moves on", first)
    #expect(try clone.done("diff", "@~1..@").out.contains("Main moves on"))
    for range in ["main..feat", "main...feat"] {
      let text = try clone.done("diff", range).out
      #expect(text.contains("1 customer, 1 memory\n") && text.contains("On feat"), "\(text)")
    }
    #expect(
      try clone.done("diff", "main..feat", "--where", "customer_id=c2").out.contains("On feat"))
    #expect(
      try clone.done("diff", "main..feat", "--where", "customer_id=c1").out == "nothing new\n")
    let check = try clone.memtrace("check", "--diff", "main..feat")
    #expect(check.out.contains("all is well"), "\(check.out)")
    let approve = try clone.memtrace("review", "approve", "--range", "main..feat")
    #expect(approve.status != 0)
    #expect(approve.err.contains("none of what that range added is on this branch"))
    // Backwards, what went is named, under the customer that it was about.
    try clone.git("merge", "-q", "--no-edit", "feat")
    let back = try clone.done("diff", "HEAD..main~1", "--where", "customer_id=c2").out
    #expect(back.contains("c2 · ") && back.contains("1 removed"), "\(back)")
    #expect(try clone.done("diff", "HEAD~1..", "--agent", "desk").out.contains(id.prefix(12)))
  }

  @Test func `what was moved to where nobody reads is gone`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    try clone.remember("Somewhere", session)
    try clone.git("mv", "sessions", "kept")
    try world.run(["mkdir", "sessions"], in: clone.path)
    try clone.git("mv", "kept", "sessions/.done")
    try commit("tidy")
    let text = try clone.done("diff", "HEAD~1..").out
    #expect(text.contains("1 removed") && text.contains("removed by Mallory"), "\(text)")
  }

  @Test func `a look at a part marks nothing as seen`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    try clone.done("diff", "--since-seen")
    let id = try decide("Grave", session)
    #expect(try clone.done("diff", "--since-seen", "--agent", "nobody").out == "nothing new\n")
    #expect(
      try clone.done("diff", "--since-seen", "--where", "customer_id=c9").out == "nothing new\n")
    #expect(try clone.done("diff", "--since-seen").out.contains(id.prefix(12)))
    #expect(try clone.done("diff", "--since-seen").out == "nothing new\n")
  }

  @Test func `one clock that stood years back hides nothing of today`() throws {
    try clone.git("commit", "-q", "--allow-empty", "--no-verify", "-m", "start")
    let session = try clone.openSession("desk", "customer_id=c1")
    try clone.remember("A good one", session)
    try write("n", to: "\(clone.path)/notes.txt")
    try clone.git("add", "notes.txt")
    try world.run(
      [
        "env", "GIT_COMMITTER_DATE=2020-01-01T00:00:00Z", "git", "commit", "-q", "--no-verify",
        "-m", "dead clock",
      ],
      in: clone.path)
    try clone.remember("Later", session)
    let text = try clone.done("diff", "2021-01-01..").out
    #expect(text.contains("A good one") && text.contains("Later"), "\(text)")
  }

  @Test func `a shallow clone says what came after its beginning`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    try clone.remember("Before", session)
    try clone.remember("The last one", session)
    try world.run(
      ["git", "clone", "-q", "--depth", "2", "file://\(clone.path)", "shallow"], in: world.folder)
    let text = try world.run(
      [TestWorld.memtrace, "diff", "2021-01-01.."], in: "\(world.folder)/shallow"
    ).out
    #expect(text.contains("The last one") && !text.contains("Before"), "\(text)")
  }
}
