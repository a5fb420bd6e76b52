// What a commit holds, read by way of what is kept of the work tree, beside the commit's files alone.

import Foundation
import Git
import System
import Testing

@testable import Memtrace

struct CommitCatalogTests {
  private static let isLong = ProcessInfo.processInfo.environment["MEMTRACE_LONG"] != nil

  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
  }

  private func commit(_ message: String) throws -> Commit {
    try clone.git("add", "-A")
    try clone.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message)
    let repository = try Repository.open(path: clone.path)
    return try repository.commit(try #require(repository.head().commit))
  }

  /// Segments, as a large repository has them.
  private func keep(_ store: Store) throws {
    let head = try store.repository().head().commit.map(KnownCommit.init)
    let catalog = Catalog(
      store.folder, files: CatalogFiles(store.place),
      limits: CatalogLimits(few: 2, many: 2, segments: 3), waiting: { [] })
    try catalog.open(at: head, []) { try catalog.follow(from: $0, to: head, store) }
  }

  @Test(arguments: 0..<(isLong ? 100 : 6))
  func `commits before and after the kept one answer as their own files do`(seed: Int) throws {
    let files = try RandomFiles(seed: UInt64(3_000 + seed), in: clone.path)
    var commits: [Commit] = []
    for round in 0..<8 {
      for _ in 0...files.below(20) { try files.step() }
      try files.commit()
      commits.append(try commit("round \(round)"))
      let store = try Store.open(at: clone.path, world: .current)
      if files.below(2) == 0 { try keep(store) }
      // What is in no commit, and in no segment either.
      for _ in 0..<files.below(3) { try files.step() }
      try files.commit()
      let wanted = commits[files.below(commits.count)]
      let plain = try Catalog.of(
        CommittedFiles(store.repository(), tree: wanted.tree), identityKeys: ["customer_id"])
      let most = files.below(3) == 0 ? 2 : Int.max
      let quick = try Catalog.of(
        wanted, store, limits: CatalogLimits(small: 0, muchChanged: most))
      // When agents were last active is known of all that was ever kept.
      func steady(_ catalog: Catalog) throws -> [String] {
        try files.answers(catalog).filter { !$0.hasPrefix("agents ") }
      }
      expectAlike(try steady(quick), try steady(plain), "seed \(seed), round \(round)")
    }
  }

  @Test func `an edit that is in no commit is not taken for a commit's`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    let id = try clone.remember("The router is on 2.1", session)
    try clone.remember("Patient", session)
    let file = try clone.git("ls-files", "*/memories*")
    let text = try String(contentsOfFile: "\(clone.path)/\(file)", encoding: .utf8)
    try text.replacing("2.1", with: "2.9").write(
      toFile: "\(clone.path)/\(file)", atomically: false, encoding: .utf8)
    let store = try Store.open(at: clone.path, world: .current)
    try keep(store)
    let repository = try store.repository()
    let head = try repository.commit(try #require(repository.head().commit))
    let catalog = try Catalog.of(head, store, limits: CatalogLimits(small: 0))
    let record = try #require(RecordID(id))
    #expect(try store.records().memory(record)?.content == "The router is on 2.9")
    #expect(try catalog.memory(record)?.content == "The router is on 2.1")
    #expect(
      try catalog.sessions(matching: []).flatMap(\.memories).map(\.content)
        == ["The router is on 2.1", "Patient"])
  }

  @Test func `nobody reads a hidden folder, of a commit either`() throws {
    let session = try clone.openSession("desk", "customer_id=c1")
    try clone.remember("Here", session)
    let store = try Store.open(at: clone.path, world: .current)
    try keep(store)
    try clone.git("mv", "sessions", "kept")
    try world.run(["mkdir", "sessions"], in: clone.path)
    try clone.git("mv", "kept", "sessions/.done")
    let moved = try commit("tidy")
    let files = try CommittedFiles(store.repository(), tree: moved.tree)
    for catalog in [
      try Catalog.of(moved, store, limits: CatalogLimits(small: 0)), try Catalog.of(files),
    ] {
      #expect(try catalog.sessions(matching: []).isEmpty)
    }
    // Nor does what follows HEAD.
    try keep(store)
    #expect(try Catalog.of(moved, store, limits: CatalogLimits(small: 0)).counts.memories == 0)
  }
}
