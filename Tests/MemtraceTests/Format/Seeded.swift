// Random values that are the same in every run.
@testable import Memtrace

/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func chance(_ part: Double) -> Bool { Double.random(in: 0..<1, using: &self) < part }

  mutating func maybe<Value>(_ value: (inout Seeded) -> Value) -> Value? {
    chance(0.5) ? value(&self) : nil
  }

  mutating func ulid() -> ULID {
    ULID(
      milliseconds: .random(in: 0..<ULID.endOfTime, using: &self),
      random: (.random(in: 0 ... .max, using: &self), next()))
  }

  /// Words, with now and then what JSON must escape or UTF-8 must spell out.
  mutating func text(_ pieces: Int = 12) -> String {
    let odd = [
      "\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "€", "😀", "\u{2028}", "e\u{301}",
    ]
    let plain = [
      "refund", " ", "invoice 4711, ", "x", "agreed on Tuesday", "/", "a longer run of text",
    ]
    return (0..<Int.random(in: 0...pieces, using: &self)).map { _ in
      chance(0.2) ? odd.randomElement(using: &self)! : plain.randomElement(using: &self)!
    }.joined()
  }

  mutating func identifier() -> String {
    let letters = Array("abcXYZ019_-")
    return "b"
      + String(
        (0..<Int.random(in: 0...30, using: &self)).map { _ in letters.randomElement(using: &self)! }
      )
  }

  mutating func json(_ depth: Int = 3) -> JSON {
    switch Int.random(in: 0...(depth > 0 ? 6 : 4), using: &self) {
    case 0: .null
    case 1: .bool(chance(0.5))
    case 2:
      .number(
        ["0", "-1", "1.0", "1e5", "12345678901234567890", "-0.5E-7"].randomElement(using: &self)!)
    case 3, 4: .string(text(4))
    case 5: .array((0..<Int.random(in: 0...4, using: &self)).map { _ in json(depth - 1) })
    default: .object(members(depth - 1))
    }
  }

  mutating func members(_ depth: Int = 2) -> [JSON.Member] {
    (0..<Int.random(in: 0...12, using: &self)).map { JSON.Member("\($0)\(text(1))", json(depth)) }
  }

  mutating func session() -> SessionID {
    chance(0.8) ? .own(ulid()) : SessionID(identifier())!
  }

  mutating func time() -> Timestamp {
    Timestamp(milliseconds: .random(in: 0..<ULID.endOfTime, using: &self))
  }

  mutating func memory() -> Memory {
    let kind = Memory.Kind.allCases.randomElement(using: &self)!
    let isDecision = kind == .decision
    return Memory(
      id: RecordID(isDecision ? .decision : .memory, ulid()), time: time(), agent: identifier(),
      session: maybe { $0.session() }, kind: kind,
      eventType: chance(0.5) ? (isDecision ? "decision" : "general") : identifier(),
      content: text(),
      reasoning: isDecision ? maybe { $0.text() } : nil,
      tags: (0..<Int.random(in: 0...4, using: &self)).map { _ in identifier() },
      importance: maybe { .random(in: 0...1, using: &$0) },
      metadata: maybe { RawJSON(.object($0.members())) }, dedupKey: maybe { $0.text() },
      parent: maybe { RecordID(.memory, $0.ulid()).description })
  }

  mutating func event() -> Event {
    let id = RecordID(.event, ulid())
    if chance(0.5) {
      let change: Event.Change =
        switch Int.random(in: 0...4, using: &self) {
        case 0: .opened(metadata: members(), source: maybe { $0.text() })
        case 1: .metadata(members())
        case 2: .closed
        case 3: .reopened
        default: .unknown("merged")
        }
      return Event(
        id: id, time: time(), subject: .session(session()), agent: maybe { $0.identifier() },
        change: change)
    }
    let change: Event.Change =
      switch Int.random(in: 0...3, using: &self) {
      case 0: .firstUsed(name: text())
      case 1:
        .registered(
          name: text(), description: maybe { $0.text() },
          config: maybe { RawJSON(.object($0.members())) })
      case 2: .removed
      default: .unknown("opened")
      }
    let agent = identifier()
    return Event(id: id, time: time(), subject: .agent(agent), agent: agent, change: change)
  }
}

/// Every record of a text, in order.
func records(_ text: [UInt8]) -> [Record] {
  var all: [Record] = []
  text.withUnsafeBytes { scanLines($0) { all.append($0.record()) } }
  return all
}

func records(_ text: String) -> [Record] { records(Array(text.utf8)) }
