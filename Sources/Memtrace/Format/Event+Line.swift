// An event as a line.

extension Event {
  /// Appends the line with its line feed.
  func appendLine(to bytes: inout [UInt8]) {
    JSONWriter.line(&bytes) { line in
      line.field(.time, time)
      switch subject {
      case .session(let session):
        line.field(.agent, agent)
        write(change, to: &line)
        line.field(.session, session)
      case .agent(let subject):
        line.field(.agent, subject)
        write(change, to: &line)
      }
      line.field(id)
    }
  }

  private func write(_ change: Change, to line: inout JSONWriter) {
    switch change {
    case .opened(let metadata, let source):
      line.field(.event, "opened")
      if !metadata.isEmpty { line.field(.metadata, metadata) }
      line.field(.source, source)
    case .metadata(let metadata):
      line.field(.event, "metadata")
      line.field(.metadata, metadata)
    case .closed: line.field(.event, "closed")
    case .reopened: line.field(.event, "reopened")
    case .firstUsed(let name):
      line.field(.event, "first_used")
      line.field(.name, name)
    case .registered(let name, let description, let config):
      line.field(.event, "registered")
      line.field(.name, name)
      line.field(.description, description)
      line.field(.config, config)
    case .removed: line.field(.event, "removed")
    case .unknown(let event): line.field(.event, event)
    }
  }
}
