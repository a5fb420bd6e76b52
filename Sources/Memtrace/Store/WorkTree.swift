// Reading from the files themselves: the work tree, and the lines that wait in the journal.

/// Reads what is asked for and nothing else: a session's verb opens no file outside its session.
final class WorkTree: Records {
  private let folder: any FileTree
  /// Read before any file: a line that is committed meanwhile is then seen twice, and never not at all.
  private let pending: [String: [PendingLine]]
  /// Everything, where a search for a customer's sessions has read it already.
  private var customers: Everything?
  private var folders: [SessionID: Gathering] = [:]
  private var outside: Gathering?
  private var whole: Gathering?
  private var knownStanding: Standing?
  /// A repository of so few files is looked through whole for every question: nothing that stands elsewhere than it
  /// belongs is then missed, a line that a merge has moved, a correction recorded in another session.
  private let isSmall: Bool

  init(_ folder: any FileTree, pending: [PendingLine], isSmall: Bool = true) {
    self.folder = folder
    self.isSmall = isSmall
    self.pending = Dictionary(grouping: pending, by: \.folder)
  }

  func session(_ id: SessionID) throws -> SessionRecords? {
    if isSmall { return try all().session(id) }
    return try ownFolder(id) ?? all().session(id)
  }

  /// A writer asks what a session's own folder says: whatever stands elsewhere matters to readers.
  func standing(of id: SessionID) throws -> (session: Session, newest: ULID)? {
    try (ownFolder(id) ?? all().session(id)).map { ($0.session, $0.newest) }
  }

  /// What a session's own folder says, and nothing else.
  func ownFolder(_ id: SessionID) throws -> SessionRecords? {
    let gathering = try gathering(of: id)
    return SessionFold.fold(
      id, events: gathering.events().filter { $0.subject == .session(id) },
      memories: gathering.memories().filter { $0.session == id },
      reviews: gathering.reviews().filter { $0.session == id })
  }

  /// What a session's folder holds, read once for all questions of one verb.
  private func gathering(of id: SessionID) throws -> Gathering {
    if let known = folders[id] { return known }
    var gathering = Gathering()
    try gather(Layout.folder(of: id), into: &gathering)
    folders[id] = gathering
    return gathering
  }

  /// Everything, read once for all questions of one verb.
  private func all() throws -> Everything {
    let everything = try customers ?? everything()
    customers = everything
    return everything
  }

  func sessions() throws -> [Session] {
    try all().sessions().map(\.session)
  }

  func sessions(matching conditions: [JSON.Member]) throws -> [SessionRecords] {
    return try all().sessions().filter { MemoryFilter.matches(conditions, $0.session.metadata) }
  }

  func sessions(sharing keys: [String], with metadata: [JSON.Member]) throws -> [Session] {
    let customer = CustomerIdentity(keys, [metadata])
    guard !customer.isEmpty else { return [] }
    return try all().sessions().map(\.session).filter { customer.sharesAny(with: $0.metadata) }
  }

  /// Among the records of their own sessions and outside any; and in every session, where those have been read in any
  /// case.
  func kin(of memories: [Memory]) throws -> [Memory] {
    if let known = try known() { return Standing.kin(of: memories, among: known.memories) }
    var pool = try outsideSessions().memories()
    for session in Set(memories.compactMap(\.session)) {
      pool += try gathering(of: session).memories().filter { $0.session == session }
    }
    return Standing.kin(of: memories, among: pool)
  }

  func outcomes(of memories: [Memory]) throws -> [RecordID: ReviewOutcome] {
    if let known = try known() { return known.outcomes }
    var found = try outsideSessions().outcomes()
    for session in Set(memories.compactMap(\.session)) {
      found.merge(try gathering(of: session).outcomes()) { own, _ in own }
    }
    return found
  }

  func reviews() throws -> [Review] { try all().reviews }

  /// The fingerprint of the line that is read as this record; nil where there is none.
  func fingerprint(of memory: Memory) throws -> String? {
    var gathering = Gathering()
    if let session = memory.session, !isSmall {
      gathering = try self.gathering(of: session)
    } else if !isSmall {
      try gather(Layout.place(of: memory).folder, into: &gathering)
    }
    if let found = gathering.fingerprints(of: [memory.id])[memory.id] { return found }
    let whole = try whole ?? gathered(under: Layout.recordRoots)
    self.whole = whole
    return whole.fingerprints(of: [memory.id])[memory.id]
  }

  func memoriesOutsideSessions(about customer: CustomerIdentity) throws -> [Memory] {
    guard !customer.isEmpty else { return [] }
    return try (known()?.memories ?? outsideSessions().memories()).filter { memory in
      memory.session == nil && customer.isMeant(by: memory)
    }
  }

  func memory(_ id: RecordID) throws -> Memory? {
    let memories = try all().memories
    let place = memories.firstPlace { $0.id >= id }
    return place < memories.count && memories[place].id == id ? memories[place] : nil
  }

  func isContested(_ id: RecordID) throws -> Bool { try all().contested.contains(id) }

  func agent(_ id: String) throws -> Agent? {
    guard try isKnown(agent: id) else { return nil }
    return try agents().first { $0.id == id }
  }

  func agents() throws -> [Agent] {
    try all().agents()
  }

  func isKnown(agent id: String) throws -> Bool {
    var gathering = Gathering()
    try gather(Layout.folder(ofAgent: id), into: &gathering)
    let events = gathering.events().filter { $0.subject == .agent(id) }
    if AgentFold.fold(id, events: events, lastActive: nil) != nil { return true }
    return try isSmall && all().agents().contains { $0.id == id }
  }

  func memories(_ filter: MemoryFilter) throws -> [Memory] {
    if let session = filter.session {
      guard let records = try self.session(session),
        MemoryFilter.matches(filter.sessionMetadata, records.session.metadata)
      else { return [] }
      return try standing(records.memories.filter(filter.matches), filter)
    }
    let everything = try all()
    guard !filter.sessionMetadata.isEmpty else {
      return try standing(everything.memories.filter(filter.matches), filter)
    }
    let sessions = Set(
      everything.sessions().lazy.map(\.session)
        .filter { MemoryFilter.matches(filter.sessionMetadata, $0.metadata) }.map(\.id))
    return try standing(
      everything.memories.filter { memory in
        memory.session.map(sessions.contains) == true && filter.matches(memory)
      }, filter)
  }

  /// Those that count, where only those are asked for.
  private func standing(_ memories: [Memory], _ filter: MemoryFilter) throws -> [Memory] {
    guard filter.standsOnly, !memories.isEmpty else { return memories }
    let standing: Standing
    if let known = try known() {
      standing = knownStanding ?? Standing(known.memories, known.outcomes)
      knownStanding = standing
    } else {
      standing = try self.standing(of: memories)
    }
    return memories.filter { standing.stands($0.id) }
  }

  func newest(ofAgent id: String, before limit: Timestamp) throws -> ULID? {
    let agentFolder = Layout.folder(ofAgent: id)
    var gathering = Gathering()
    try gather(agentFolder, into: &gathering)
    let months = try folder.list(agentFolder).filter(\.isFolder).map { "\(agentFolder)/\($0.name)" }
    let waiting = pending.keys.filter { $0.hasPrefix(agentFolder + "/") }
    for month in Set(months + waiting).sorted(by: >) {
      try gather(month, into: &gathering)
      if let newest = Self.newest(gathering, before: limit) { return newest }
    }
    return Self.newest(gathering, before: limit)
  }

  private static func newest(_ gathering: Gathering, before limit: Timestamp) -> ULID? {
    (gathering.memories().map(\.id.ulid) + gathering.events().map(\.id.ulid)
      + gathering.reviews().map(\.id.ulid))
      .filter { $0.milliseconds < limit.milliseconds }.max()
  }

  /// Every record of the repository.
  func everything() throws -> Everything {
    Everything(try gathered(under: Layout.recordRoots))
  }

  /// Everything, where it has been read in any case.
  private func known() throws -> Everything? { isSmall ? try all() : customers }

  /// What the agents' folders hold.
  private func outsideSessions() throws -> Gathering {
    if let outside { return outside }
    let gathering = try gathered(under: [Layout.agentRoot])
    outside = gathering
    return gathering
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
