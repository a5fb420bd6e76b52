// Bytes on their way out: whole, to a reader that went away, and to a full disk.

import Glibc
import Synchronization
import System
import Testing

@testable import MemtraceCLI

struct OutputTests {
  @Test func `all bytes arrive although a pipe takes few at a time`() throws {
    let pipe = try Pipe()
    let end = pipe.writeEnd
    #expect(fcntl(end, F_SETFL, O_NONBLOCK) == 0)
    let text = String(repeating: "0123456789", count: 100_000)
    // A thread of its own: a task would wait until another test leaves one to it, and this one waits for its bytes.
    let isWritten = Mutex(false)
    let hasEnded = Signal()
    try startThread {
      let outcome = try? Output(descriptor: end).write(text)
      isWritten.withLock { $0 = outcome == .written }
      hasEnded.post()
    }
    var read: [UInt8] = []
    while read.count < text.utf8.count { read += pipe.read() }
    hasEnded.wait()
    #expect(isWritten.withLock { $0 })
    #expect(String(decoding: read, as: UTF8.self) == text)
    _ = pipe.closeAndRead()
  }

  @Test func `a reader that went away is no error`() throws {
    Output.ignoreSignalsOfWrites()
    let pipe = try Pipe()
    close(pipe.readEnd)
    #expect(try Output(descriptor: pipe.writeEnd).write("text") == .readerIsGone)
    close(pipe.writeEnd)
  }

  @Test func `a full disk is an error with a hint`() throws {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    let failure = #expect(throws: Output.Failure.self) {
      try Output(descriptor: full).write("text")
    }
    #expect(failure?.code == ENOSPC)
    #expect(failure?.message == "cannot write the output: No space left on device")
    #expect(failure?.hint != nil)
    #expect(try Output(descriptor: full).write("") == .written)
  }

  @Test func `a file is no terminal`() throws {
    let pipe = try Pipe()
    let screen = Screen(descriptor: pipe.writeEnd, environment: ["COLUMNS": "33", "TERM": "xterm"])
    #expect(!screen.isTerminal && !screen.hasColor)
    _ = pipe.closeAndRead()
  }

  @Test func `a terminal has a width and may have colour`() throws {
    let controller = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    // TIOCSPTLCK and TIOCGPTN, which Swift does not import.
    let (unlock, numberOf): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    var (lock, number): (Int32, Int32) = (0, 0)
    try #require(ioctl(controller, unlock, &lock) == 0)
    try #require(ioctl(controller, numberOf, &number) == 0)
    let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    defer {
      close(terminal)
      close(controller)
    }
    var size = winsize(ws_row: 24, ws_col: 61, ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
    let screen = Screen(descriptor: terminal, environment: ["TERM": "xterm"])
    #expect(screen.isTerminal && screen.hasColor)
    #expect(screen.width == 61)
    let told = ["COLUMNS": "33", "NO_COLOR": "1"]
    #expect(Screen(descriptor: terminal, environment: told).width == 33)
    #expect(!Screen(descriptor: terminal, environment: told).hasColor)
    #expect(!Screen(descriptor: terminal, environment: ["TERM": "xterm"], color: false).hasColor)
    #expect(Screen(descriptor: terminal, environment: ["COLUMNS": "wide"]).width == 61)
  }
}
