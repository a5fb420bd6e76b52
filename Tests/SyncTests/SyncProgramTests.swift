// The verbs of sharing as a person or a script calls them: what they print, and their exit codes.

import Foundation
import Testing

@testable import Memtrace

@Suite struct `The verbs of sharing` {
  @Test func `from an empty remote to two clones, each made its own way`() throws {
    let world = try SyncWorld()
    try world.makeHub()
    // A clone of the empty remote by plain Git becomes a memory in it.
    try world.git("clone", "-q", "hub.git", "ana")
    let ana = "\(world.path)/ana"
    try call(world, ["init", "."], in: ana)
    #expect(try call(world, ["sync"], in: ana) == "origin/main: sent, without new records\n")
    try call(world, ["remember", "from ana", "--agent", "desk"], in: ana)
    #expect(try call(world, ["sync"], in: ana) == "origin/main: sent 2 records\n")
    #expect(try call(world, ["clone", "hub.git", "ben"], in: world.path).hasPrefix("cloned into "))
    try world.git("clone", "-q", "hub.git", "cleo")
    for name in ["ben", "cleo"] {
      let folder = "\(world.path)/\(name)"
      #expect(try call(world, ["recall"], in: folder).contains("from ana"))
      try call(world, ["remember", "from \(name)", "--agent", "desk"], in: folder)
      #expect(try call(world, ["sync"], in: folder).contains("sent 1 record"))
      #expect(try call(world, ["sync"], in: folder) == "origin/main: up to date\n")
    }
    #expect(try call(world, ["pull"], in: ana) == "origin/main: received 2 records\n")
    #expect(try call(world, ["push"], in: ana) == "origin/main: up to date\n")
    let json = try call(world, ["--json", "sync", "origin"], in: ana)
    #expect(
      json.contains(
        #""received":0,"sent":0,"merged":0,"conflicts":0,"attempts":1,"commit":""#))
  }

  @Test func `a remote is added once, and listed without its password`() throws {
    let world = try SyncWorld()
    let ana = try world.makeClone("ana", remote: nil)
    let url = "https://desk:secret@example.invalid/memory.git"
    let added = try world.memtrace(["remote", "add", "origin", url], in: ana.path)
    #expect(added.status == 0 && !added.output.contains("secret"))
    let again = try world.memtrace(["remote", "add", "origin", url], in: ana.path)
    #expect(again.status == 4 && again.output.contains("there is a remote 'origin' already"))
    #expect(again.output.contains("remote set-url origin") && !again.output.contains("secret"))
    let list = try call(world, ["remote", "list"], in: ana.path)
    #expect(list.contains("https://desk@example.invalid/memory.git"))
    let none = try world.memtrace(["sync"], in: ana.path)
    #expect(none.status == 5 && none.output.contains("no such host: example.invalid"))
    #expect(!none.output.contains("secret"))
  }

  @Test func `a relative path to a remote counts from the work tree, wherever the call is made`()
    throws
  {
    let world = try SyncWorld()
    let ana = try world.makeTeam("ana")[0]
    try ana.git("remote", "set-url", "origin", "../hub.git")
    try ana.remember("one")
    try FileManager.default.createDirectory(
      atPath: "\(ana.path)/notes", withIntermediateDirectories: true)
    #expect(try call(world, ["-C", ana.path, "sync"], in: "/") == "origin/main: sent 2 records\n")
    #expect(try call(world, ["sync"], in: "\(ana.path)/notes") == "origin/main: up to date\n")
    #expect(try call(world, ["remote", "list"], in: ana.path).contains("\t../hub.git\n"))
  }

  @Test func `status says where the clone stands to its remote`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let (ana, ben) = (team[0], team[1])
    func status() throws -> JSON {
      try JSON(parsing: Array(call(world, ["--json", "status"], in: ana.path).utf8))
    }
    try ben.remember("from ben")
    try ben.sync()
    try ana.remember("one")
    try ana.remember("two")
    try ana.git("fetch", "-q")
    var now = try status()
    #expect(now["replica"]?.string?.isEmpty == false && now["branch"] == "main")
    #expect(now["head"]?.string == (try ana.head) && now["remote"] == "origin")
    #expect(now["ahead"]?.integer == 2 && now["behind"]?.integer == 1)
    #expect(now["uncommitted"]?.integer == 0 && now["quarantined"]?.integer == 0)
    #expect(now["locks"] == [] && now["last_sync"]?.string != nil)
    #expect(now["last_sync_failure"] == .null)
    // A person's merge under way: what is written waits. Somebody's Git holds the index.
    try ana.git("merge", "-q", "--no-commit", "--no-ff", "origin/main")
    try call(world, ["remember", "three", "--agent", "desk"], in: ana.path)
    try ana.write(".git/index.lock", "")
    now = try status()
    #expect(now["uncommitted"]?.integer == 1 && now["locks"] == ["index.lock"])
    let refused = try world.memtrace(["sync"], in: ana.path)
    #expect(refused.status == 1 && refused.output.contains("merge"), "\(refused.output)")
    try FileManager.default.removeItem(atPath: "\(ana.path)/.git/index.lock")
    try ana.git("merge", "--abort")
    try world.run(["mv", "hub.git", "away.git"])
    #expect(try world.memtrace(["sync"], in: ana.path).status == 5)
    #expect(try status()["last_sync_failure"]?.string?.contains("not a repository") == true)
    #expect(try call(world, ["status"], in: ana.path).contains("the last sync failed"))
  }

  @Test func `status says how far records of another clone lie in the future`() throws {
    try SyncWorld.require("faketime")
    let world = try SyncWorld()
    let ana = try world.makeTeam("ana")[0]
    let program = "\(SyncWorld.programs)/memtrace"
    let words = ["faketime", "-f", "+1d", program, "remember", "early", "--agent", "desk"]
    #expect(try world.run(words, in: ana.path).status == 0)
    try call(world, ["remember", "now", "--agent", "desk"], in: ana.path)
    let json = try JSON(parsing: Array(call(world, ["--json", "status"], in: ana.path).utf8))
    let skew = try #require(json["clock_skew_ms"]?.integer)
    #expect((86_000_000...86_400_000).contains(skew))
    #expect(try call(world, ["status"], in: ana.path).contains("minutes ahead"))
  }

  @Test func `a watch says once that the remote is away, and when it is back`() throws {
    let world = try SyncWorld()
    let ana = try world.makeTeam("ana")[0]
    let watch = try Watch(world, ["sync", "--watch", "1s"], in: ana.path)
    try ana.remember("one")
    #expect(watch.line() == "origin/main: sent 2 records")
    try world.run(["mv", "hub.git", "away.git"])
    let away = watch.line()
    #expect(away?.contains("is not a repository") == true)
    #expect(away?.contains("trying again in") == true)
    try ana.remember("two")
    try world.run(["mv", "away.git", "hub.git"])
    #expect(watch.line() == "back again · origin/main: sent 1 record")
  }

  @Test func `a watch that sleeps keeps nothing open of what came`() throws {
    let world = try SyncWorld()
    let team = try world.makeTeam("ana", "ben")
    let watch = try Watch(world, ["sync", "--watch", "1s"], in: team[1].path)
    for n in 0..<3 {
      try team[0].remember("\(n)")
      try team[0].sync()
      #expect(watch.line()?.contains("received") == true)
    }
    var open: [String] = []
    for _ in 0..<2_000 {
      open = watch.openFiles().filter { $0.contains("/objects/") }
      if open.isEmpty { break }
      usleep(10_000)
    }
    #expect(open == [])
  }

  @discardableResult
  private func call(_ world: SyncWorld, _ words: [String], in folder: String) throws -> String {
    let outcome = try world.memtrace(words, in: folder)
    #expect(outcome.status == 0, "\(words): \(outcome.output)")
    return outcome.output
  }
}

/// A program that goes on for ever, and ends with its owner.
private final class Watch {
  private let process = Foundation.Process()
  private let pipe = Pipe()
  private var rest = ""

  init(_ world: SyncWorld, _ words: [String], in folder: String) throws {
    process.executableURL = URL(fileURLWithPath: "\(SyncWorld.programs)/memtrace")
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = [
      "HOME": world.path, "GIT_CONFIG_NOSYSTEM": "1", "PATH": SyncWorld.searchPath,
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
  }

  deinit {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Paths of the files that it has open, or mapped.
  func openFiles() -> [String] {
    let folder = "/proc/\(process.processIdentifier)"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/fd")) ?? []
    let open = names.compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/fd/\($0)")
    }
    let maps = (try? String(contentsOfFile: folder + "/maps", encoding: .utf8)) ?? ""
    return open + maps.split(separator: "\n").map(String.init)
  }

  /// The next line that it says; nil where it has ended.
  func line() -> String? {
    while true {
      if let end = rest.firstIndex(of: "\n") {
        defer { rest = String(rest[rest.index(after: end)...]) }
        return String(rest[..<end])
      }
      let bytes = pipe.fileHandleForReading.availableData
      if bytes.isEmpty { return nil }
      rest += String(decoding: bytes, as: UTF8.self)
    }
  }
}
