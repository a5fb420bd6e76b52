// Bad input: a clear error, the right exit code, and nothing written.

import Faults
import Glibc
import Testing

@testable import Memtrace

struct BadInputTests {
  @Test func `what is asked for is done though a library has set a variable before the program`()
    throws
  {
    let world = try TestWorld()
    let clone = try world.clone()
    let faults = try Faults(below: "/none", buildingIn: world.folder)
    let outcome = try clone.memtrace(
      "remember", "kept", "--agent", "ana", with: faults.settingVariable)
    #expect(outcome.status == 0 && outcome.line.hasPrefix("mem_"), "\(outcome)")
    #expect(try clone.recalled() == [outcome.line])
  }

  /// Arguments with `SESSION` for a good session; what the error must say.
  static let refused: [(arguments: String, status: Int32, says: String)] = [
    ("remember x --agent a --session sess_01K00000000000000000000000", 3, "session not found"),
    ("session show sess_01K00000000000000000000000", 3, "session not found"),
    ("remember x --agent a --session ../../etc/passwd", 2, "no legal id"),
    ("session show ../../../etc", 2, "no legal id"),
    ("session close /etc", 2, "no legal id"),
    ("remember x --agent ../../x --session SESSION", 2, "no legal id"),
    ("remember x --agent a --session SESSION --parent ../x", 2, "--parent"),
    ("remember x --agent a --session SESSION --importance 1.5", 2, "from 0 to 1"),
    ("remember x --agent a --session SESSION --importance -0.1", 2, "from 0 to 1"),
    ("remember x --agent a --session SESSION --importance NaN", 2, "from 0 to 1"),
    ("remember x --agent a --session SESSION --importance inf", 2, "from 0 to 1"),
    ("remember x --agent a --session SESSION --importance much", 2, "importance"),
    ("remember x --agent a --session SESSION --tag no/slash", 2, "--tag:"),
    ("remember x --agent a --session SESSION --type nonsense", 2, "episodic"),
    ("remember x --agent a --session SESSION --event 9lives", 2, "event"),
    ("remember '' --agent a --session SESSION", 2, "must not be empty"),
    ("remember x --session SESSION", 2, "agent"),
    ("decide x --agent a --session SESSION", 2, "reasoning"),
    ("recall --since yesterdayish", 2, "yesterdayish"),
    ("recall --limit 0", 2, "limit"), ("recall --limit 1001", 2, "limit"),
    ("recall --offset -1", 2, "offset"), ("recall --order up", 2, "asc, desc"),
    ("session update SESSION", 2, "--meta"),
    ("agent register \"$(printf 'a\\033b')\"", 2, "control characters"),
    ("agent show nobody", 3, "agent not found"),
    ("remember \"$(printf 'broken \\377 bytes')\" --agent a --session SESSION", 2, "UTF-8"),
    ("init . --org 'a b'", 2, "org"), ("init .", 4, "already"),
    ("import /nowhere.jsonl", 3, "/nowhere.jsonl"),
    ("-C /nowhere status", 3, "/nowhere"), ("-C / status", 3, "memtrace init"),
  ]

  @Test func `each is refused, and nothing is written`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("Here before", session)
    let before = try clone.state()
    for (arguments, status, says) in Self.refused {
      let words = arguments.split(separator: "SESSION", omittingEmptySubsequences: false)
        .joined(separator: session)
      let outcome = try clone.world.run(
        ["sh", "-c", "'\(TestWorld.memtrace)' \(words)"], in: clone.path)
      #expect(outcome.status == status, "\(arguments): \(outcome.err)")
      #expect(outcome.err.contains(says), "\(arguments): \(outcome.err)")
      #expect(outcome.out == "", "\(arguments)")
      let json = try clone.world.run(
        ["sh", "-c", "'\(TestWorld.memtrace)' --json \(words)"], in: clone.path)
      let complaint = try JSON(parsing: Array(json.err.utf8))
      #expect(json.status == status && json.out == "", "\(arguments): \(json.err)")
      #expect(complaint["error"]?.string?.isEmpty == false, "\(arguments): \(json.err)")
      #expect(complaint["code"]?.string?.isEmpty == false, "\(arguments): \(json.err)")
    }
    #expect(try clone.state() == before)
  }

  @Test(arguments: [65_537, 1 << 20, 5 << 20])
  func `too much text is refused, from an argument or from standard input`(size: Int) throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    let before = try clone.state()
    let text = String(repeating: "x", count: size)
    let outcome = try clone.memtrace(
      "remember", "-", "--agent", "a", "--session", session, input: text)
    #expect(outcome.status == 2 && outcome.err.contains("65,536"), "\(outcome.err)")
    if size < 100_000 {
      let direct = try clone.memtrace("remember", text, "--agent", "a", "--session", session)
      #expect(direct.status == 2 && direct.err.contains("65536 are allowed"), "\(direct.err)")
    }
    #expect(try clone.state() == before)
    let fits = String(repeating: "y", count: 65_536)
    try clone.done("remember", "-", "--agent", "a", "--session", session, input: fits)
    #expect(try clone.json("recall")["memories"]?.array?[0]["content"]?.string == fits)
  }

  @Test func `where a limit keeps files from growing, that is said`() throws {
    let clone = try TestWorld().clone()
    let script = "ulimit -f 100; exec \(TestWorld.memtrace) remember Once --agent a"
    let outcome = try clone.world.run(["sh", "-c", script], in: clone.path)
    #expect(outcome.status != 0 && outcome.err.contains("ulimit -f"), "\(outcome.err)")
    #expect(try clone.recalled() == [])
    try clone.remember("Once", by: "a")
    try clone.expectHealthy()
  }

  @Test func `a repeated dedup key names the first record`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    let arguments = ["remember", "Once", "--agent", "a", "--session", session, "--dedup-key", "k"]
    let first = try clone.world.run([TestWorld.memtrace] + arguments, in: clone.path)
    let second = try clone.world.run([TestWorld.memtrace] + arguments, in: clone.path)
    #expect(first.status == 0 && second.status == 4)
    #expect(second.err.contains("duplicate memory: \(first.line) has it"), "\(second.err)")
    #expect(try clone.recalled() == [first.line])
  }

  @Test func `a newer format is read by nobody and written by nobody`() throws {
    let clone = try TestWorld().clone()
    try write("{\"format\": 2, \"org\": \"teleco\"}\n", to: clone.path + "/.memtrace/config.json")
    for verb in [["status"], ["remember", "x", "--agent", "a"], ["check"]] {
      let outcome = try clone.world.run([TestWorld.memtrace] + verb, in: clone.path)
      #expect(outcome.status == 2 && outcome.err.contains("format 2"), "\(outcome.err)")
      #expect(outcome.err.contains("newer memtrace"))
    }
    try write("nonsense", to: clone.path + "/.memtrace/config.json")
    #expect(try clone.memtrace("status").status == 6)
  }

  @Test func `a SHA-256 repository is refused by name`() throws {
    let world = try TestWorld()
    try world.run(["git", "init", "-q", "--object-format=sha256", "sha256"], in: world.folder)
    let clone = Clone(world: world, path: world.folder + "/sha256")
    let made = try clone.memtrace("init", ".")
    #expect(made.status == 2 && made.err.contains("hint:"), "\(made.err)")
    #expect(try clone.git("status", "--porcelain") == "")
    mkdir(clone.path + "/.memtrace", 0o755)
    try write("{\"format\":1}", to: clone.path + "/.memtrace/config.json")
    let outcome = try clone.memtrace("remember", "x", "--agent", "a")
    #expect(outcome.status == 2 && outcome.err.lowercased().contains("sha"), "\(outcome.err)")
  }

  @Test(arguments: ["folder", "file"])
  func `a symbolic link among a session's files is not followed`(kind: String) throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("Inside", session)
    let before = try clone.state()
    let file = try #require(try clone.files(of: session).first { $0.contains("memories") })
    let victim =
      kind == "file"
      ? file
      : String(file.prefix { $0 != "#" }.dropLast(file.split(separator: "/").last!.count + 1))
    let elsewhere = clone.world.folder + "/elsewhere"
    try clone.world.run(["mv", victim, elsewhere], in: "/")
    try #require(symlink(elsewhere, victim) == 0)
    let contents = kind == "file" ? try bytes(of: elsewhere) : []
    let outcome = try clone.memtrace("remember", "Through", "--agent", "a", "--session", session)
    if kind == "file" {
      #expect(outcome.status == 0, "\(outcome.err)")
      #expect(try bytes(of: elsewhere) == contents)
      #expect(try clone.committed().contains(outcome.line))
      return
    }
    #expect(outcome.status != 0, "\(outcome.out)")
    #expect(outcome.err.contains("link"), "\(outcome.err)")
    unlink(victim)
    try clone.world.run(["mv", elsewhere, victim], in: "/")
    #expect(try clone.state() == before)
  }

  @Test(.enabled(if: geteuid() == 0, "needs root to give files away"))
  func `a repository of another user is not written, and the error says how to allow it`() throws {
    let clone = try TestWorld().clone()
    try clone.world.run(["chown", "-R", "65534:65534", clone.path], in: "/")
    let outcome = try clone.memtrace("remember", "x", "--agent", "a")
    #expect(outcome.status == 1, "\(outcome.err)")
    #expect(outcome.err.contains("belongs to another user"))
    #expect(outcome.err.contains("safe.directory"))
    #expect(try clone.memtrace("recall").status == 0, "reading is no danger")
  }

  @Test(.enabled(if: isAbleToBecomeNobody, "needs root and setpriv, to be somebody else"))
  func `a read-only folder is read, and not written`() throws {
    let clone = try TestWorld().clone()
    let session = try clone.openSession()
    try clone.remember("Written while it could be", session)
    let tree = try clone.git("rev-parse", "HEAD")
    chmod(clone.world.folder, 0o755)
    try clone.world.run(["chown", "-R", "65534:65534", clone.path], in: "/")
    try clone.world.run(["chmod", "-R", "a-w", clone.path], in: "/")
    func asNobody(_ words: [String]) throws -> Outcome {
      try clone.world.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", TestWorld.memtrace] + words,
        in: clone.path)
    }
    for verb in [["recall"], ["session", "show", session], ["status"], ["log"], ["check"]] {
      let outcome = try asNobody(verb)
      #expect(outcome.status == 0, "\(verb): \(outcome.err)")
    }
    let refused = try asNobody(["remember", "x", "--agent", "a", "--session", session])
    #expect(refused.status == 1 && refused.err.contains("no permission"), "\(refused.err)")
    #expect(try asNobody(["init", clone.path + "/new"]).status == 1)
    try clone.world.run(["chown", "-R", "\(geteuid())", clone.path], in: "/")
    #expect(try clone.git("rev-parse", "HEAD") == tree)
    try clone.expectHealthy()
  }

  @Test(.enabled(if: isAbleToMount, "needs a file system of its own"))
  func `a full disk costs nothing that was acknowledged`() throws {
    let world = try TestWorld()
    let disk = world.folder + "/disk"
    mkdir(disk, 0o755)
    let mounted = try world.run(
      ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], in: "/")
    try #require(mounted.status == 0)
    defer { _ = try? world.run(["umount", "-l", disk], in: "/") }
    try world.run([TestWorld.memtrace, "init", "full"], in: disk)
    let clone = Clone(world: world, path: disk + "/full")
    let session = try clone.openSession()
    var acknowledged = [try clone.remember("Before", session)]
    try world.run(["sh", "-c", "head -c 10000000 /dev/zero > fill; true"], in: disk)
    var refusals = 0
    for round in 0..<12 {
      let text = "\(round)" + String(repeating: "x", count: 50_000)
      let outcome = try clone.memtrace(
        "remember", "-", "--agent", "a", "--session", session, input: text)
      if outcome.status == 0 {
        acknowledged.append(outcome.line)
        #expect(outcome.err.contains("safe in the journal"), "\(outcome.err)")
      } else {
        refusals += 1
        #expect(outcome.status == 1 && outcome.err.contains("disk is full"), "\(outcome.err)")
      }
    }
    #expect(refusals > 0)
    #expect(try clone.recalled(session) == acknowledged)
    unlink(disk + "/fill")
    acknowledged.append(try clone.remember("There is room again", session))
    #expect(try clone.committed().sorted() == acknowledged)
    try clone.expectHealthy()
  }
}

private var isAbleToBecomeNobody: Bool {
  geteuid() == 0 && exists("/usr/bin/setpriv") && isReachableByOthers(TestWorld.memtrace)
}

private var isAbleToMount: Bool { geteuid() == 0 && canMount }

private let canMount: Bool = {
  guard let world = try? TestWorld() else { return false }
  let script = "mkdir m && mount -t tmpfs -o size=64k tmpfs m && umount m"
  return (try? world.run(["sh", "-c", script], in: world.folder).status) == 0
}()

private func isReachableByOthers(_ path: String) -> Bool {
  var folder = path.split(separator: "/")
  while !folder.isEmpty {
    var status = stat()
    guard stat("/" + folder.joined(separator: "/"), &status) == 0, status.st_mode & 0o001 != 0
    else { return false }
    folder.removeLast()
  }
  return true
}

extension Clone {
  /// HEAD, what differs from it, and what is read: all that a refused verb must leave alone.
  fileprivate func state() throws -> [String] {
    [try git("rev-parse", "HEAD"), try git("status", "--porcelain")] + (try recalled())
      + [try done("session", "list", "--json").out, try done("agent", "list", "--json").out]
  }
}
