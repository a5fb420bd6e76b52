// A memory as a line, its fields in the order in which a reviewer reads them.

extension Memory {
  /// Appends the line with its line feed.
  func appendLine(to bytes: inout [UInt8]) {
    JSONWriter.line(&bytes) { line in
      line.field(.time, time)
      line.field(.agent, agent)
      line.field(kind == .decision ? .decision : .content, content)
      line.field(.reasoning, reasoning)
      // What nearly every line would say is not said.
      if kind != .decision, kind != .episodic { line.field(.kind, kind.rawValue) }
      if eventType != kind.eventType { line.field(.eventType, eventType) }
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
