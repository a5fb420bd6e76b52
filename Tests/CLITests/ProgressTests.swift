// The line that shows long work.

import Glibc
import Testing

@testable import MemtraceCLI

struct ProgressTests {
  @Test func `a bar shows part, count and rate`() {
    #expect(
      progressLine(
        label: "importing", done: 41_000, total: 100_000, elapsed: .seconds(2), width: 80)
        == "importing  [===========>                  ]   41 %  41,000 of 100,000  20,500/s")
  }

  @Test func `a bar begins empty and ends full`() {
    #expect(
      progressLine(label: "check", done: 0, total: 10, elapsed: .zero, width: 50)
        == "check  [                        ]    0 %  0 of 10")
    #expect(
      progressLine(label: "check", done: 10, total: 10, elapsed: .zero, width: 50)
        == "check  [=======================]  100 %  10 of 10")
  }

  @Test func `an unknown total has no bar`() {
    #expect(
      progressLine(label: "reading", done: 1_234_567, total: nil, elapsed: .seconds(1), width: 80)
        == "reading  1,234,567  1,234,567/s")
  }

  @Test(arguments: [1, 5, 10, 20, 30, 45, 60, 200], [0, 1, 50, 99, 100, 150])
  func `a bar never fills the last column`(width: Int, done: Int) {
    let line = progressLine(
      label: "importing", done: done, total: 100, elapsed: .seconds(3), width: width)
    #expect(line.displayWidth < max(width, 1))
  }

  @Test func `thousands are grouped`() {
    #expect([0, 999, 12_345].map(grouped) == ["0", "999", "12,345"])
    #expect([1_000, 1_000_000].map(grouped) == ["1,000", "1,000,000"])
    #expect(grouped(-1_234) == "-1,234")
  }

  @Test func `a bar is drawn once in a while, and cleared`() throws {
    let pipe = try Pipe()
    let screen = Screen(isTerminal: true, width: 60)
    let bar = ProgressBar(
      label: "work", screen: screen, output: Output(descriptor: pipe.writeEnd), delay: .zero)
    for done in 0..<1_000 { bar.update(done: done, total: 1_000) }
    bar.clear()
    bar.clear()
    let shown = pipe.closeAndRead()
    #expect(shown.hasPrefix("\rwork  ["))
    #expect(shown.hasSuffix("\r\u{1B}[K"))
    #expect(shown.split(separator: "\r").count < 20)
  }

  @Test(arguments: [(false, Duration.zero), (true, .seconds(600))])
  func `no bar is shown where no person looks, or when the work is short`(
    isTerminal: Bool, delay: Duration
  ) throws {
    let pipe = try Pipe()
    let bar = ProgressBar(
      label: "work", screen: Screen(isTerminal: isTerminal),
      output: Output(descriptor: pipe.writeEnd), delay: delay)
    bar.update(done: 1, total: 2)
    bar.clear()
    #expect(pipe.closeAndRead() == "")
  }
}
