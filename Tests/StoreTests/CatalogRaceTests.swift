// What is written, erased or switched to while a catalog that stays open reads files, at the worst moment.

import Glibc
import Synchronization
import System
import Testing

@testable import Memtrace

struct CatalogRaceTests {
  private let clone: Clone
  private let session: String

  init() throws {
    clone = try TestWorld().clone()
    session = try clone.openSession()
  }

  /// Done once, at the first call.
  private final class Moment: Sendable {
    private let body = Mutex<(@Sendable () throws -> Void)?>(nil)

    func arm(_ body: @escaping @Sendable () throws -> Void) { self.body.withLock { $0 = body } }

    func comes() throws {
      let body = self.body.withLock { body in
        defer { body = nil }
        return body
      }
      try body?()
    }
  }

  /// A folder in which something happens between the reading of a file and what is made of it.
  private struct Watched: FileTree {
    let folder: Folder
    let hasRead: Moment

    func stamp(_ file: String) throws -> FileStamp? { try folder.stamp(file) }

    func readStamped(_ file: String) throws -> (bytes: [UInt8], stamp: FileStamp)? {
      let found = try folder.readStamped(file)
      try hasRead.comes()
      return found
    }

    func read(
      _ file: String, _ pieces: [Range<Int>], at stamp: FileStamp
    ) throws -> [ArraySlice<UInt8>]? {
      try folder.read(file, pieces, at: stamp)
    }

    func walk(_ place: String, _ body: (String, [UInt8], FileStamp) throws -> Void) throws {
      try folder.walk(place) { path, bytes, stamp in
        try hasRead.comes()
        try body(path, bytes, stamp)
      }
    }

    func walk(_ place: String, stamps body: (String, FileStamp) throws -> Void) throws {
      try folder.walk(place, stamps: body)
    }
  }

  private func erasures(of id: RecordID) -> Erasures {
    var erasures = Erasures()
    erasures.insert(.whole(id))
    if let session = SessionID(session) { erasures.places.insert(session) }
    return erasures
  }

  /// Erases at that moment, on a thread of its own: for what is left to do it waits until the files are read.
  private func erase(_ id: RecordID, from catalog: Catalog, at moment: Moment) -> Signal {
    let isDone = Signal()
    moment.arm { [erasures = erasures(of: id)] in
      try startThread {
        try? catalog.know(erasures)
        isDone.post()
      }
      while catalog.erasures != erasures { usleep(1_000) }
    }
    return isDone
  }

  /// - Parameter few: files up to which nothing becomes a segment.
  @Test(arguments: [0, 128])
  func `what is erased while its file is read does not come back with it`(few: Int) throws {
    let text = try clone.remember("the secret of Anna", session)
    let id = try #require(RecordID(text))
    let hasRead = Moment()
    let catalog = Catalog(
      Watched(folder: try Folder(clone.path), hasRead: hasRead), files: nil,
      limits: CatalogLimits(few: few), waiting: { [] })
    try catalog.open(at: nil, []) { _ in }
    #expect(try catalog.memory(id) != nil)
    // A person has touched the file, and an erasure comes when it is read anew.
    let path = try #require(clone.files(of: session).first { $0.contains("memories.") })
    try #require(utimes(path, nil) == 0)
    let isErased = erase(id, from: catalog, at: hasRead)
    try catalog.sweep()
    #expect(isErased.wait(milliseconds: 60_000))
    #expect(try catalog.memory(id) == nil)
    // The same while everything is read anew.
    let other = Catalog(
      Watched(folder: try Folder(clone.path), hasRead: hasRead), files: nil,
      limits: CatalogLimits(few: few), waiting: { [] })
    let isErasedThere = erase(id, from: other, at: hasRead)
    try other.open(at: nil, []) { _ in }
    #expect(isErasedThere.wait(milliseconds: 60_000))
    #expect(try other.memory(id) == nil)
  }

  @Test(arguments: [0, 128])
  func `what is written while everything is read anew stays`(few: Int) throws {
    try clone.remember("first", session)
    try #require(mkdir(clone.path + "/.git/rebase-merge", 0o755) == 0)
    let text = try clone.remember("while somebody switches", session)
    let id = try #require(RecordID(text))
    let store = try Store.open(at: clone.path, world: .current)
    let lines = try store.waiting()
    #expect(lines.contains { $0.id == id })
    let hasLooked = Moment()
    let catalog = Catalog(
      try Folder(clone.path), files: nil, limits: CatalogLimits(few: few),
      waiting: {
        try hasLooked.comes()
        return []
      })
    try catalog.open(at: nil, []) { _ in }
    // The journal was empty when it was looked at, and the writer is quicker than the reading.
    let isAdded = Signal()
    hasLooked.arm {
      try startThread {
        try? catalog.add(lines)
        isAdded.post()
      }
      // It may have to wait until everything is read.
      if isAdded.wait(milliseconds: 200) { isAdded.post() }
    }
    try catalog.reopen(store)
    #expect(isAdded.wait(milliseconds: 60_000))
    #expect(try catalog.memory(id) != nil)
  }

  @Test func `what waits for one branch is not seen on another one`() throws {
    try clone.git("branch", "other")
    let live = try clone.live()
    defer { live.stop() }
    let text = try live.remember("acknowledged on main", session)
    let id = try #require(RecordID(text))
    try clone.git("switch", "-q", "other")
    for _ in 0..<100 where try live.catalog.memory(id) != nil { usleep(100_000) }
    #expect(try live.catalog.memory(id) == nil)
    usleep(1_000_000)
    #expect(try live.catalog.memory(id) == nil, "nor later")
    try clone.git("switch", "-q", "main")
    for _ in 0..<100 where try live.catalog.memory(id) == nil { usleep(100_000) }
    #expect(try live.catalog.memory(id) != nil)
  }
}
