// A correction is never ranked under what it corrects.

import Testing

@testable import Memtrace

@Suite struct CorrectionsTests {
  private let world = SearchWorld(sessions: [
    ["Router restarts every evening"], ["It was the modem"], ["No, a cable"], ["Router, router"],
  ])

  @Test func `a correction goes right before what it corrects`() {
    let found = world.found("router restarts") { $0 == 0 ? 1 : nil }
    #expect(
      found.firstIndex(of: "It was the modem")! < found.firstIndex(
        of: "Router restarts every evening")!)
  }

  @Test func `the last of a chain of corrections goes first`() {
    let found = world.found("router restarts") { [0: 1, 1: 2][$0] }
    #expect(
      found == [
        "No, a cable", "It was the modem", "Router restarts every evening", "Router, router",
      ])
  }

  @Test func `a correction outside the filter stays outside`() {
    let found = world.found("router", among: .records([0, 3])) { $0 == 0 ? 1 : nil }
    #expect(Set(found) == ["Router restarts every evening", "Router, router"])
  }

  @Test func `corrections in a circle end`() {
    #expect(Set(world.found("router") { [0: 3, 3: 0][$0] }).count == 2)
    #expect(world.found("router") { $0 }.count == 2)
  }
}
