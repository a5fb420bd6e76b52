// The sample is a memory repository that our own code could have written, line by line.
import Foundation
import System
import Testing

@testable import Memtrace

struct SampleTests {
  private let folder: Folder

  init() throws { folder = try Folder(projectFolder.appending(path: "sample-repo").path) }

  private func files() throws -> [(path: String, bytes: [UInt8])] {
    var files: [(path: String, bytes: [UInt8])] = []
    for root in Layout.recordRoots { try folder.walk(root) { files.append(($0, $1)) } }
    return files
  }

  @Test func `every line is written as we would write it, in the folder where it belongs`() throws {
    for file in try files() {
      var written: [UInt8] = []
      file.bytes.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          switch line.record() {
          case .memory(let memory):
            memory.appendLine(to: &written)
            let place = Layout.place(of: memory)
            #expect(file.path.hasPrefix("\(place.folder)/\(place.kind.rawValue)."))
          case .event(let event):
            event.appendLine(to: &written)
            let place = Layout.place(of: event)
            #expect(file.path.hasPrefix("\(place.folder)/\(place.kind.rawValue)."))
          case let other: Issue.record("\(file.path):\(line.number): \(other)")
          }
        }
      }
      #expect(written == file.bytes, "\(file.path)")
    }
  }

  @Test func `check finds nothing wrong with it`() throws {
    var check = LineCheck(
      now: Timestamp(rfc3339: "2026-11-22T12:00:00Z")!,
      try Configuration(parsing: Array("{\"format\":1}".utf8)))
    for file in try files() { check.read(file.path, file.bytes) }
    #expect(check.problems.isEmpty, "\(check.problems)")
  }

  @Test func `it holds what a support memory holds`() throws {
    let catalog = try Catalog.of(folder)
    let sessions = try catalog.sessions()
    let memories = try catalog.memories(MemoryFilter())
    #expect(sessions.count >= 10)
    #expect(Set(sessions.map(\.status)) == [.active, .closed])
    let span = sessions.last!.createdAt.milliseconds - sessions.first!.createdAt.milliseconds
    #expect(span > 21 * 86_400_000)
    let agents = ["internet-support", "tv-support", "billing-support", "support-agent-17"]
    #expect(Set(try catalog.agents().map(\.id)).isSuperset(of: agents))
    let tags = Set(memories.flatMap(\.tags))
    #expect(
      tags.isSuperset(of: ["preference", "sentiment", "handoff_needed", "photo", "resolved"]))
    #expect(memories.filter { $0.kind == .decision }.allSatisfy { $0.reasoning != nil })
    #expect(memories.contains { $0.kind == .entity })
    #expect(memories.contains { $0.eventType == "correction" && $0.parent != nil })
    #expect(memories.contains { $0.metadata?.json["photo_file_id"] != nil })
    let replicas = Set(
      try files().compactMap { FileName($0.path.split(separator: "/").last!)?.replica })
    #expect(replicas == ["desk-a7k2", "callcenter-q3x9"])
  }
}
