// Reading from the files themselves: the work tree, and the lines that wait in the journal.

/// Reads what is asked for and nothing else: a session's verb opens no file outside its session.
final class WorkTree: Records {
  private let folder: any FileTree
  /// Read before any file: a line that is committed meanwhile is then seen twice, and never not at all.
  private let pending: [String: [PendingLine]]
  /// Everything, where a search for a customer's sessions has read it already.
  private var customers: Everything?

  init(_ folder: any FileTree, pending: [PendingLine]) {
    self.folder = folder
    self.pending = Dictionary(grouping: pending, by: \.folder)
  }

  func session(_ id: SessionID) throws -> SessionRecords? {
    var gathering = Gathering()
    try gather(Layout.folder(of: id), into: &gathering)
    return SessionFold.fold(
      id, events: gathering.events().filter { $0.subject == .session(id) },
      memories: gathering.memories().filter { $0.session == id })
  }

  func sessions() throws -> [Session] {
    let everything = try everything()
    return everything.sessions().map(\.session)
  }

  func sessions(matching conditions: [JSON.Member]) throws -> [SessionRecords] {
    let everything = try customers ?? everything()
    customers = everything
    return everything.sessions().filter { MemoryFilter.matches(conditions, $0.session.metadata) }
  }

  func sessions(sharing keys: [String], with metadata: [JSON.Member]) throws -> [Session] {
    let customer = CustomerIdentity(keys, [metadata])
    guard !customer.isEmpty else { return [] }
    let everything = try customers ?? everything()
    customers = everything
    return everything.sessions().map(\.session).filter { customer.sharesAny(with: $0.metadata) }
  }

  /// Among the records outside sessions; and in every session, where those have been read in any case.
  func corrections(of memories: [Memory]) throws -> [Memory] {
    Supersession.family(of: memories, among: try customers?.memories ?? outsideSessions())
  }

  func memoriesOutsideSessions(about customer: CustomerIdentity) throws -> [Memory] {
    guard !customer.isEmpty else { return [] }
    return try (customers?.memories ?? outsideSessions()).filter { memory in
      memory.session == nil && customer.isMeant(by: memory)
    }
  }

  func agent(_ id: String) throws -> Agent? {
    guard try isKnown(agent: id) else { return nil }
    return try agents().first { $0.id == id }
  }

  func agents() throws -> [Agent] {
    try everything().agents()
  }

  func isKnown(agent id: String) throws -> Bool {
    var gathering = Gathering()
    try gather(Layout.folder(ofAgent: id), into: &gathering)
    let events = gathering.events().filter { $0.subject == .agent(id) }
    return AgentFold.fold(id, events: events, lastActive: nil) != nil
  }

  func memories(_ filter: MemoryFilter) throws -> [Memory] {
    if let session = filter.session {
      guard let records = try self.session(session),
        MemoryFilter.matches(filter.sessionMetadata, records.session.metadata)
      else { return [] }
      return records.memories.filter(filter.matches)
    }
    let everything = try everything()
    guard !filter.sessionMetadata.isEmpty else { return everything.memories.filter(filter.matches) }
    let sessions = Set(
      everything.sessions().lazy.map(\.session)
        .filter { MemoryFilter.matches(filter.sessionMetadata, $0.metadata) }.map(\.id))
    return everything.memories.filter { memory in
      memory.session.map(sessions.contains) == true && filter.matches(memory)
    }
  }

  func newest(ofAgent id: String) throws -> ULID? {
    let agentFolder = Layout.folder(ofAgent: id)
    var gathering = Gathering()
    try gather(agentFolder, into: &gathering)
    let months = try folder.list(agentFolder).filter(\.isFolder).map { "\(agentFolder)/\($0.name)" }
    let waiting = pending.keys.filter { $0.hasPrefix(agentFolder + "/") }
    if let month = (months + waiting).max() { try gather(month, into: &gathering) }
    return [gathering.memories().last?.id.ulid, gathering.events().last?.id.ulid].compactMap(\.self)
      .max()
  }

  /// Every record of the repository.
  func everything() throws -> Everything {
    let gathering = try gathered(under: Layout.recordRoots)
    return Everything(events: gathering.events(), memories: gathering.memories())
  }

  /// What the agents' folders hold.
  private func outsideSessions() throws -> [Memory] {
    try gathered(under: [Layout.agentRoot]).memories()
  }

  private func gathered(under roots: [String]) throws -> Gathering {
    var gathering = Gathering()
    for root in roots {
      try folder.walk(root) { path, bytes in
        guard let name = path.split(separator: "/").last, FileName(name) != nil else { return }
        gathering.add(bytes)
      }
    }
    for (path, lines) in pending where roots.contains(where: { path.hasPrefix($0 + "/") }) {
      gathering.add(lines.flatMap(\.bytes))
    }
    return gathering
  }

  /// The record files of one folder, and what waits for it.
  private func gather(_ path: String, into gathering: inout Gathering) throws {
    for entry in try folder.list(path) where !entry.isFolder && FileName(entry.name) != nil {
      if let bytes = try folder.read("\(path)/\(entry.name)") { gathering.add(bytes) }
    }
    if let lines = pending[path] { gathering.add(lines.flatMap(\.bytes)) }
  }
}
