// Damage is reported and survived; what is strange is stored exactly and printed harmlessly.

import Glibc
import Testing

@testable import Memtrace

struct DamageTests {
  private let clone: Clone
  private let session: String
  private let ids: [String]
  private let file: String

  init() throws {
    clone = try TestWorld().clone()
    session = try clone.openSession()
    ids = try (0..<3).map { [clone, session] in try clone.remember("Memory \($0)", session) }
    file = try #require(try clone.files(of: session).first { $0.contains("memories") })
  }

  private var path: String { String(file.dropFirst(clone.path.count + 1)) }

  private func commit() throws {
    try clone.git("commit", "-qam", "person: an edit")
  }

  @Test func `a corrupt line is passed over, named by check, and never rewritten away`() throws {
    try append("{\"content\":\"half a rec\n", to: file)
    try append("<<<<<<< HEAD\n", to: file)
    try commit()
    #expect(try clone.recalled(session) == ids)
    let check = try clone.memtrace("check")
    #expect(check.status == 6)
    #expect(check.out.contains("\(path):4") && check.out.contains("\(path):5"), "\(check.out)")
    #expect(check.out.contains("conflict marker"))
    let next = try clone.remember("Next", session)
    #expect(try clone.recalled(session) == ids + [next])
    #expect(try clone.git("show", "HEAD:\(path)").contains("half a rec\n<<<<<<< HEAD\n"))
    try clone.expectHealthy()
  }

  @Test
  func `a truncated file loses its last record to readers, until the next write brings it back`()
    throws
  {
    let whole = try bytes(of: file)
    try write(Array(whole.dropLast(20)), to: file)
    #expect(try clone.recalled(session) == Array(ids.dropLast()))
    #expect(try clone.memtrace("check").status == 6)
    let next = try clone.done("remember", "Next", "--agent", "ana", "--session", session)
    #expect(next.err.contains("they are back"), "\(next.err)")
    #expect(try clone.recalled(session) == ids + [next.line])
    try clone.expectHealthy()
  }

  /// The git command does not sync the objects that it writes.
  @Test func `a person's commit that a power cut emptied comes back out of the work tree`() throws {
    try append("\n", to: file)
    try commit()
    let blob = try clone.git("rev-parse", "HEAD:\(path)")
    let object = "\(clone.path)/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
    unlink(object)
    try write("", to: object)
    let next = try clone.remember("Next", session)
    #expect(try clone.committed() == ids + [next])
    #expect(try clone.recalled(session) == ids + [next])
    try clone.expectHealthy()
  }

  @Test func `status tells an edit of the same length, and that a touched file is none`() throws {
    var past = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0)]
    try #require(utimensat(AT_FDCWD, file, &past, 0) == 0)
    #expect(try clone.json("status")["changed"] == .array([]))
    // What the index saw long ago need not be read.
    try clone.git("update-index", "--refresh")
    let text = String(decoding: try bytes(of: file), as: UTF8.self)
    try write(text.replacing("Memory 0", with: "Memory 9"), to: file)
    #expect(try clone.json("status")["changed"] == .array([.string(path)]))
    #expect(try clone.memtrace("status", "--check").status == 1)
    try clone.git("checkout", "-q", "--", path)
    #expect(try clone.json("status")["changed"] == .array([]))
  }

  @Test func `an emptied file comes back`() throws {
    try write("", to: file)
    let next = try clone.remember("Next", session)
    #expect(try clone.recalled(session) == ids + [next])
    try clone.expectHealthy()
  }

  @Test func `a torn line that nobody can explain goes to the quarantine`() throws {
    try append("{\"time\":\"2026-11-22T1", to: file)
    let next = try clone.done(
      "remember", "Next", "--agent", "internet-support", "--session", session)
    #expect(next.err.contains("quarantine"))
    #expect(try clone.recalled(session) == ids + [next.line])
    let found = try clone.world.run(
      ["sh", "-c", "cat .git/memtrace/quarantine/*"], in: clone.path)
    #expect(found.out == "{\"time\":\"2026-11-22T1")
    #expect(try clone.done("status").out.contains("quarantined"))
    try clone.expectHealthy()
  }

  @Test func `carriage returns are read, and reported`() throws {
    let lines = try text(of: file).split(separator: "\n")
    try write(lines.map { $0 + "\r\n" }.joined(), to: file)
    #expect(try clone.recalled(session) == ids)
    let check = try clone.done("check")
    #expect(check.out.contains("CRLF"))
    let next = try clone.remember("Next", session)
    #expect(try clone.recalled(session) == ids + [next])
  }

  @Test func `a last line without its end is a record`() throws {
    try write(Array(try bytes(of: file).dropLast()), to: file)
    try commit()
    #expect(try clone.recalled(session) == ids)
    #expect(try clone.done("check").out.contains("no line feed"))
    let next = try clone.remember("Next", session)
    #expect(try clone.recalled(session) == ids + [next])
    #expect(try clone.committed().count == 4)
    try clone.expectHealthy()
  }

  @Test func `an id of the year 9999 counts for nothing and pulls no clock along`() throws {
    // 76EZ91ZPZZ is the last millisecond of 9999.
    let line = try text(of: file).split(separator: "\n")[0]
    let id = try #require(ids.first)
    let late = line.prefix(line.count - id.count - 2) + "mem_76EZ91ZPZZ0000000000000000\"}"
    try append(late + "\n", to: file)
    try commit()
    #expect(try clone.recalled(session) == ids)
    let check = try clone.memtrace("check")
    #expect(check.status == 6 && check.out.contains("2200"), "\(check.out)")
    let next = try clone.remember("Next", session)
    #expect(next.hasPrefix("mem_01"))
    #expect(try clone.recalled(session) == ids + [next])
  }

  @Test func `a session at the end of time goes on by the wall clock`() throws {
    // The last millisecond that counts: nothing can be drawn after it.
    let newest = ULID(milliseconds: ULID.endOfTime - 1, random: (0, 0))
    let line = try text(of: file).split(separator: "\n")[0]
    let late = line.prefix(line.count - ids[0].count - 2) + "mem_\(newest)\"}"
    try append(late + "\n", to: file)
    try commit()
    let outcome = try clone.memtrace("remember", "Next", "--agent", "a", "--session", session)
    #expect(outcome.status == 0 && outcome.line.hasPrefix("mem_01"), "\(outcome.err)")
    #expect(try clone.committed().count == 5)
    #expect(try clone.memtrace("check").out.contains("nothing can sort after it"))
  }

  @Test func `of two lines with one id the smaller bytes count, and check reports them`() throws {
    let line = try text(of: file).split(separator: "\n")[1]
    let parts = line.split(separator: "Memory 1", omittingEmptySubsequences: false)
    try append(parts.joined(separator: "Memory 0") + "\n", to: file)
    try commit()
    #expect(try clone.recalled(session) == ids)
    let contents = try clone.json("recall", "--session", session)["memories"]?.array
    #expect(contents?.compactMap { $0["content"]?.string } == ["Memory 2", "Memory 0", "Memory 0"])
    let check = try clone.memtrace("check")
    #expect(check.status == 6 && check.out.contains("different contents"))
  }

  @Test func `control characters are stored exactly and printed harmlessly`() throws {
    let nasty = "a\u{1B}[31mred\u{7}\u{8}\r\nnext\ttab\u{9B}31m\u{202E}evil\u{7F}\u{0}end"
    let id = try clone.done(
      "remember", "-", "--agent", "ana", "--session", session, input: nasty
    ).line
    let stored = try clone.json("recall", "--session", session)["memories"]?.array?[0]
    #expect(stored?["id"]?.string == id)
    #expect(stored?["content"]?.string == nasty)
    try clone.done("session", "update", session, "--meta", "customer_id=\u{1B}]0;title\u{7}")
    for verb in [
      ["recall"], ["search", "--contains", "red"], ["session", "show", session],
      ["session", "list"],
      ["context", session], ["log"], ["status"],
    ] {
      let outcome = try clone.world.run([TestWorld.memtrace] + verb, in: clone.path)
      #expect(outcome.status == 0)
      for scalar in (outcome.out + outcome.err).unicodeScalars {
        let isHarmless =
          // A tab stands between the columns of a table.
          scalar == "\n" || scalar == "\t"
          || (scalar.value >= 32 && !(127...159).contains(scalar.value)
            && !(0x202A...0x202E).contains(scalar.value))
        #expect(isHarmless, "\(verb) prints U+\(String(scalar.value, radix: 16))")
      }
    }
    try clone.expectHealthy()
  }

  @Test func `fields and records of a later version are kept byte for byte`() throws {
    let line = try text(of: file).split(separator: "\n")[0]
    let id = "mem_" + "01M00000000000000000000000"
    let later = line.dropLast(ids[0].count + 9) + ",\"mood\":{\"a\":[1.50,2]},\"id\":\"\(id)\"}"
    let unknown = "{\"what\":\"a\\u0020thing\",\"session_id\":\"\(session)\",\"id\":\"zzz_1\"}"
    try append("\(later)\n\(unknown)\n", to: file)
    try commit()
    let next = try clone.remember("Next", session)
    #expect(try clone.recalled(session).contains(id))
    let committed = try clone.git("show", "HEAD:\(path)").split(separator: "\n")
    #expect(committed[3] == later && committed[4] == unknown)
    #expect(committed[5].contains(next))
    #expect(try clone.done("check").out.contains("unknown type"))
  }

  @Test func `a HEAD that cannot be read goes back to the newest whole commit`() throws {
    let tip = try clone.git("rev-parse", "HEAD")
    let object = clone.path + "/.git/objects/\(tip.prefix(2))/\(tip.dropFirst(2))"
    chmod(object, 0o644)
    try write("", to: object)
    let next = try clone.done("remember", "Next", "--agent", "ana", "--session", session)
    #expect(next.err.contains("newest whole commit"), "\(next.err)")
    #expect(exists(clone.path + "/.git/memtrace/rescue"))
    // Its journal was emptied, for the commit had been synced: the disk lied, and the work tree still has the line.
    #expect(try clone.recalled(session) == ids + [next.line])
    #expect(try clone.committed().sorted() == ids + [next.line])
  }
}
