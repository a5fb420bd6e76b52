// Random histories of four clones, without a network: what one clone merges, every clone merges alike.

import Foundation
import Git
import Glibc
import Testing

@testable import Memtrace

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// Four clones as four commits in one object store, in memory where the machine has a file system for that.
private final class History {
  let repository: Repository
  private var random: SeededGenerator
  private var clock: Int64 = 1_700_000_000
  var tips: [ObjectID]
  /// Every id that was ever written, less those that a person deleted or edited.
  var untouched: [String: String] = [:]
  var deleted = Set<String>()
  var written = Set<String>()

  init(seed: UInt64, in repository: Repository) throws {
    self.repository = repository
    random = SeededGenerator(seed: seed)
    let blob = try repository.writeBlob(Array("{\"format\":1}\n".utf8))
    let tree = try repository.updateTree(
      base: nil, [.upsert(path: ".memtrace/config.json", id: blob, mode: .file)])
    let who = Signature(name: "t", email: "t@agents.invalid", seconds: clock)
    let root = try repository.createCommit(
      tree: tree, parents: [], author: who, committer: who, message: "init\n")
    tips = Array(repeating: root, count: 4)
  }

  func step() throws {
    let clone = Int.random(in: 0..<4, using: &random)
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<8: try append(clone, replica: clone)
    // A copied clone: two write one file.
    case 8: try append(clone, replica: (clone + 1) % 4)
    case 9..<11: try edit(clone)
    case 11: try delete(clone)
    case 12: try deleteFile(clone)
    default: try pull(clone, from: (clone + Int.random(in: 1..<4, using: &random)) % 4)
    }
  }

  private func path(_ replica: Int) -> String {
    "sessions/2026-11/22/\(10 + Int.random(in: 0..<2, using: &random))/s/memories.r\(replica).jsonl"
  }

  private func append(_ clone: Int, replica: Int) throws {
    let path = path(replica)
    var text = try read(clone, path) ?? ""
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let id = MergeKey(
        prefix: "mem_",
        ulid: ULID(milliseconds: clock * 1_000, random: (0, random.next()))
      ).text
      let line = "{\"content\":\"\(random.next() % 100)\",\"id\":\"\(id)\"}"
      text += line + "\n"
      untouched[id] = line
      written.insert(id)
    }
    try commit(clone, path, text)
  }

  private func edit(_ clone: Int) throws {
    try rewrite(clone) { lines in
      let at = Int.random(in: lines.indices, using: &random)
      let id = Self.id(lines[at])
      untouched[id] = nil
      lines[at] = "{\"content\":\"edit \(random.next() % 100)\",\"id\":\"\(id)\"}"
    }
  }

  private func delete(_ clone: Int) throws {
    try rewrite(clone) { lines in
      let id = Self.id(lines.remove(at: Int.random(in: lines.indices, using: &random)))
      untouched[id] = nil
      deleted.insert(id)
    }
  }

  private func deleteFile(_ clone: Int) throws {
    try rewrite(clone) { lines in
      for id in lines.map(Self.id) {
        untouched[id] = nil
        deleted.insert(id)
      }
      lines = []
    }
  }

  private func rewrite(_ clone: Int, _ change: (inout [String]) -> Void) throws {
    let path = path(Int.random(in: 0..<4, using: &random))
    var lines = (try read(clone, path) ?? "").split(separator: "\n").map(String.init)
    guard !lines.isEmpty else { return }
    change(&lines)
    try commit(clone, path, lines.map { $0 + "\n" }.joined())
  }

  func pull(_ clone: Int, from other: Int) throws {
    let (mine, theirs) = (tips[clone], tips[other])
    if try repository.isAncestor(theirs, of: mine) { return }
    if try repository.isAncestor(mine, of: theirs) {
      tips[clone] = theirs
      return
    }
    let merge = try repository.mergeCommit(mine, theirs)
    let reverse = try repository.mergeCommit(theirs, mine)
    #expect(merge.commit == reverse.commit)
    #expect(merge.conflicts == reverse.conflicts)
    tips[clone] = try #require(merge.commit)
  }

  private func commit(_ clone: Int, _ path: String, _ text: String) throws {
    clock += Int64.random(in: -2...5, using: &random)
    let old = try repository.commit(tips[clone])
    let update: TreeUpdate =
      text.isEmpty
      ? .remove(path: path)
      : .upsert(path: path, id: try repository.writeBlob(Array(text.utf8)), mode: .file)
    let who = Signature(name: "c\(clone)", email: "c@agents.invalid", seconds: clock)
    tips[clone] = try repository.createCommit(
      tree: try repository.updateTree(base: old.tree, [update]), parents: [old.id], author: who,
      committer: who, message: "remember\n")
  }

  private func read(_ clone: Int, _ path: String) throws -> String? {
    let tree = try repository.commit(tips[clone]).tree
    return try repository.treeEntry(in: tree, path).map {
      String(decoding: try repository.blob($0.id), as: UTF8.self)
    }
  }

  /// Every line of a clone by its id, with how often the id stands there.
  func lines(_ clone: Int) throws -> [String: [String]] {
    var found: [String: [String]] = [:]
    try repository.walk(repository.commit(tips[clone]).tree, under: "sessions") { _, entry in
      for line in String(decoding: try repository.blob(entry.id), as: UTF8.self).split(separator: "\n") {
        found[Self.id(String(line)), default: []].append(String(line))
      }
    }
    return found
  }

  private static func id(_ line: String) -> String {
    RecordLines(Array(line.utf8)[...]).records.keys.first!.text
  }
}

@Suite struct `Merging random histories` {
  @Test(arguments: [UInt64(0), 500, 1_000])
  func `two clones that merge the same pair make the same commit, and no record is lost or doubled`(
    firstSeed: UInt64
  ) throws {
    let inMemory = access("/dev/shm", W_OK) == 0
    let folder = "\(inMemory ? "/dev/shm" : "/tmp")/memtrace-merge-\(getpid())-\(firstSeed)"
    let repository = try Repository.initialize(path: folder, bare: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for seed in firstSeed..<firstSeed + 500 {
      let history = try History(seed: seed, in: repository)
      for _ in 0..<20 { try history.step() }
      // A last round through clone 0, as through a hub.
      for clone in 1..<4 { try history.pull(0, from: clone) }
      for clone in 1..<4 { try history.pull(clone, from: 0) }
      #expect(Set(history.tips).count == 1, "seed \(seed)")
      let lines = try history.lines(0)
      for (id, line) in history.untouched {
        #expect(lines[id] == [line], "seed \(seed)")
      }
      for id in history.written.subtracting(history.deleted) {
        #expect(lines[id]?.count == 1, "seed \(seed): \(id)")
      }
      for (id, found) in lines { #expect(found.count == 1, "seed \(seed): \(id) stands \(found.count) times") }
      for id in lines.keys where !history.written.contains(id) {
        #expect(lines[id]?.first?.contains("\"event_type\":\"conflict\"") == true, "seed \(seed)")
      }
    }
  }
}
