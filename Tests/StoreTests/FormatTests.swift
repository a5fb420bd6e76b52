// The last changes to format 1, by the real program: what editors leave behind, text in two spellings, clocks that are off,
// rules that this version does not know.

import Glibc
import System
import Testing

@testable import Memtrace

struct FormatTests {
  private let world: TestWorld

  init() throws { world = try TestWorld() }

  // MARK: Bytes that are no part of a line

  @Test
  func `a byte order mark and white space behind a brace hide nothing, and no export prints them`()
    throws
  {
    let clone = try world.clone()
    let session = try clone.openSession("ana", "customer_id=c1")
    let id = try clone.remember("Box is dead", session, by: "ana")
    for path in try clone.files(of: session) {
      let bytes = try Descriptor(opening: path, O_RDONLY).readAll()
      let text = String(decoding: bytes.dropLast(), as: UTF8.self)
      try write("\u{FEFF}\(text) \t\r\n", to: path)
    }
    #expect(try clone.recalled(session) == [id])
    #expect(try clone.json("session", "show", session)["metadata"]?["customer_id"] == "c1")
    let export = try clone.done("export")
    for line in export.lines { _ = try JSON(parsing: line) }
    #expect(export.lines.count == 3)
    let file = world.folder + "/export.jsonl"
    try write(export.out, to: file)
    let copy = try world.clone("copy")
    try copy.done("import", file)
    #expect(try copy.done("export").out == export.out)
    #expect(try clone.done("import", file).out.contains("0 records added"))
  }

  @Test func `a line of an unknown kind that names no place comes back where it stood`() throws {
    let here = try world.clone()
    let session = try here.openSession("ana")
    try here.remember("moved", session, by: "ana")
    let blob =
      #"{"time":"2026-10-29T09:18:33.114Z","shape":"round","id":"blob_01M63F8CMTYH5CY7PF37C4YEA3"}"#
    let folder = here.path + "/agents/ana/2026-10"
    try Path.makeFolders(folder)
    try write(blob + "\n", to: folder + "/shapes.k3v9x2aq.jsonl")
    // A line that a merge moved, in a file of a word of its own.
    let path = try #require(try here.files(of: session).first { $0.contains("memories") })
    let line = String(decoding: try Descriptor(opening: path, O_RDONLY).readAll(), as: UTF8.self)
    try Path.makeFolders(here.path + "/sessions/2026-11")
    try write(line, to: here.path + "/sessions/2026-11/archive.a2b3c4d5e6.jsonl")
    unlink(path)
    try here.git("add", "-A")
    try here.git("commit", "-qm", "people: move")
    #expect(try here.recalled(session).count == 1)

    let file = world.folder + "/export.jsonl"
    try write(try here.done("export").out, to: file)
    let there = try world.clone("there")
    try there.done("import", file)
    for folder in ["sessions", "agents"] {
      #expect(
        try there.git("rev-parse", "HEAD:\(folder)") == here.git("rev-parse", "HEAD:\(folder)"))
    }
    // The same lines out of another program's hands.
    let respelled = try here.done("export").lines.map { line in
      line.replacing("\":", with: "\": ").replacing(",\"", with: ", \"")
    }
    try write(respelled.joined(separator: "\n") + "\n", to: file)
    let third = try world.clone("third")
    try third.done("import", file)
    #expect(try third.git("rev-parse", "HEAD:agents") == here.git("rev-parse", "HEAD:agents"))
  }

  @Test func `both lines of one id come back, and check and show say that there are two`() throws {
    let here = try world.clone()
    let session = try here.openSession("ana")
    let id = try here.remember("The true one", session, by: "ana")
    let path = try #require(try here.files(of: session).first { $0.contains("memories") })
    let line = String(decoding: try Descriptor(opening: path, O_RDONLY).readAll(), as: UTF8.self)
    let forged = line.replacing("The true one", with: "A forged one")
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    try write(forged, to: "/\(folder)/memories.aaaaaaaa.jsonl")
    try here.git("add", "-A")
    try here.git("commit", "-qm", "people: forge")
    let check = try here.memtrace("check")
    #expect(check.status == 6)
    #expect(check.out.contains("is read as the record, not"), "\(check.out)")
    #expect(check.out.contains("is not read, the one at"))
    #expect(try here.json("show", id)["contested"] == true)
    let file = world.folder + "/export.jsonl"
    try write(try here.done("export").out, to: file)
    let there = try world.clone("there")
    try there.done("import", file)
    #expect(
      try there.git("rev-parse", "HEAD:sessions") == here.git("rev-parse", "HEAD:sessions"))
  }

  @Test func `check names the files that nobody reads`() throws {
    let clone = try world.clone()
    let session = try clone.openSession("ana")
    let path = try #require(try clone.files(of: session).first)
    try write("{}\n", to: path.replacing("session.", with: "Session copy."))
    let check = try clone.memtrace("check")
    #expect(check.status == 0 && check.out.contains("nobody reads this file"), "\(check.out)")
    #expect(check.out.contains("Session copy."))
  }

  // MARK: Text by its bytes

  @Test func `text in NFC and in NFD is not the same text`() throws {
    let (nfc, nfd) = ("caf\u{E9}", "cafe\u{301}")
    let clone = try world.clone()
    for key in [nfc, nfd] {
      try clone.done("remember", "x", "--agent", "ana", "--dedup-key", key)
    }
    #expect(try clone.memtrace("remember", "x", "--agent", "ana", "--dedup-key", nfd).status == 4)
    #expect(
      try clone.json("show", nfc)["id"] != clone.json("show", nfd)["id"])
    let session = try clone.openSession("ana", "\(nfc)=1", "\(nfd)=2")
    #expect(try clone.json("session", "show", session)["metadata"]?.members?.count == 2)
    #expect(
      try clone.json("session", "search", "--where", "\(nfd)=1")["count"]?.integer == 0)
    let other = try clone.openSession("ana", "name=\(nfc)")
    #expect(try clone.json("session", "search", "--where", "name=\(nfd)")["count"]?.integer == 0)
    #expect(
      try clone.json("session", "search", "--where", "name=\(nfc)")["sessions"]?.array?.first?["id"]
        == .string(other))
    let rows = [nfc, nfd].map {
      #"{"agent_id":"ana","content":"x","time":"2026-11-20T10:00:00Z","session":"\#($0)"}"#
    }
    try clone.done("import", "-", input: rows.joined(separator: "\n") + "\n")
    #expect(try clone.json("session", "list")["count"]?.integer == 4)
  }

  // MARK: Clocks

  @Test func `outside sessions a clock of another century is not followed`() throws {
    let clone = try world.clone()
    try clone.remember("first", by: "ana")
    for milliseconds in [4_102_444_800_000, ULID.endOfTime - 1] {
      let id = RecordID(.memory, ULID(milliseconds: milliseconds, random: (0, 1)))
      let folder = clone.path + "/" + Layout.folder(ofAgent: "ana", at: id.ulid)
      try Path.makeFolders(folder)
      try write(
        #"{"time":"2026-11-20T10:00:00.000Z","agent_id":"ana","content":"from afar","id":"\#(id)"}"#
          + "\n",
        to: folder + "/memories.zzzzzzzz.jsonl")
    }
    try clone.git("add", "-A")
    try clone.git("commit", "-qm", "people: a broken clock")
    let (one, two) = (try clone.remember("one", by: "ana"), try clone.remember("two", by: "ana"))
    #expect(one < two && RecordID(two)!.ulid.milliseconds < 4_000_000_000_000)
    let check = try clone.memtrace("check")
    #expect(check.out.contains("some clock is off; writers do not follow it"), "\(check.out)")
  }

  @Test func `in a session at the end of time the wall clock begins again`() throws {
    let clone = try world.clone()
    let session = try clone.openSession("ana")
    let path = try #require(try clone.files(of: session).first)
    let last = RecordID(.memory, ULID(milliseconds: ULID.endOfTime - 1, random: (0, 1)))
    try write(
      #"{"time":"2026-11-20T10:00:00.000Z","agent_id":"ana","content":"x","session_id":"\#(session)","id":"\#(last)"}"#
        + "\n",
      to: path.replacing("session.", with: "memories.z"))
    let id = try clone.remember("after all", session, by: "ana")
    #expect(RecordID(id)!.ulid.milliseconds < 4_000_000_000_000)
    #expect(try clone.recalled(session).count == 2)
    #expect(try clone.memtrace("check").out.contains("nothing can sort after it"))
  }

  @Test func `a file whose newest line is a month old is full`() throws {
    let clone = try world.clone()
    let old = 1_700_000_000_000
    try clone.done(
      "import", "-", input: #"{"agent_id":"ana","content":"old","time":\#(old)}"# + "\n")
    let session = "conversation-7"
    try clone.done(
      "import", "-",
      input: #"{"agent_id":"ana","content":"old","time":\#(old),"session_id":"\#(session)"}"# + "\n"
    )
    try clone.remember("new", session, by: "ana")
    let first = try #require(
      try clone.files(of: session).first { $0.contains("/memories.") && !$0.contains("import-") })
    // The same file, as it would be 31 days later.
    let line = String(decoding: try Descriptor(opening: first, O_RDONLY).readAll(), as: UTF8.self)
    let id = try #require(try JSON(parsing: line)["id"]?.string.flatMap { RecordID($0) })
    let aged = RecordID(
      .memory,
      ULID(
        milliseconds: id.ulid.milliseconds - Limits.fileAge - 1_000,
        random: (UInt16(truncatingIfNeeded: id.ulid.high), id.ulid.low)))
    try write(line.replacing(id.description, with: aged.description), to: first)
    try clone.git("commit", "-qam", "people: a month later")
    try clone.remember("newer", session, by: "ana")
    #expect(
      try clone.files(of: session).contains {
        $0.contains("/memories.") && $0.hasSuffix(".2.jsonl")
      })
  }

  // MARK: Rules of the house

  @Test(arguments: [
    ("\"agents\": \"open\"", "\"agents\": \"registered_only\"", "registered_only"),
    ("\"org\"", "\"requires\": [\"vows\"],\n  \"org\"", "vows"),
    ("\"org\"", "\"requires\": \"vows\",\n  \"org\"", "no list"),
  ])
  func `a rule that is not known is not broken: nothing is written, all is read`(
    old: String, new: String, word: String
  ) throws {
    let clone = try world.clone()
    let id = try clone.remember("before", by: "ana")
    let path = clone.path + "/.memtrace/config.json"
    let text = String(decoding: try Descriptor(opening: path, O_RDONLY).readAll(), as: UTF8.self)
    try write(text.replacing(old, with: new), to: path)
    let head = try clone.git("rev-parse", "HEAD")
    let refused = try clone.memtrace("remember", "x", "--agent", "ana")
    #expect(refused.status == 2 && refused.err.contains(word), "\(refused.err)")
    let row = #"{"agent_id":"ana","content":"x","time":"2026-11-20T10:00:00Z"}"# + "\n"
    #expect(try clone.memtrace("import", "-", input: row).status == 2)
    #expect(try clone.recalled() == [id])
    #expect(try clone.memtrace("check").out.contains("only reads here"))
    #expect(try clone.git("rev-parse", "HEAD") == head)
  }

  // MARK: Agents

  @Test func `an agent that was removed and writes again is the same one`() throws {
    let clone = try world.clone()
    try clone.done("agent", "register", "ana", "--description", "Billing")
    let first = try clone.json("agent", "show", "ana")
    try clone.done("agent", "remove", "ana")
    try clone.remember("back again", by: "ana")
    let again = try clone.json("agent", "show", "ana")
    for key in ["name", "description", "created_at"] { #expect(again[key] == first[key], "\(key)") }
  }

  @Test func `an agent's name that begins with a digit gets an id by rule`() throws {
    let clone = try world.clone()
    for name in ["9f3c1a2b-0d4e-4f6a-8b7c-5d6e7f8a9b0c", "007", "_bot", "con"] {
      let id = try clone.json("remember", "x", "--agent", name)["agent_id"]?.string
      #expect(id == AgentName.id(of: name))
      #expect(try clone.json("agent", "show", name)["name"]?.string == name)
      #expect(try clone.json("recall", "--agent", name)["count"]?.integer == 1)
    }
    #expect(try clone.memtrace("remember", "x", "--agent", "Billing Agent").status == 2)
  }

  @Test(arguments: [
    "billing\u{A0}agent", "p\u{430}ypal", "ana\u{202E}nim", "an\u{200B}a", " ana", "ana ", "a  b",
    "\u{FF41}na", "ana\u{FE0F}", "\u{391}na",
  ])
  func `names that only look like another's are refused`(name: String) throws {
    let clone = try world.clone()
    #expect(try clone.memtrace("agent", "register", name).status == 2)
    #expect(try clone.memtrace("remember", "x", "--agent", name).status == 2)
  }

  @Test(arguments: ["José Núñez", "Анна Иванова", "Ελένη", "山田 太郎", "Müller & Söhne", "Bot 🤖"])
  func `names of any one script are names`(name: String) throws {
    let clone = try world.clone()
    try clone.done("agent", "register", name)
    #expect(try clone.json("recall", "--agent", name)["count"]?.integer == 0)
  }

  // MARK: Numbers

  @Test func `a decision's reasoning is said once, in metadata or beside it`() throws {
    let clone = try world.clone()
    let twice = try clone.memtrace(
      "decide", "x", "--reasoning", "y", "--meta", "reasoning=z", "--agent", "ana")
    #expect(twice.status == 2 && twice.err.contains("reasoning"))
    try Path.makeFolders(clone.path + "/agents/ana/2026-11")
    try write(
      #"{"time":"2026-11-20T10:00:00.000Z","agent_id":"ana","decision":"x","reasoning":"y","metadata":{"reasoning":"z","a":1},"id":"dec_01M8BRMT24NX3C2R0TX37JBN02"}"#
        + "\n", to: clone.path + "/agents/ana/2026-11/decisions.zzzzzzzz.jsonl")
    let shown = try clone.json("show", "dec_01M8BRMT24NX3C2R0TX37JBN02")
    #expect(shown["metadata"] == ["reasoning": "y", "a": 1])
  }

  @Test func `the show of a key is the record that counts`() throws {
    let here = try world.clone()
    let session = try here.openSession("ana")
    let there = try world.clone(of: here, "there")
    let words = ["--agent", "ana", "--session", session, "--dedup-key", "k"]
    func remember(_ text: String, in clone: Clone) throws -> String {
      let done = try world.run([TestWorld.memtrace, "remember", text] + words, in: clone.path)
      return done.line
    }
    let first = try remember("first", in: here)
    _ = try remember("second", in: there)
    try here.git("pull", "-q", "--no-rebase", "--no-edit", there.path, "main")
    #expect(try here.json("show", "k")["id"]?.string == first)
  }

  @Test func `stats count the sessions that an agent wrote in`() throws {
    let clone = try world.clone()
    let session = try clone.openSession("ana")
    try clone.remember("x", session, by: "ben")
    try clone.remember("y", session, by: "ben")
    #expect(try clone.json("agent", "stats", "ben")["session_count"]?.integer == 1)
    #expect(try clone.json("agent", "stats", "ana")["session_count"]?.integer == 1)
  }
}
