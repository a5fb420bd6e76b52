// What Git's index and packs say of a work tree, beside the files themselves.

import Foundation
import Git
import System
import Testing

@testable import Memtrace

struct CheckedOutFilesTests {
  private let world: TestWorld
  private let clone: Clone

  init() throws {
    world = try TestWorld()
    clone = try world.clone()
    for number in 0..<80 {
      try write("{\"line\":\(number)}\n", to: path(number))
    }
    // Older than the index, or their times say nothing.
    try world.run(
      ["sh", "-c", "find sessions -type f | xargs touch -d '1 hour ago'"], in: clone.path)
    try clone.git("add", ".")
    try clone.git("commit", "-q", "-m", "files", "--no-verify")
    try clone.git("gc", "-q")
  }

  private func path(_ number: Int) -> String {
    let day = number % 7 + 10
    return "sessions/2026-11/\(day)/0\(number % 3)/session-\(number)/memories.k3v9x2aq.jsonl"
  }

  private func write(_ text: String, to path: String) throws {
    let url = URL(fileURLWithPath: "\(clone.path)/\(path)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private struct Found: Equatable {
    let text: String
    let stamp: FileStamp
  }

  private func checkedOut(_ store: Store) throws -> CheckedOutFiles? {
    let head = try store.repository().head().commit.map(KnownCommit.init)
    return try CheckedOutFiles(store, at: head, many: 10)
  }

  private func read(_ files: CheckedOutFiles) throws -> [String: Found] {
    var found: [String: Found] = [:]
    let isRead = try files.walk(Layout.recordRoots) { path, bytes, stamp in
      found[path] = Found(text: String(decoding: bytes, as: UTF8.self), stamp: stamp)
    }
    #expect(isRead)
    return found
  }

  private func readFolder(_ store: Store) throws -> [String: Found] {
    var found: [String: Found] = [:]
    var paths: [String] = []
    for root in Layout.recordRoots {
      try store.folder.walk(root) { path, bytes, stamp in
        found[path] = Found(text: String(decoding: bytes, as: UTF8.self), stamp: stamp)
        paths.append(path)
      }
    }
    #expect(paths == paths.sorted())
    return found
  }

  @Test func `files of a commit are what they are in the work tree`() throws {
    let store = try Store.open(at: clone.path, world: .current)
    let found = try read(try #require(try checkedOut(store)))
    #expect(found.count == 80)
    #expect(try found == readFolder(store))
  }

  @Test func `what the index does not vouch for is read from the files`() throws {
    try write("{\"line\":\"staged\"}\n", to: path(1))
    try clone.git("add", path(1))
    try write("{\"line\":2}\r\n", to: path(2))
    try clone.git("add", path(2))
    try clone.git("rm", "-q", "--cached", path(3))
    try write("{\"line\":\"another\"}\n", to: path(3))
    try clone.git("rm", "-q", path(4))
    let store = try Store.open(at: clone.path, world: .current)
    let found = try read(try #require(try checkedOut(store)))
    #expect(found.count == 79)
    #expect(try found == readFolder(store))
  }

  @Test func `an edit that Git does not know of shows in the stamp`() throws {
    let store = try Store.open(at: clone.path, world: .current)
    let files = try #require(try checkedOut(store))
    try write("{\"line\":\"edited\"}\n", to: path(5))
    let found = try read(files)
    let now = try readFolder(store)
    #expect(found[path(5)]?.text == "{\"line\":5}\n")
    #expect(found[path(5)]?.stamp != now[path(5)]?.stamp)
    #expect(found.filter { $0.key != path(5) } == now.filter { $0.key != path(5) })
  }

  @Test func `a copied folder is read itself`() throws {
    try world.run(["cp", "-r", clone.path, "\(clone.path)-copy"], in: clone.path)
    #expect(try checkedOut(Store.open(at: "\(clone.path)-copy", world: .current)) == nil)
  }
}
