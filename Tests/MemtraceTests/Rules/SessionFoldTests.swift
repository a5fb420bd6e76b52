// What a session's events come to, in whatever order they arrive.

import Testing

@testable import Memtrace

@Suite struct SessionFoldTests {
  private let session = SessionID.own(ULID(milliseconds: 1_000, random: (0, 1)))

  private func event(_ at: Int64, _ change: Event.Change, by agent: String? = "ana") -> Event {
    Event(
      id: RecordID(.event, ULID(milliseconds: at, random: (0, 1))),
      time: Timestamp(milliseconds: at), subject: .session(session), agent: agent, change: change)
  }

  private func memory(_ at: Int64) -> Memory {
    Memory(
      id: RecordID(.memory, ULID(milliseconds: at, random: (0, 1))),
      time: Timestamp(milliseconds: at), agent: "ben", session: session, content: "text")
  }

  private func member(_ key: String, _ value: JSON) -> JSON.Member { .init(key, value) }

  @Test func `the last writer of a key wins, and null removes`() throws {
    let events = [
      event(
        1_000,
        .opened(
          metadata: [member("channel", .string("chat")), member("phone", .string("1"))], source: nil
        )),
      event(2_000, .metadata([member("channel", .string("phone"))])),
      event(3_000, .metadata([member("phone", .null), member("vip", .bool(true))])),
    ]
    let expected = [member("channel", .string("phone")), member("vip", .bool(true))]
    for order in [events, events.reversed(), [events[1], events[2], events[0]], events + events] {
      let folded = try #require(SessionFold.fold(session, events: order, memories: []))
      #expect(folded.session.metadata == expected)
      #expect(folded.session.agent == "ana" && folded.session.createdAt.milliseconds == 1_000)
      #expect(folded.events.count == 3)
    }
  }

  @Test func `closing twice keeps the first time, reopening clears it`() throws {
    var events = [event(1_000, .opened(metadata: [], source: nil)), event(2_000, .closed)]
    events.append(event(3_000, .closed))
    let closed = try #require(SessionFold.fold(session, events: events, memories: []))
    #expect(closed.session.status == .closed && closed.session.closedAt?.milliseconds == 2_000)
    events.append(event(4_000, .reopened))
    let open = try #require(SessionFold.fold(session, events: events, memories: []))
    #expect(open.session.status == .active && open.session.closedAt == nil)
  }

  @Test func `a memory moves the time and the clock, and leaves a closed session closed`() throws {
    let events = [event(1_000, .opened(metadata: [], source: nil)), event(2_000, .closed)]
    let folded = try #require(
      SessionFold.fold(session, events: events, memories: [memory(5_000)]))
    #expect(folded.session.status == .closed)
    #expect(folded.session.updatedAt.milliseconds == 5_000 && folded.newest.milliseconds == 5_000)
  }

  @Test func `a session whose opening has not arrived is there by its memories`() throws {
    let folded = try #require(SessionFold.fold(session, events: [], memories: [memory(5_000)]))
    #expect(folded.session.agent == "ben" && folded.session.createdAt.milliseconds == 5_000)
    #expect(SessionFold.fold(session, events: [], memories: []) == nil)
  }

  @Test func `of two openings the first one opens and the second adds its metadata`() throws {
    let events = [
      event(2_000, .opened(metadata: [member("b", .string("2"))], source: "later"), by: "ben"),
      event(1_000, .opened(metadata: [member("a", .string("1"))], source: nil)),
    ]
    let folded = try #require(SessionFold.fold(session, events: events, memories: []))
    #expect(folded.session.agent == "ana" && folded.session.source == nil)
    #expect(folded.session.metadata.map(\.key) == ["a", "b"])
  }

  @Test func `an agent is known by use, completed by registration, and gone when removed`() throws {
    func event(_ at: Int64, _ change: Event.Change) -> Event {
      Event(
        id: RecordID(.event, ULID(milliseconds: at, random: (0, 1))),
        time: Timestamp(milliseconds: at), subject: .agent("ana"), agent: "ana", change: change)
    }
    var events = [event(1_000, .firstUsed(name: "ana"))]
    let met = try #require(AgentFold.fold("ana", events: events, lastActive: nil))
    #expect(!met.isRegistered && met.createdAt.milliseconds == 1_000)
    events.append(event(2_000, .registered(name: "ana", description: "Billing", config: nil)))
    let registered = try #require(AgentFold.fold("ana", events: events.reversed(), lastActive: nil))
    #expect(registered.isRegistered && registered.description == "Billing")
    #expect(registered.createdAt.milliseconds == 1_000)
    #expect(registered.lastActiveAt?.milliseconds == 2_000)
    events.append(event(3_000, .removed))
    #expect(AgentFold.fold("ana", events: events, lastActive: nil) == nil)
  }
}
