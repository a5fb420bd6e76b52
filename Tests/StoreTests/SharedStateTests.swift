// Files of ours that all work trees of a clone share: who changes them at the same moment loses nothing.

import Dispatch
import Git
import Testing

@testable import Memtrace

struct SharedStateTests {
  private let clone: Clone
  private static let crowd = 24

  init() throws { clone = try TestWorld().clone() }

  /// Each in a thread, as if it were a process of another work tree.
  private func together(_ body: @escaping @Sendable (Int, Repository) throws -> Void) {
    let path = clone.path
    DispatchQueue.concurrentPerform(iterations: Self.crowd) { number in
      do {
        try body(number, try Repository.open(path: path))
      } catch {
        Issue.record("\(number): \(error)")
      }
    }
  }

  private static func id(_ number: Int) -> ObjectID {
    let digits = String(number, radix: 16)
    return ObjectID(hex: String(repeating: "0", count: 40 - digits.utf8.count) + digits)!
  }

  @Test func `erasures of several at once are all known`() throws {
    together { number, repository in
      let id = RecordID(
        .erasure, ULID(milliseconds: 1_790_000_000_000, random: (0, UInt64(number))))
      let line = ErasureLine().bytes(
        id, at: Timestamp(milliseconds: 1_790_000_000_000), by: "Ana", reason: nil)
      try KnownErasures(of: repository.commonFolder).add(Erasures(reading: line))
    }
    let repository = try Repository.open(path: clone.path)
    #expect(try KnownErasures(of: repository.commonFolder).all().lines.count == Self.crowd)
  }

  @Test func `what several want erased from history at once is wanted until each of it was tried`()
    throws
  {
    let path = clone.path
    @Sendable func id(_ number: Int) -> RecordID {
      RecordID(.erasure, ULID(milliseconds: 1_790_000_000_000, random: (0, UInt64(number))))
    }
    together { number, _ in
      let store = try Store.open(at: path, world: World(now: { Timestamp(milliseconds: 0) }))
      try store.wantHistory(id(number))
    }
    let wanted = path + "/.git/memtrace/history-wanted"
    #expect(try text(of: wanted).split(separator: "\n").count == Self.crowd)
    let store = try Store.open(at: path, world: World(now: { Timestamp(milliseconds: 0) }))
    try store.forgetWantedHistory([id(3)])
    #expect(try text(of: wanted).split(separator: "\n").count == Self.crowd - 1)
    try store.forgetWantedHistory((0..<Self.crowd).map(id))
    #expect(try !store.erasingIsUnderWay())
  }

  @Test func `tips that several saw at once are all remembered, and so is what each fetched`()
    throws
  {
    together { number, repository in
      var seen = try SeenTips(repository)
      try seen.set("origin/\(number)", to: Self.id(number))
      try FetchNotes(repository).add(FetchNotes.Note(tip: Self.id(number), had: []))
    }
    let repository = try Repository.open(path: clone.path)
    let seen = try SeenTips(repository)
    let notes = try FetchNotes(repository).all()
    for number in 0..<Self.crowd {
      #expect(seen["origin/\(number)"]?.id == Self.id(number))
      #expect(notes.contains { $0.tip == Self.id(number) })
    }
  }

  @Test func `removals that several counted at once are all counted, and stay confirmed`() throws {
    let repository = try Repository.open(path: clone.path)
    let early = try RemovalLedger(repository)
    together { number, repository in
      var ledger = try RemovalLedger(repository)
      var removals = Removals()
      for line in Self.lines() {
        removals.add(line, by: Culprit(commit: Self.id(number), author: "Ben"))
      }
      ledger.add(removals, isConfirmed: number % 2 == 0)
      try ledger.save()
    }
    var ledger = try RemovalLedger(repository)
    #expect(ledger.entries.count == Self.crowd)
    #expect(ledger.entries.count(where: \.isConfirmed) == Self.crowd / 2)
    ledger.confirm()
    try ledger.save()
    // Of somebody who read it before all that.
    var late = early
    try late.save()
    #expect(late.unconfirmed == 0 && late.entries.count == Self.crowd)
  }

  private static func lines() -> [LostLine] {
    let line = #"{"content":"x","session_id":"s","id":"mem_01M63F8CMT31VJ289AQE9GF7DE"}"# + "\n"
    return LineSet.lost(
      from: Array(line.utf8), to: [], at: "sessions/2026-10/29/09/s/memories.a.jsonl")
  }
}
