// The demo's story, as the README's reader sees it.
import Foundation
import Memtrace
import Testing

@testable import MemtraceCLI

struct DemoTests {
  private static let project = (0..<3).reduce(URL(filePath: #filePath)) { url, _ in
    url.deletingLastPathComponent()
  }

  private func demo(_ input: JSON, in folder: String) throws -> Demo {
    let world = World(now: { Timestamp(rfc3339: "2026-11-22T12:00:00Z")! })
    return try Demo(input, in: Call(world: world, directory: folder), screen: .plain)
  }

  private func transcript(_ demo: Demo) throws -> String {
    guard case .raw(let bytes) = demo.display else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `each department sees what the ones before it did, and why`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "demo-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let story = try transcript(demo(["directory": .string(folder)], in: Self.project.path))
    let contexts = story.components(separatedBy: "$ memtrace context ").dropFirst()
      .map { $0.components(separatedBy: "$ ")[0] }
    #expect(contexts.count >= 3)
    // The TV agent reads of internet support, billing of both.
    #expect(contexts[0].contains("internet-support: “Send router firmware update instructions"))
    #expect(contexts[0].contains("the update to 2.4 resolved the same complaint"))
    #expect(contexts[1].contains("HBO charge inquiry requires billing agent expertise” (dec_"))
    #expect(contexts[1].contains("internet-support"))
    // The call centre finds the customer by phone, with what she prefers.
    #expect(contexts[2].contains("prefers e-mail over phone calls"))
    // What two clones wrote apart, each has in the end.
    #expect(contexts[3].contains("billing-support: “Credit 14.99"))
    #expect(contexts[3].contains("support-agent-17: “Customer calls about the HBO charge"))
    #expect(story.contains("received 1 record"))
    #expect(story.contains("decide: 1 decision · sess_"))
  }

  @Test func `it makes its folder itself, and takes no other`() throws {
    let error = #expect(throws: MemtraceError.self) {
      try demo(["directory": "/tmp"], in: Self.project.path)
    }
    #expect(error?.kind == .conflict)
  }

  @Test func `without a sample it says where there is one`() throws {
    let error = #expect(throws: MemtraceError.self) { try demo([:], in: "/") }
    #expect(error?.kind == .notFound)
    #expect(error?.hint?.contains("--from") == true)
  }

  @Test(arguments: [
    ("plain-word", "plain-word"), ("two words", "'two words'"), ("don't", #""don't""#),
    (#"don't pay $5"#, #"'don'\''t pay $5'"#), ("", "''"),
  ])
  func `words are quoted as a shell takes them`(word: String, quoted: String) {
    #expect(DemoStage.quoted(word) == quoted)
  }
}
