// A memory as a line, its fields in the order in which a reviewer reads them.

extension Memory {
  /// Appends the line with its line feed.
  func appendLine(to bytes: inout [UInt8]) {
    JSONWriter.line(&bytes) { line in
      line.field(.time, time)
      line.field(.agent, agent)
      if kind == .decision {
        if eventType != "decision" { line.field(.eventType, eventType) }
        line.field(.decision, content)
        line.field(.reasoning, reasoning)
      } else {
        line.field(.kind, kind.rawValue)
        line.field(.eventType, eventType)
        line.field(.content, content)
      }
      if !tags.isEmpty {
        line.key(.tags)
        line.beginArray()
        for tag in tags { line.string(tag) }
        line.endArray()
      }
      if let importance {
        line.key(.importance)
        line.double(importance)
      }
      line.field(.metadata, metadata)
      line.field(.dedupKey, dedupKey)
      line.field(.parent, parent)
      line.field(.session, session)
      line.field(id)
    }
  }
}
