// Every example in docs/FORMAT.md, read by the code that reads repositories.
import Foundation
import Testing

@testable import Memtrace

/// Where `docs` and `sample-repo` stand.
let projectFolder = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in
  url.deletingLastPathComponent()
}

/// The fenced blocks of a document, by the word after the fence.
private struct Blocks {
  private var blocks: [String: [[String]]] = [:]

  init(of path: String) throws {
    let file = projectFolder.appending(path: path)
    var current: (kind: String, lines: [String])?
    for line in try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n") {
      guard line.hasPrefix("```") else {
        current?.lines.append(line)
        continue
      }
      if let block = current {
        blocks[block.kind, default: []].append(block.lines)
        current = nil
      } else {
        current = (String(line.dropFirst(3)), [])
      }
    }
  }

  /// All lines of one kind of block; there must be some.
  func lines(_ kind: String) throws -> [String] {
    try #require(blocks[kind]).flatMap(\.self)
  }
}

private func record(_ line: String) -> Record {
  var found = Record.unknown(nil)
  Array(line.utf8).withUnsafeBytes { buffer in scanLines(buffer) { found = $0.record() } }
  return found
}

struct FormatDocTests {
  private let document: Blocks

  init() throws { document = try Blocks(of: "docs/FORMAT.md") }

  @Test func `example lines are read, and written again byte for byte`() throws {
    let lines = try document.lines("jsonl")
    #expect(lines.count > 10)
    for line in lines {
      var bytes: [UInt8] = []
      switch record(line) {
      case .memory(let memory):
        memory.appendLine(to: &bytes)
        #expect(memory.time.milliseconds == memory.id.ulid.milliseconds)
      case .event(let event):
        event.appendLine(to: &bytes)
        if case .unknown = event.change { Issue.record("an unknown event: \(line)") }
      case .review(let review): bytes = review.line
      case let other: Issue.record("\(other): \(line)")
      }
      #expect(String(decoding: bytes, as: UTF8.self) == line + "\n")
    }
  }

  @Test func `every kind of event has an example`() throws {
    var seen: Set<String> = []
    for line in try document.lines("jsonl") {
      if let event = try JSON(parsing: Array(line.utf8))["event"]?.string { seen.insert(event) }
    }
    let all = ["opened", "metadata", "closed", "reopened", "first_used", "registered", "removed"]
    #expect(seen == Set(all))
  }

  @Test func `lines that the document calls invalid are invalid`() throws {
    for line in try document.lines("invalid") {
      guard case .invalid = record(line) else {
        Issue.record("read as \(record(line)): \(line)")
        continue
      }
    }
  }

  @Test func `lines of other writers and later versions are read`() throws {
    let kinds = try document.lines("foreign").map { line in
      switch record(line) {
      case .memory: "memory"
      case .event(let event): event.change == .unknown("archived") ? "unknown event" : "event"
      case .review: "review"
      case .unknown: "unknown"
      case .invalid(let problem, _): problem
      }
    }
    #expect(kinds == ["memory", "memory", "unknown event", "unknown", "unknown"])
  }

  @Test func `sessions stand where the document says`() throws {
    for line in try document.lines("paths") {
      let words = line.split(separator: " ").map(String.init)
      let id = try #require(SessionID(words[0]))
      #expect(Layout.folder(of: id) == words[1])
    }
  }

  @Test func `agents have the ids and folders that the document says`() throws {
    for line in try document.lines("agents") {
      let words = line.components(separatedBy: "  ").filter { !$0.isEmpty }
        .map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(AgentName.id(of: words[0]) == words[1])
      #expect(Layout.folder(ofAgent: words[1]) == words[2])
    }
  }

  @Test func `the example of an import gives exactly those files`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "format-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let world = World(now: { Timestamp(milliseconds: 1_793_000_000_000) })
    let store = try Store.initialise(
      folder, organisation: "teleco", replica: nil, source: nil, world: world)
    var plan = try ImportPlan(store: store, now: world.now())
    try plan.read(Array(document.lines("rows").joined(separator: "\n").utf8)) { _ in }
    let files = plan.takeFiles().map {
      [$0.path, String(decoding: $0.bytes.dropLast(), as: UTF8.self)]
    }
    #expect(try files.flatMap(\.self) == document.lines("files"))
  }

  @Test func `the example of a configuration is what init writes`() throws {
    let text = try document.lines("json").joined(separator: "\n") + "\n"
    #expect(Array(text.utf8) == Configuration.text(organisation: "teleco"))
  }
}
