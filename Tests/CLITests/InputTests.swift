// Text from standard input.

import Glibc
import Testing

@testable import MemtraceCLI

struct InputTests {
  @Test(arguments: [
    ("", ""), ("text", "text"), ("text\n", "text"), ("a\nb\n\n", "a\nb\n"),
    ("Grüß\u{1B}", "Grüß\u{1B}"), ("12345678\n", "12345678"),
  ])
  func `the line feed at the end is not part of the text`(piped: String, text: String) throws {
    #expect(try read(Array(piped.utf8), limit: 8) == text)
  }

  @Test func `too much is refused without reading on`() throws {
    let error = #expect(throws: UsageError.self) {
      try read(Array(repeating: 0x61, count: 60_000), limit: 1_000)
    }
    #expect(error?.message == "standard input has more than 1,000 bytes")
    #expect(throws: UsageError.self) { try read(Array("123456789".utf8), limit: 8) }
  }

  @Test func `bytes that are no UTF-8 are refused`() {
    let error = #expect(throws: UsageError.self) { try read([0x61, 0xC3], limit: 8) }
    #expect(error?.message == "standard input is not valid UTF-8")
  }

  private func read(_ bytes: [UInt8], limit: Int) throws -> String {
    let pipe = try Pipe()
    defer { close(pipe.readEnd) }
    try Output(descriptor: pipe.writeEnd).write(bytes)
    close(pipe.writeEnd)
    return try StandardInput(descriptor: pipe.readEnd).text(limit: limit)
  }
}
