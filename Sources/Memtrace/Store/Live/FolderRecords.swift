// The records of one session's or agent's folder, as they replace what is held of it.

/// What lies in one session's or agent's folder.
struct FolderRecords {
  let folder: String
  let events: [Event]
  let memories: [Memory]
  let reviews: [Review]
  /// The fingerprints of those that were approved.
  let lines: [RecordID: String]
  /// Those of whose id there are lines with different bytes.
  let contested: Set<RecordID>

  init(_ folder: String, in tree: any FileTree, _ pending: [PendingLine]) throws {
    var gathering = Gathering()
    try tree.walk(folder) { path, bytes in
      guard let name = path.split(separator: "/").last, FileName(name) != nil else { return }
      gathering.add(bytes)
    }
    for line in pending where line.folder == folder || line.folder.hasPrefix(folder + "/") {
      gathering.add(line.bytes)
    }
    self.init(folder, gathering)
  }

  init(_ folder: String, _ gathering: Gathering) {
    self.folder = folder
    events = gathering.events()
    memories = gathering.memories()
    reviews = gathering.reviews()
    lines = gathering.approvable()
    contested = gathering.contested()
  }

  /// - Returns: false where it holds more than its own session or agent.
  func replace(in resident: inout ResidentState) -> Bool {
    // An approval of a line that lies elsewhere.
    guard reviews.allSatisfy({ $0.word != .approved || lines[$0.record] != nil }) else {
      return false
    }
    if folder.hasPrefix("sessions/") {
      guard let id = session, Layout.folder(of: id) == folder,
        events.allSatisfy({ $0.subject == .session(id) }),
        memories.allSatisfy({ $0.session == id }), reviews.allSatisfy({ $0.session == id })
      else { return false }
      resident.replace(session: id, events: events, memories: memories, reviews: reviews)
      note(in: &resident)
      return true
    }
    guard let id = agent, Layout.folder(ofAgent: id) == folder,
      events.allSatisfy({ $0.subject == .agent(id) }),
      memories.allSatisfy({ $0.session == nil && $0.agent == id }),
      reviews.allSatisfy({ $0.session == nil && $0.agent == id })
    else { return false }
    resident.replace(agent: id, events: events, memories: memories, reviews: reviews)
    note(in: &resident)
    return true
  }

  private func note(in resident: inout ResidentState) {
    resident.lines.merge(lines) { _, new in new }
    if !resident.contested.isEmpty { resident.contested.subtract(memories.map(\.id)) }
    resident.contested.formUnion(contested)
  }

  private var name: Substring { folder.split(separator: "/").last ?? "" }

  var isEmpty: Bool { events.isEmpty && memories.isEmpty && reviews.isEmpty }

  /// Whose folder it seems to be; nil for an agent's.
  var session: SessionID? {
    guard folder.hasPrefix("sessions/") else { return nil }
    if case .session(let id)? = events.first?.subject { return id }
    return memories.first?.session ?? SessionID(name)
  }

  private var agent: String? {
    if case .agent(let id)? = events.first?.subject { return id }
    return memories.first?.agent ?? String(name)
  }
}
