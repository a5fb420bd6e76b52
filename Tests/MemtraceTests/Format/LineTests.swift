// What counts as a record, line by line.
import Testing

@testable import Memtrace

private let id = "mem_01KAV9FT00000G000000000002"
private let session = "sess_01KAV9FT00000G000000000001"
private let line =
  #"{"time":"2026-11-22T14:03:11.123Z","agent_id":"billing-agent","memory_type":"episodic","#
  + #""event_type":"general","content":"Gr\u00fc\u00dfe, \"né\" 😀","tags":["a","b"],"#
  + #""importance":0.25,"metadata":{"a":[1,{"b":null}]},"session_id":"\#(session)","id":"\#(id)"}"#

private func readMemory(_ text: String) -> Memory? {
  guard case .memory(let memory)? = records(text).first else { return nil }
  return memory
}

private func problem(_ text: String) -> String? {
  guard case .invalid(let problem, _)? = records(text).first else { return nil }
  return problem
}

/// A memory's line with its fields changed.
private func changed(_ old: String, _ new: String) -> String {
  line.replacing(old, with: new)
}

struct LineTests {
  @Test func `a line is read in full`() throws {
    let memory = try #require(readMemory(line))
    #expect(memory.id.description == id)
    #expect(memory.time.description == "2026-11-22T14:03:11.123Z")
    #expect(memory.session?.description == session)
    #expect(memory.content == "Grüße, \"né\" 😀")
    #expect(memory.tags == ["a", "b"])
    #expect(memory.importance == 0.25)
    #expect(memory.metadata?.json == ["a": [1, ["b": .null]]])
  }

  @Test func `every prefix of a line is invalid`() {
    let bytes = Array(line.utf8)
    for count in 1..<bytes.count {
      guard case .invalid? = records(Array(bytes.prefix(count))).first else {
        Issue.record("\(String(decoding: bytes.prefix(count), as: UTF8.self))")
        return
      }
    }
  }

  @Test func `line ends of either kind are left out, and the last may lack one`() {
    let text = "\(line)\r\n\n\r\n\(line)\n\(line)"
    var seen: [(Int, Range<Int>)] = []
    Array(text.utf8).withUnsafeBytes { buffer in
      scanLines(buffer) { found in
        seen.append((found.number, found.range))
        #expect(found.bytes.elementsEqual(line.utf8))
        #expect(found.id?.description == id)
      }
    }
    let length = line.utf8.count
    #expect(seen.map(\.0) == [1, 4, 5])
    #expect(
      seen.map(\.1) == [
        0..<length, length + 5..<2 * length + 5, 2 * length + 6..<3 * length + 6,
      ])
  }

  @Test
  func `a byte order mark at the start and white space at a line's end are no part of a line`() {
    let text = "\u{FEFF}\(line) \t\r\n \n\(line)\t"
    #expect(
      records(text) == [readMemory(line), readMemory(line)].compactMap { $0.map(Record.memory) })
    Array(text.utf8).withUnsafeBytes { buffer in
      scanLines(buffer) { #expect($0.bytes.elementsEqual(line.utf8)) }
    }
    #expect(records("\u{FEFF}").isEmpty)
  }

  @Test func `nothing is nothing`() {
    #expect(records("").isEmpty)
    #expect(records("\n\n\r\n").isEmpty)
  }

  @Test func `what a line leaves out has its usual value`() throws {
    let memory = try #require(
      readMemory(#"{"time":"2026-11-22T14:03:11Z","agent_id":"a","content":"c","id":"\#(id)"}"#))
    #expect(memory.kind == .episodic)
    #expect(memory.eventType == "general")
    #expect(memory.session == nil)
    #expect(memory.tags.isEmpty)
    #expect(memory.time.milliseconds % 1_000 == 0)
    let decision = try #require(
      readMemory(
        #"{"time":"2026-11-22T14:03:11Z","agent_id":"a","decision":"d","id":"dec_01KAV9FT00000G000000000002"}"#
      ))
    #expect(decision.kind == .decision)
    #expect(decision.eventType == "decision")
    #expect(decision.reasoning == nil)
  }

  @Test func `null stands for nothing said`() throws {
    let text = changed(#""tags":["a","b"]"#, #""tags":null,"dedup_key":null,"parent_id":null"#)
    #expect(try #require(readMemory(text)).tags.isEmpty)
    #expect(problem(changed(#""billing-agent""#, "null")) == "agent_id is missing")
  }

  @Test func `unknown fields are passed over, whatever they hold`() throws {
    let extra = #""new":{"id":"mem_x","deep":[[{"content":1}]],"x":"\u0041"},"n":-1.5e3,"#
    let text = changed(#""agent_id""#, extra + #""agent_id""#)
    #expect(readMemory(text) == readMemory(line))
  }

  @Test func `spaces, escaped keys and another order change nothing`() throws {
    let metadata = #""metadata":{"a":[1,{"b":null}]}"#
    var text = line.replacing(metadata, with: #""new":1"#)
    let plain = readMemory(text)
    text = text.replacing(",\"", with: " ,\t\"").replacing("\":", with: "\" : ")
    text = text.replacing("\"content\"", with: #""c\u006fntent""#)
    #expect(plain != nil && readMemory("  \(text)  ") == plain)
    let moved = line.dropFirst().dropLast().replacing(#","id":"\#(id)""#, with: "")
    #expect(readMemory(#"{"id":"\#(id)",\#(moved)}"#) == readMemory(line))
  }

  @Test(arguments: [
    (#""agent_id":"billing-agent","#, "", "agent_id is missing"),
    (#""billing-agent""#, "7", "agent_id is not a string"),
    (#""time":"2026-11-22T14:03:11.123Z","#, "", "time is missing"),
    ("T14:03:11.123Z", "", "time is not RFC 3339"),
    ("T14:03:11.123Z", "T24:03:11.123Z", "time is not RFC 3339"),
    ("2026-11-22", "2026-02-30", "time is not RFC 3339"),
    (#""content""#, #""body""#, "content is missing"),
    (#"["a","b"]"#, #"["a",1]"#, "tags has an element that is not a string"),
    (#"["a","b"]"#, #""a,b""#, "tags is not an array"),
    ("0.25", "\"0.25\"", "importance is not a number"),
    ("0.25", "1e400", "importance is out of range"),
    (#"{"a":[1,{"b":null}]}"#, "[1]", "metadata is not an object"),
    (#""episodic""#, #""decision""#, "memory_type does not go with the id"),
    (#""episodic""#, #""dream""#, "memory_type is not one of ours"),
    ("sess_01KAV9FT00000G000000000001", "../../etc", "session_id is not a legal id"),
    (
      "sess_01KAV9FT00000G000000000001", "sess_7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
      "session_id is not a legal id"
    ),
    ("mem_01KAV9FT00000G000000000002", "mem_7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "id past the year 2200"),
    ("mem_01KAV9FT00000G000000000002", "mem_01kav9ft00000g000000000002", "id is not one of ours"),
    ("mem_01KAV9FT00000G000000000002", "mem_1", "id is not one of ours"),
    (#""mem_01KAV9FT00000G000000000002""#, "1", "id is not a string"),
    (#""importance""#, #""content""#, "the key content twice"),
    (#""importance""#, #""c\u006fntent""#, "the key content twice"),
    (#""importance":0.25"#, #""x":1,"x":2"#, "the key x twice"),
    (#"{"b":null}"#, #"{"b":1,"b":2}"#, "the key b twice"),
    ("0.25", "00.25", "a number with a leading zero"),
    ("0.25", ".25", "not a JSON value"),
    (#"["a","b"]"#, #"["a","b",]"#, "not a JSON value"),
    (#""tags""#, #","tags""#, "a key was expected"),
    ("billing", "bil\u{0}ling", "a control character in a string"),
    ("billing", #"bil\ud800ling"#, "half of a surrogate pair"),
  ])
  func `a broken line says what is wrong`(_ old: String, _ new: String, _ expected: String) {
    #expect(problem(changed(old, new)) == expected)
  }

  @Test(arguments: [
    "<<<<<<< HEAD", "=======", ">>>>>>> 1a2b3c (theirs)", "||||||| base", "<<<<<<<",
  ])
  func `conflict markers are named`(_ marker: String) {
    #expect(problem(marker) == "conflict marker")
  }

  @Test(arguments: [
    "[]", "1", "\"x\"", "null", "x", "<<<<", "{}x", "{\"a\":1}{}",
  ])
  func `what is no object is invalid`(_ text: String) {
    #expect(problem(text) != nil)
    #expect(problem(text) != "conflict marker")
  }

  @Test func `records of a later version are kept apart from broken ones`() throws {
    for (text, expected) in [
      ("{}", nil), (#"{"id":null}"#, nil), (#"{"id":"note_1"}"#, "note_1"), (#"{"id":""}"#, ""),
    ] as [(String, String?)] {
      guard case .unknown(let id)? = records(text).first else {
        Issue.record("\(text)")
        continue
      }
      #expect(id == expected)
    }
    // A review that does not say what it judges counts for nothing.
    guard case .unknown(let id?)? = records(changed("mem_", "rev_")).first else {
      Issue.record("not unknown")
      return
    }
    #expect(RecordID(id)?.kind == .review)
  }

  @Test func `deep nesting in a field does not overflow the stack`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(problem(changed("0.25", deep)) == "nested too deeply")
    #expect(
      problem(#"{"x":\#(String(repeating: #"{"a":"#, count: 100_000))"#) == "nested too deeply")
  }

  @Test func `an id in the middle or inside a text is not mistaken`() {
    func found(_ text: String) -> String? {
      var id: RecordID?
      Array(text.utf8).withUnsafeBytes { scanLines($0) { id = $0.id } }
      return id?.description
    }
    let other = "evt_01KAV9FT00000G000000000009"
    #expect(found(#"{"id":"\#(id)","content":"x"}"#) == id)
    #expect(found(#"{"id":"\#(id)","content":",\"id\":\"\#(other)\""}"#) == id)
    #expect(found(#"{"id":"\#(id)","metadata":{"a":1,"id":"\#(other)"}}"#) == id)
    #expect(found(#"{"a":1,"id":"\#(other)"}"#) == other)
    #expect(found(#"{"content":"x"}"#) == nil)
  }

  @Test func `a filter sees the fields without building a memory`() throws {
    try Array(line.utf8).withUnsafeBytes { buffer in
      try scanLines(buffer) { (line: Line) throws in
        let fields = try line.fields()
        #expect(fields.id?.description == id)
        #expect(fields.time?.description == "2026-11-22T14:03:11.123Z")
        #expect(fields.bytes(.agent).map { Array($0) } == Array("billing-agent".utf8))
        #expect(fields.bytes(.tags).map { Array($0) } == Array(#"["a","b"]"#.utf8))
        #expect(fields.bytes(.parent) == nil)
        #expect(fields.text(.session) == session)
        let text = fields.withText(fields.body) { String(decoding: $0, as: UTF8.self) }
        #expect(text == "Grüße, \"né\" 😀")
      }
    }
  }

  @Test func `an event of an agent names the agent`() throws {
    guard
      case .event(let event)? = records(
        #"{"time":"2026-11-22T14:03:11Z","agent_id":"a","event":"first_used","name":"A","id":"evt_01KAV9FT00000G000000000002"}"#
      ).first
    else {
      Issue.record("not an event")
      return
    }
    #expect(event.subject == .agent("a"))
    #expect(event.change == .firstUsed(name: "A"))
    #expect(
      problem(
        #"{"time":"2026-11-22T14:03:11Z","event":"closed","id":"evt_01KAV9FT00000G000000000002"}"#)
        == "agent_id is missing, and session_id too")
  }
}
