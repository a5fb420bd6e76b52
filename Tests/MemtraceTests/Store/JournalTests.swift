// The journal after cuts at every byte, and the ledger of replicas.

import Foundation
import Testing

@testable import Memtrace

@Suite struct JournalTests {
  private let path: String

  init() throws {
    let folder = NSTemporaryDirectory() + "memtrace-journal-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    path = folder + "/journal"
  }

  private func line(_ text: String) -> PendingLine {
    PendingLine(
      folder: "sessions/2026-11/22/14/s", file: FileName(.memories, replica: "k3v9x2aq"),
      bytes: Array((text + "\n").utf8))
  }

  private func open() throws -> (Journal, [PendingLine]) {
    let journal = try Journal(path, seed: 7)
    return (journal, try journal.load())
  }

  @Test func `what was appended is there after opening, in order, and gone after emptying`() throws
  {
    let lines = (0..<20).map { line("note \($0)") }
    let (journal, none) = try open()
    #expect(none.isEmpty)
    try journal.append(Array(lines[..<3]))
    for line in lines[3...] { try journal.append([line]) }
    #expect(try open().1 == lines)
    #expect(try Journal.read(path) == lines)
    try journal.empty()
    #expect(try open().1.isEmpty)
    try journal.append([lines[0]])
    #expect(try open().1 == [lines[0]])
  }

  @Test func `a write that was torn anywhere counts for nothing, and those before it stay`() throws
  {
    let (journal, _) = try open()
    try journal.append([line("first")])
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    try journal.append([line("second"), line("third")])
    let after = try Data(contentsOf: URL(fileURLWithPath: path))
    let end = try #require(after.lastIndex { $0 != 0 }) + 1
    let start = try #require((0..<end).first { before[$0] != after[$0] })
    for cut in start..<end {
      try (after[..<cut] + before[cut...]).write(to: URL(fileURLWithPath: path))
      let (reopened, found) = try open()
      #expect(found == [line("first")], "cut at \(cut)")
      // What comes next goes over the torn entry.
      if cut == start || cut == end - 1 {
        try reopened.append([line("next")])
        #expect(try open().1 == [line("first"), line("next")])
      }
    }
  }

  @Test func `lines of an older generation behind the end do not come back`() throws {
    let (journal, _) = try open()
    for number in 0..<5 { try journal.append([line("old \(number)")]) }
    try journal.empty()
    try journal.append([line("new")])
    #expect(try open().1 == [line("new")])
  }

  @Test func `while one file is committed, the other takes new lines`() throws {
    let (journal, _) = try open()
    try journal.append([line("one")])
    let turned = try journal.turn()
    try journal.append([line("two")])
    #expect(journal.older != nil)
    #expect(try Journal.read(path) == [line("one"), line("two")])
    #expect(try open().1 == [line("one"), line("two")])
    try turned.empty()
    journal.otherIsEmpty()
    #expect(journal.older == nil)
    #expect(try open().1 == [line("two")])
  }

  @Test func `bytes that are no journal are an empty one`() throws {
    for bytes in [Data(), Data(repeating: 0xFF, count: 31), Data(repeating: 0x4D, count: 5_000)] {
      try bytes.write(to: URL(fileURLWithPath: path))
      #expect(try open().1.isEmpty)
      #expect(try Journal.read(path).isEmpty)
    }
  }

  @Test func `a ledger says what it said, the newest first, and drops what it cannot read`() throws
  {
    let fingerprint = Ledger.Fingerprint(device: .max, inode: 5, machine: "m", since: -1)
    var ledger = Ledger(parsing: nil)
    ledger.name = "laptop"
    for id in ["aaaa", "bbbb", "aaaa"] {
      ledger.record(
        Ledger.Entry(
          id: id, branch: "refs/heads/main", tip: nil, indexedAt: nil, fingerprint: fingerprint))
    }
    let read = Ledger(parsing: ledger.text)
    #expect(read.name == "laptop" && read.entries.map(\.id) == ["aaaa", "bbbb"])
    #expect(read.newest?.fingerprint == fingerprint && read.text == ledger.text)
    #expect(Ledger(parsing: Array("{not json".utf8)).entries.isEmpty)
    #expect(Ledger(parsing: Array(#"{"replicas":[{"id":"../x"}]}"#.utf8)).entries.isEmpty)
  }
}
