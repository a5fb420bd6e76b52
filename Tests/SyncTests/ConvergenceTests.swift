// Five clones, people with the git command among them, wrong clocks, and kills: in the end everybody has the same.

import Foundation
import Testing

@testable import Memtrace

/// One random history, driven through the program as agents and people drive it.
private final class Team {
  let world: SyncWorld
  private var random: SeededGenerator
  private let names = (0..<5).map { "c\($0)" }
  /// Days by which each clone's clock is off.
  private var skew = [0, 0, 0, 0, 0]
  private var sessions: [(id: String, clone: Int)] = []
  /// Ids that were acknowledged, with what was said; a person's edits and deletions take them out.
  private(set) var acknowledged: [String: String] = [:]
  private(set) var deleted = Set<String>()
  private(set) var counts: [String: Int] = [:]

  init(seed: UInt64) throws {
    try SyncWorld.require("faketime")
    world = try SyncWorld()
    random = SeededGenerator(seed: seed)
    try world.makeHub()
    try world.git("config", "--global", "user.name", "Ana")
    try world.git("config", "--global", "user.email", "ana@agents.invalid")
    try FileManager.default.createDirectory(atPath: path(0), withIntermediateDirectories: true)
    try memtrace(0, "init", ".")
    try memtrace(0, "remote", "add", "origin", "\(world.path)/hub.git")
    try memtrace(0, "sync")
    for name in names.dropFirst() { try world.git("clone", "-q", "hub.git", name) }
    for n in names.indices {
      for (m, other) in names.enumerated() where m != n {
        try world.git("remote", "add", other, "\(world.path)/\(other)", in: path(n))
      }
    }
    try openSession(0)
  }

  func path(_ clone: Int) -> String { "\(world.path)/\(names[clone])" }

  func step() throws {
    let clone = Int.random(in: 0..<5, using: &random)
    let kind = Int.random(in: 0..<40, using: &random)
    switch kind {
    case 0..<14: try remember(clone)
    case 14..<16: try decide(clone)
    case 16: try openSession(clone)
    case 17: try session(clone, "close")
    case 18: try session(clone, "reopen")
    case 19..<21: try session(clone, "update", "--meta", "mood=\(random.next() % 100)")
    case 21: try edit(clone, deleting: false)
    case 22: try edit(clone, deleting: true)
    case 23..<25: try pullByGit(clone)
    case 25: skew[clone] = Int.random(in: -1...1, using: &random)
    case 26..<29: try killedSync(clone)
    case 29..<32: try pullFromPeer(clone)
    default: try sync(clone)
    }
    counts["\(kind)", default: 0] += 1
  }

  @discardableResult
  private func memtrace(_ clone: Int, _ arguments: String...) throws -> SyncWorld.Outcome {
    try memtrace(clone, arguments)
  }

  private func memtrace(_ clone: Int, _ arguments: [String]) throws -> SyncWorld.Outcome {
    let program = ["\(SyncWorld.programs)/memtrace"] + arguments
    let command =
      skew[clone] == 0 ? program : ["faketime", "-f", "\(skew[clone] > 0 ? "+" : "-")1d"] + program
    return try world.run(command, in: path(clone), environment: ["PATH": SyncWorld.searchPath])
  }

  private func knownSession(_ clone: Int) throws -> String? {
    // A session that this clone has: by the list of the program would be slow, its own are always there.
    let here = sessions.filter { session in
      session.clone == clone
        || SessionID(session.id).map {
          FileManager.default.fileExists(atPath: "\(path(clone))/\(Layout.folder(of: $0))")
        } ?? false
    }
    return here.randomElement(using: &random)?.id
  }

  private func acknowledge(_ outcome: SyncWorld.Outcome, _ text: String) {
    #expect(outcome.status == 0, "\(outcome.output)")
    let id = outcome.output.split(whereSeparator: { " \n".contains($0) }).first {
      RecordID(String($0)) != nil
    }
    if let id {
      acknowledged[String(id)] = text
    } else {
      Issue.record("no id in \(outcome.output)")
    }
  }

  private func remember(_ clone: Int) throws {
    let text = "memory \(random.next() % 1_000_000)"
    if let session = try knownSession(clone), Bool.random(using: &random) {
      acknowledge(
        try memtrace(clone, "remember", text, "--agent", "desk", "--session", session), text)
    } else {
      acknowledge(try memtrace(clone, "remember", text, "--agent", "desk"), text)
    }
  }

  private func decide(_ clone: Int) throws {
    guard let session = try knownSession(clone) else { return }
    let text = "decision \(random.next() % 1_000_000)"
    acknowledge(
      try memtrace(
        clone, "decide", text, "--reasoning", "because", "--agent", "desk", "--session", session),
      text)
  }

  private func openSession(_ clone: Int) throws {
    let outcome = try memtrace(
      clone, "session", "create", "--agent", "desk", "--meta", "customer=c1")
    #expect(outcome.status == 0, "\(outcome.output)")
    let id = outcome.output.split(whereSeparator: { " \n".contains($0) }).first {
      $0.hasPrefix("sess_")
    }
    if let id { sessions.append((String(id), clone)) }
  }

  private func session(_ clone: Int, _ verb: String, _ more: String...) throws {
    guard let session = try knownSession(clone) else { return }
    let outcome = try memtrace(clone, ["session", verb, session] + more)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  /// A person changes or removes one line and commits it with plain Git.
  private func edit(_ clone: Int, deleting: Bool) throws {
    let listed = try world.git("ls-files", "*memories.*.jsonl", in: path(clone)).split(
      separator: "\n")
    guard let file = listed.randomElement(using: &random).map(String.init),
      try world.git("status", "--porcelain", in: path(clone)).isEmpty,
      let text = try? String(contentsOfFile: "\(path(clone))/\(file)", encoding: .utf8)
    else { return }
    var lines = text.split(separator: "\n").map(String.init)
    guard !lines.isEmpty else { return }
    let at = Int.random(in: lines.indices, using: &random)
    guard let id = RecordLines(Array(lines[at].utf8)[...]).records.keys.first?.text else { return }
    acknowledged[id] = nil
    if deleting {
      lines.remove(at: at)
      deleted.insert(id)
    } else {
      lines[at] = lines[at].replacingOccurrences(
        of: "\"content\":\"", with: "\"content\":\"edit \(random.next() % 100) ")
    }
    let changed = lines.map { $0 + "\n" }.joined()
    try changed.write(toFile: "\(path(clone))/\(file)", atomically: true, encoding: .utf8)
    try world.git("commit", "-q", "-a", "--allow-empty", "-m", "by hand", in: path(clone))
  }

  private func pullByGit(_ clone: Int) throws {
    guard try world.git("status", "--porcelain", in: path(clone)).isEmpty else { return }
    let outcome = try world.run(
      ["git", "pull", "-q", "--no-rebase", "--no-edit", "origin", "main"], in: path(clone),
      environment: ["PATH": SyncWorld.searchPath])
    if outcome.status != 0 {
      // Deleted against edited is a conflict of Git's own, above any driver: a person gives up.
      _ = try world.run(["git", "merge", "--abort"], in: path(clone))
      counts["pull given up", default: 0] += 1
    }
  }

  func sync(_ clone: Int) throws {
    let outcome = try memtrace(clone, "sync")
    try #require(outcome.status == 0, "clone \(clone): \(outcome.output)")
  }

  private func pullFromPeer(_ clone: Int) throws {
    let peer = (clone + Int.random(in: 1..<5, using: &random)) % 5
    let outcome = try memtrace(clone, "pull", names[peer])
    #expect(outcome.status == 0, "\(clone) from \(peer): \(outcome.output)")
  }

  private func killedSync(_ clone: Int) throws {
    let process = Foundation.Process()
    process.executableURL = URL(fileURLWithPath: "\(SyncWorld.programs)/memtrace")
    process.arguments = ["sync"]
    process.currentDirectoryURL = URL(fileURLWithPath: path(clone))
    process.environment = [
      "HOME": world.path, "GIT_CONFIG_NOSYSTEM": "1", "PATH": SyncWorld.searchPath,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    usleep(UInt32.random(in: 0..<80_000, using: &random))
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  func settleClocks() { skew = [0, 0, 0, 0, 0] }

  func git(_ clone: Int, _ arguments: String...) throws -> String {
    let outcome = try world.run(["git"] + arguments, in: path(clone))
    #expect(outcome.status == 0, "\(outcome.output)")
    return outcome.output.trimmed
  }

  /// The last word on a session, said by a clone whose clock is a day behind.
  func lastWord() throws -> (session: String, mood: String)? {
    guard let session = sessions.first?.id else { return nil }
    skew[1] = -1
    let outcome = try memtrace(1, "session", "update", session, "--meta", "mood=last")
    #expect(outcome.status == 0, "\(outcome.output)")
    skew[1] = 0
    return (session, "last")
  }

  func mood(_ clone: Int, _ session: String) throws -> String {
    try memtrace(clone, "--json", "session", "show", session).output
  }
}

@Suite struct `Five clones` {
  /// 250 steps; 2,000 with `MEMTRACE_LONG=1`.
  @Test(arguments: SyncWorld.isLong ? [UInt64(1), 2, 3] : [1])
  func `converge whatever happened, with every record once`(seed: UInt64) throws {
    let team = try Team(seed: seed)
    for _ in 0..<(SyncWorld.isLong ? 2_000 : 250) { try team.step() }
    team.settleClocks()
    for clone in [0, 1, 2, 3, 4, 1] { try team.sync(clone) }
    let word = try team.lastWord()
    for _ in 0..<2 { for clone in 0..<5 { try team.sync(clone) } }
    let heads = try (0..<5).map { try team.git($0, "rev-parse", "HEAD") }
    #expect(Set(heads).count == 1)
    for clone in 0..<5 { try team.sync(clone) }
    #expect(
      try (0..<5).map { try team.git($0, "rev-parse", "HEAD") } == heads,
      "a further round made commits")
    for clone in 0..<5 {
      let status = try team.git(clone, "status", "--porcelain")
      #expect(status == "", "\(team.path(clone))")
      #expect(try team.git(clone, "fsck", "--strict", "--no-dangling") == "")
      if let word {
        #expect(try team.mood(clone, word.session).contains("\"mood\":\"\(word.mood)\""))
      }
    }
    var found: [String: [String]] = [:]
    for file in try team.git(0, "ls-files", "*.jsonl").split(separator: "\n") {
      let text = try String(contentsOfFile: "\(team.path(0))/\(file)", encoding: .utf8)
      #expect(!text.contains("<<<<<<<") && !text.contains(">>>>>>>"))
      let lines = RecordLines(Array(text.utf8)[...])
      #expect(lines.others.isEmpty, "\(file)")
      for (key, bytes) in lines.records {
        found[key.text, default: []] += bytes.map { String(decoding: $0, as: UTF8.self) }
      }
    }
    for (id, text) in team.acknowledged {
      #expect(
        found[id]?.count == 1 && found[id]?.first?.contains(text) == true,
        "\(id) \(text): \(found[id] ?? [])")
    }
    for (id, lines) in found { #expect(lines.count == 1, "\(id) stands \(lines.count) times") }
  }
}
