// A file of records as text, one line a record, for a person who looks at a difference.

enum RecordText {
  /// Time, agent, kind, what was said; what is no record stands there as it is. Each line ends with its id, so that
  /// two records never look the same.
  static func text(of bytes: [UInt8]) -> String {
    var text = ""
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        switch line.record() {
        case .memory(let memory):
          text += "\(memory.time) \(memory.agent) \(memory.kind.rawValue): \(flat(memory.content))"
          if let reasoning = memory.reasoning { text += " · because: \(flat(reasoning))" }
          if !memory.tags.isEmpty { text += " #" + memory.tags.joined(separator: " #") }
          text += " · \(memory.id)"
          let known: Set = [
            "time", "agent_id", "content", "decision", "reasoning", "tags", "session_id", "id",
          ]
          text += rest(line, without: known)
        case .review(let review):
          text += "\(review.time) \(review.reviewer) \(review.word.rawValue) \(review.record)"
          if let reason = review.reason { text += ": \(flat(reason))" }
          text += " · \(review.id)"
          let known: Set = [
            "time", "reviewer", "review", "record_id", "reason", "session_id", "agent_id", "id",
          ]
          text += rest(line, without: known)
        case .event(let event) where event.sentence != nil:
          text += "\(event.time) \(event.sentence ?? "") · \(event.id)"
          text += rest(line, without: event.toldFields)
        case .event, .unknown, .invalid:
          text += String(decoding: line.bytes, as: UTF8.self)
        }
        text += "\n"
      }
    }
    return text
  }

  private static func flat(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  /// Fields that the line above does not show: a change in one of them is a change.
  private static func rest(_ line: Line, without known: Set<String>) -> String {
    let members = (try? JSON(parsing: line.bytes, depth: Line.depth))?.members ?? []
    let others = members.filter { !known.contains($0.key) }
    return others.isEmpty ? "" : " " + String(decoding: JSON.object(others).bytes, as: UTF8.self)
  }
}
