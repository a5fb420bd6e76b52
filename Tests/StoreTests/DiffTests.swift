// What a reviewer sees of a difference.

import Testing

@testable import Memtrace

@Suite struct DiffTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    try clone.git("config", "user.name", "Ana")
    try clone.git("config", "user.email", "ana@example.org")
  }

  private func diff(_ more: String...) throws -> JSON {
    let outcome = try world.run([TestWorld.memtrace, "--json", "diff"] + more, in: clone.path)
    try #require(outcome.status == 0, "\(outcome.err)")
    return try JSON(parsing: Array(outcome.out.utf8))
  }

  @discardableResult private func decide(
    _ text: String, _ session: String, _ importance: String = "0.9"
  ) throws
    -> String
  {
    try clone.done(
      "decide", text, "--reasoning", "Customer was angry", "--agent", "support-agent-41",
      "--session", session, "--importance", importance
    ).line
  }

  private func read(_ file: String) throws -> String {
    try world.run(["cat", file], in: clone.path).out
  }

  private func write(_ file: String, _ text: String) throws {
    try StoreTests.write(text, to: "\(clone.path)/\(file)")
  }

  private func texts(_ json: JSON?, _ key: String) -> [String] {
    (json?.array ?? []).compactMap { $0[key]?.string }
  }

  @Test
  func `a difference goes by customer, decisions first, with what waits and what is corrected`()
    throws
  {
    let session = try clone.openSession("desk", "customer_id=cust_31882")
    let wrong = try clone.remember("Customer asked for a letter", session)
    try clone.done("review", "policy", "--before", "decision:0.8")
    let start = try clone.git("rev-parse", "HEAD")
    let fee = try decide("Waive the early termination fee of 250.00", session)
    let right = try clone.done(
      "remember", "Customer asked for an e-mail", "--agent", "desk", "--session", session,
      "--event",
      "correction", "--parent", wrong
    ).line
    let seen = try diff("\(start)..")
    let customer = try #require(seen["customers"]?.array?.first)
    #expect(customer["identity"] == "cust_31882" && customer["sessions"] == [.string(session)])
    #expect(texts(customer["decisions"], "id") == [fee])
    #expect(texts(customer["memories"], "id") == [right])
    #expect(texts(customer["warnings"], "kind") == ["pending"])
    #expect(seen["totals"]?["warnings"] == .number("1"))
    let text = try clone.done("diff", "\(start)..").out
    for part in [
      "cust_31882 · \(session) · 1 decision, 1 memory", "DECISION\tsupport-agent-41",
      "because\tCustomer was angry", "⚠\tpending: decision from importance 0.8",
      "corrects\tCustomer asked for a letter",
      "1 customer, 1 decision, 1 memory, 1 to look at",
    ] { #expect(text.contains(part), "\(text)") }
    // Once it is approved there is nothing to look at, and the approval is part of the difference.
    try clone.done("review", "approve", fee)
    let after = try diff("\(start)..")
    #expect(after["totals"]?["warnings"] == .number("0"))
    let reviews = after["customers"]?.array?.first?["reviews"]
    #expect(texts(reviews, "review") == ["approved"] && texts(reviews, "reviewer") == ["Ana"])
  }

  @Test func `a decision that was rejected or taken back is struck out where it stands`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    let start = try clone.git("rev-parse", "HEAD")
    try clone.done("review", "policy", "--before", "decision:0.8")
    let rejected = try decide("Pay 500", session)
    let retracted = try decide("Send a router", session, "0.5")
    try decide("Wait for the bank", session)
    try decide("Call on Monday", session, "0.5")
    try clone.done("review", "reject", rejected, "--reason", "Above ~the~ limit")
    try clone.done("retract", retracted)
    let text = try clone.done("diff", "\(start)..").out
    for part in [
      "[rejected] Pay 500", "✗\trejected by Ana: Above ~the~ limit", "[retracted] Send a router",
      "[pending] Wait for the bank", "\tCall on Monday",
    ] { #expect(text.contains(part), "\(text)") }
    let comment = try clone.done("diff", "\(start)..", "--markdown").out
    for part in [
      #"- ~~**Pay 500** because Customer was angry~~ · rejected by Ana: Above \~the\~ limit · "#,
      "- ~~**Send a router** because Customer was angry~~ · retracted by Ana",
      "- ⚠ pending: decision from importance 0.8 — **Wait for the bank**", "- **Call on Monday**",
    ] { #expect(comment.contains(part), "\(comment)") }
  }

  @Test func `what people did by hand is said: changed, removed, moved, a policy that is gone`()
    throws
  {
    let session = try clone.openSession("desk", "customer_id=c1")
    let ids = try (0..<3).map { try clone.remember("Fact number \($0)", session) }
    try clone.done("review", "policy", "--before", "decision")
    let file = try clone.git("ls-files", "*memories*")
    let start = try clone.git("rev-parse", "HEAD")
    var lines = try read(file).split(separator: "\n").map(String.init)
    lines[0] = lines[0].replacing("number 0", with: "number 100")
    let moved = lines.remove(at: 2)
    lines.remove(at: 1)
    try write(file, lines.joined(separator: "\n") + "\n")
    try write(file.replacing("memories.", with: "archive."), moved + "\n")
    try write(".memtrace/config.json", #"{"format": 1, "org": "teleco"}"# + "\n")
    try clone.git("add", "-A")
    try clone.git("commit", "-q", "-m", "by hand")
    let seen = try diff("\(start)..HEAD")
    #expect(texts(seen["warnings"], "kind") == ["configuration"])
    let customer = try #require(seen["customers"]?.array?.first)
    #expect(Set(texts(customer["warnings"], "kind")) == ["changed", "removed"])
    #expect(texts(customer["removed"], "id") == [ids[1]])
    #expect(texts(customer["memories"], "content") == ["Fact number 100"])
    let text = try clone.done("diff", start).out
    #expect(text.contains("changed by hand by Ana; it said: Fact number 0"))
  }

  @Test func `what should have been asked for, and a verdict of nobody's, are warnings`() throws {
    try clone.done("review", "policy", "--before", "decision", "--reviewer", "Ana")
    let session = try clone.openSession("desk", "customer_id=c1")
    let fee = try decide("Waive the fee", session)
    let start = try clone.git("rev-parse", "HEAD")
    let reviews = try clone.git("ls-files", "*reviews*")
    let line = try read(reviews).split(separator: "\n")[0]
    // By an editor, past every rule of a writer.
    let forged = line.replacing(#""policy""#, with: #""Mallory""#)
      .replacing("pending", with: "approved")
      .replacing("rev_01", with: "rev_02")
    let other = try read(try clone.git("ls-files", "*decisions*"))
      .replacing("dec_01", with: "dec_02")
    try write(reviews.replacing("reviews.", with: "reviews.x"), forged + "\n")
    try write(reviews.replacing("reviews.", with: "decisions.x"), other)
    try clone.git("add", "-A")
    try clone.git("commit", "-q", "-m", "by hand")
    let seen = try diff(start)
    #expect(texts(seen["warnings"], "kind") == ["review"])
    #expect(texts(seen["warnings"], "record_id") == [fee])
    #expect(texts(seen["customers"]?.array?.first?["warnings"], "kind") == ["policy"])
  }

  @Test func `a range is of commits, branches, days and what was not seen yet`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    try clone.remember("one", session)
    #expect(try diff("today")["totals"]?["memories"] == .number("1"))
    #expect(try diff("2020-01-01..")["totals"]?["memories"] == .number("1"))
    #expect(try diff("--since-seen")["totals"]?["memories"] == .number("1"))
    try clone.done("diff", "--since-seen")
    #expect(try diff("--since-seen")["totals"]?["memories"] == .number("0"))
    try clone.git("branch", "before")
    try clone.remember("two", session)
    for range in ["before..main", "before..", "before", "HEAD~1..HEAD"] {
      #expect(try diff(range)["totals"]?["memories"] == .number("1"), "\(range)")
    }
    #expect(try diff("--since-seen")["totals"]?["memories"] == .number("1"))
    #expect(try diff("today", "--where", "customer_id=c2")["totals"]?["memories"] == .number("0"))
    #expect(try diff("today", "--agent", "nobody")["totals"]?["memories"] == .number("0"))
    #expect(try clone.memtrace("diff", "nowhere").status == 3)
    // A commit that is gone is no place to begin at, and no error.
    try write(".git/memtrace/seen", String(repeating: "a", count: 40) + " Ana\n")
    #expect(try diff("--since-seen")["totals"]?["memories"] == .number("2"))
  }

  @Test func `as a comment, 500 records over 80 sessions are under 200 lines, what waits first`()
    throws
  {
    try clone.done("review", "policy", "--before", "decision:0.8")
    let start = try clone.git("rev-parse", "HEAD")
    var rows = ""
    for n in 0..<500 {
      let isDecision = n % 5 == 0
      rows +=
        #"{"agent_id":"desk","content":"Said number \#(n)","time":"2099-01-01T00:00:00Z","#
        + #""session":"s\#(n % 80)","session_metadata":{"customer_id":"cust_\#(n % 80)"}"#
      rows +=
        isDecision
        ? #","memory_type":"decision","importance":\#(n % 50 == 0 ? 0.9 : 0.1),"metadata":{"reasoning":"so"}}"#
        : "}"
      rows += "\n"
    }
    try clone.done("import", "-", input: rows)
    let comment = try clone.done("diff", start, "--markdown").out
    let lines = comment.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count < 200 && lines[0].contains("80 customers, 100 decisions, 400 memories"))
    let first = try #require(lines.firstIndex { $0.hasPrefix("- ") })
    #expect(lines[first].contains("⚠ pending"))
    #expect(lines.count { $0.contains("⚠ pending") } == 10)
  }

  @Test func `blame names who recorded a line, and who changed it since`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    let ids =
      [try clone.remember("Said first", session, by: "tv-support")]
      + [try clone.remember("Said then", session, by: "billing")]
    let file = try clone.git("ls-files", "*memories*")
    try write(file, try read(file).replacing("Said then", with: "Said differently"))
    try clone.git("add", "-A")
    try clone.git("commit", "-q", "-m", "by hand")
    try clone.remember("Said last", session, by: "tv-support")
    let found = try #require(try clone.json("blame", session)["records"]?.array)
    #expect(found.map { $0["author"]?.string } == ["tv-support", "Ana", "tv-support"])
    #expect(found.prefix(2).map { $0["record"]?["id"]?.string } == ids)
    #expect(found[1]["record"]?["content"] == "Said differently")
    // A merge is nobody's.
    let other = try world.clone(of: clone, "other")
    try other.remember("From elsewhere", session, by: "desk")
    try clone.remember("And here", session, by: "desk")
    try clone.git("pull", "-q", "--no-rebase", "--no-edit", other.path, "main")
    let authors = try clone.json("blame", session)["records"]?.array?.map { $0["author"]?.string }
    #expect(authors == ["tv-support", "Ana", "tv-support", "desk", "desk"])
  }

  @Test func `a pull request is judged by what it adds, with a code and annotations`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    try clone.remember("Fine", session)
    let file = try clone.git("ls-files", "*memories*")
    try write(file, try read(file) + "not json, and there before\n")
    try clone.git("commit", "-q", "-a", "-m", "damage")
    try clone.git("branch", "before")
    let good = try clone.remember("Fine too", session)
    #expect(try clone.done("check", "--diff", "before..").out.contains("all is well"))
    // The same id, smaller bytes, in a file of its own; and a line that is none.
    let line = try read(file).split(separator: "\n").last { $0.contains(good) } ?? ""
    try clone.git("branch", "-f", "before")
    let forged = file.replacing("memories.", with: "memories.x")
    try write(
      forged, line.replacing("Fine too", with: "A forged one") + "\n{\"id\":\"mem_1\"}\n")
    try clone.git("add", "-A")
    try clone.git("commit", "-q", "-m", "forged: 100%")
    let github = try clone.memtrace("check", "--diff", "before..main", "--annotate", "github")
    #expect(github.status == 6)
    let lines = github.out.split(separator: "\n")
    #expect(lines.count == 2 && lines[0].hasPrefix("::error file=\(forged),line=2::"))
    #expect(lines[1].hasPrefix("::warning file=\(forged),line=1::another line under the id"))
    let gitlab = try clone.memtrace("check", "--diff", "before..", "--annotate", "gitlab")
    let findings = try #require(try JSON(parsing: Array(gitlab.out.utf8)).array)
    #expect(findings.map { $0["severity"] } == ["critical", "minor"])
    #expect(findings[0]["location"]?["lines"]?["begin"] == .number("2"))
  }

  @Test func `what the next agent reads is shown before and after`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    let wrong = try clone.remember("Router is on 2.1", session)
    try clone.remember("Customer is patient", session)
    try clone.git("branch", "before")
    try clone.done(
      "remember", "Router is on 2.3", "--agent", "desk", "--session", session, "--event",
      "correction", "--parent", wrong)
    let text = try clone.done("context", session, "--diff", "before..").out
    let lines = text.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("- ") && $0.contains("Router is on 2.1") }, "\(text)")
    #expect(lines.contains { $0.hasPrefix("+ ") && $0.contains("Router is on 2.3") })
    #expect(!lines.contains { $0.hasPrefix("+ ") && $0.contains("patient") })
    #expect(try clone.done("context", session, "--diff", "before..before").out == "")
    #expect(try clone.memtrace("context", session, "--diff", "a..", "--at", "HEAD").status == 2)
  }

  @Test func `all but three of 500 records are approved in two commands and taken back in two`()
    throws
  {
    try clone.done("review", "policy", "--before", "decision")
    let start = try clone.git("rev-parse", "HEAD")
    let rows = (0..<500).map { n in
      """
      {"agent_id":"desk","content":"Waive fee \(n)","memory_type":"decision",\
      "metadata":{"reasoning":"so"},"time":"2099-01-01T00:00:00Z","session":"s\(n % 80)"}
      """
    }.joined(separator: "\n")
    try clone.done("import", "-", input: rows)
    let waiting = try clone.json("review", "list", "--limit", "1000")["items"]?.array ?? []
    #expect(waiting.count == 500)
    let bad = waiting.prefix(3).compactMap { $0["record"]?["id"]?.string }
    try clone.done("review", "reject", bad[0], bad[1], bad[2])
    #expect(try clone.json("review", "approve", "--range", "\(start)..")["count"] == .number("497"))
    #expect(try clone.json("review", "list")["count"] == .number("0"))
    #expect(try clone.json("recall", "--limit", "1000")["count"] == .number("497"))
    #expect(try clone.json("review", "undo")["count"] == .number("497"))
    #expect(try clone.json("review", "undo")["count"] == .number("3"))
    #expect(
      try clone.json("review", "list", "--limit", "1000")["count"] == .number("500"))
    try clone.expectHealthy()
  }

  @Test func `no text is markup in a comment`() {
    let text = "<img src=x onerror=alert(1)> @all `x` [a](http://b) **b** | #1 \u{202E}rtl\nnext"
    let escaped = DiffReport.escaped(text)
    for bad in ["<img", "@all", "](", "**", "\n", "\u{202E}", " #1"] {
      #expect(!escaped.contains(bad), "\(escaped)")
    }
  }
}
