// What a verb came to, as a tool's result: text for the model, and the same as a value.

import Memtrace

/// A result of `tools/call` before it is put on the wire.
struct ToolResult {
  var text: String
  let value: JSON?
  var isError = false
  /// A list of memories in which there is none.
  var isEmpty: Bool { value?["memories"] == [] }

  /// - Parameter answer: as HTTP gives it.
  init(_ answer: JSON, _ form: Tool.Form, isDetailed: Bool) {
    switch form {
    case .stored:
      let id = answer["id"]?.string ?? ""
      let session = answer["session_id"]?.string.map { " in session \($0)" } ?? ""
      text = (["Stored as \(id)\(session)."] + Self.remarks(answer)).joined(separator: " ")
      value = Self.kept(
        answer,
        ["id", "session_id", "time", "masked", "state", "says_again", "rule", "review", "hint"])
    case .memories:
      let memories = answer["memories"]?.array ?? answer["results"]?.array ?? []
      let shown = isDetailed ? memories : memories.map(Self.concise)
      text =
        memories.isEmpty
        ? "No memory matches." : memories.map(Self.line).joined(separator: "\n")
      var members: [JSON.Member] = [.init("memories", .array(shown))]
      members += (answer.members ?? []).filter { !["memories", "results"].contains($0.key) }
      value = .object(members)
    case .sessions:
      let sessions = answer["sessions"]?.array ?? []
      text =
        sessions.isEmpty
        ? "No session matches." : sessions.map(Self.sessionLine).joined(separator: "\n")
      value = isDetailed ? answer : Self.replacing("sessions", in: answer) { Self.session($0) }
    case .items:
      let items = answer["items"]?.array ?? []
      text =
        items.isEmpty
        ? "Nothing is open." : items.map(Self.openLine).joined(separator: "\n")
      value = isDetailed ? answer : Self.replacing("items", in: answer) { $0 }
    case .context:
      text = answer["context"]?.string ?? ""
      value = answer
    case .plain:
      text = String(decoding: answer.bytes, as: UTF8.self)
      value = answer
    }
  }

  /// Of a customer of whom nothing is known: a new one, or known by another key.
  /// - Parameter tools: those that are offered.
  init(nothingKnown tools: [Tool]) {
    let next = tools.first { $0.verb == "session create" }
    text =
      "Nothing is recorded under this metadata: a new customer, or one known by another key."
      + (next.map { " Call \($0.name) to start a session." } ?? "")
    value = ["context": .string(text), "memory_count": 0, "session_ids": []]
  }

  /// What went wrong and what to do differently, in a model's terms.
  init(_ error: MemtraceError, of tool: Tool, tools: [Tool]) {
    var lines = [error.message + "."]
    if let existing = error.existing {
      lines.append("It is stored already, as \(existing): nothing is left to do.")
    } else if let hint = error.hint.flatMap({ Self.advice($0, tools) }) {
      lines.append(hint)
    } else if error.kind == .notFound, error.message.hasPrefix("session") {
      lines.append("Call memtrace_session_search to find it, memtrace_session_create to start one.")
    }
    if error.kind == .forbidden, tool.verb == "retract" {
      lines.append(
        "An agent takes back what it recorded itself, as agent_id. Of what another recorded say what is right: "
          + "memtrace_remember with event_type correction, and its id as parent_id.")
    }
    if error.kind == .busy { lines.append("Try the same call again.") }
    text = lines.joined(separator: " ")
    value = nil
    isError = true
  }

  /// A hint names a command of the terminal; a model has tools.
  private static func advice(_ hint: String, _ tools: [Tool]) -> String? {
    guard hint.hasPrefix("memtrace ") else { return hint }
    let words = hint.dropFirst("memtrace ".count)
    let tool =
      tools
      .filter { words == $0.verb || words.hasPrefix($0.verb + " ") }
      .max { $0.verb.utf8.count < $1.verb.utf8.count }
    return tool.map { "Call \($0.name)." }
  }

  // MARK: Short forms

  private static func kept(_ json: JSON, _ keys: [String]) -> JSON {
    .object((json.members ?? []).filter { keys.contains($0.key) })
  }

  private static func replacing(
    _ key: String, in answer: JSON, _ change: (JSON) -> JSON
  ) -> JSON {
    .object(
      (answer.members ?? []).map {
        $0.key == key ? .init(key, .array(($0.value.array ?? []).map(change))) : $0
      })
  }

  /// What a model reads of a memory; what every memory has by default is left out.
  private static func concise(_ memory: JSON) -> JSON {
    let constants: [String: JSON] = ["memory_type": "episodic", "event_type": "general"]
    let hidden = ["org_id", "metadata", "dedup_key", "score"]
    var members = (memory.members ?? []).filter {
      !hidden.contains($0.key) && constants[$0.key] != $0.value
        && !($0.key == "event_type" && $0.value == "decision")
    }
    if let reasoning = memory["metadata"]?["reasoning"] {
      members.append(.init("reasoning", reasoning))
    }
    return .object(members)
  }

  private static func session(_ session: JSON) -> JSON {
    kept(session, ["id", "agent_id", "status", "metadata", "updated_at"])
  }

  // MARK: Lines

  /// What a writer must know of what was just stored: that it counts nowhere yet, and what of it was changed.
  private static func remarks(_ answer: JSON) -> [String] {
    var remarks: [String] = []
    if answer["state"] == "pending" {
      let review = answer["review"]
      let reason = review?["reason"]?.string
      let why: String
      if let denied = answer["says_again"]?.string {
        let word = review?["review"]?.string ?? "denied"
        why =
          "says again what was \(word) by \((review?["said_by"] ?? review?["reviewer"])?.string ?? "")"
          + (reason.map { ": \(quoted(.string($0)))" } ?? "") + " (\(denied))"
          + (answer["rule"]?.string.map { "; asked for too: \($0)" } ?? "")
      } else {
        why = reason ?? ""
      }
      remarks.append("It waits for a person's verdict and counts nowhere until then: \(why).")
    }
    let masked = (answer["masked"]?.array ?? []).compactMap(\.string)
    if !masked.isEmpty {
      remarks.append("Masked before it was stored: \(masked.joined(separator: ", ")).")
    }
    if let hint = answer["hint"]?.string { remarks.append("Note: \(hint).") }
    return remarks
  }

  /// What waits, about whom, for whom.
  private static func openLine(_ item: JSON) -> String {
    guard let record = item["record"] else { return line(item) }
    var line = line(
      .object((record.members ?? []) + (item.members ?? []).filter { $0.key == "customer" }))
    line += " waits for \(item["waits_for"].map(quoted) ?? "anybody")"
    if let agent = item["handed_over_by"] { line += ", handed over by \(quoted(agent))" }
    return line
  }

  /// The text in quotation marks, so that none can look like another record.
  private static func line(_ memory: JSON) -> String {
    var line = minute(memory["time"])
    if let customer = memory["customer"] { line += " of \(quoted(customer))" }
    line += " \(memory["agent_id"]?.string ?? "")"
    if memory["memory_type"] == "decision" { line += " decided" }
    line += ": \(quoted(memory["content"]))"
    if let reasoning = memory["metadata"]?["reasoning"] { line += " because \(quoted(reasoning))" }
    for tag in memory["tags"]?.array ?? [] { line += " #\(tag.string ?? "")" }
    if let state = memory["state"]?.string { line += " [\(state)]" }
    return line + " (\(memory["id"]?.string ?? ""))"
  }

  private static func sessionLine(_ session: JSON) -> String {
    let metadata = (session["metadata"]?.members ?? [])
      .map { "\($0.key)=\(quoted($0.value))" }.joined(separator: " ")
    return "\(session["id"]?.string ?? "") \(session["status"]?.string ?? "") "
      + "updated \(minute(session["updated_at"])) \(metadata)"
  }

  private static func minute(_ time: JSON?) -> String {
    String((time?.string ?? "").prefix(16)).split(separator: "T").joined(separator: " ")
  }

  static func quoted(_ value: JSON?) -> String {
    String(decoding: (value ?? .null).bytes, as: UTF8.self)
  }
}

extension ToolResult {
  /// The result of `tools/call`.
  func json(for revision: Revision) -> JSON {
    var members: [JSON.Member] = [
      .init("content", [["type": "text", "text": .string(text)]])
    ]
    if revision.hasStructure, let value { members.append(.init("structuredContent", value)) }
    if isError { members.append(.init("isError", true)) }
    return .object(members)
  }
}
