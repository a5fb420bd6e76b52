// blame: who committed each record of a session, and who changed it since.

internal import Git

struct Blame: Verb {
  static let description = VerbDescription(
    name: "blame", group: "Review",
    summary: "show who committed each record of a session as it reads now",
    fields: [.sessionPosition], examples: ["memtrace blame sess_01M77RPX"])

  private let session: SessionID

  init(_ input: inout Input) { session = input.requiredSession() }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let repository = try store.repository()
    guard let records = try call.records().session(session) else {
      throw MemtraceError.noSession
    }
    let order = records.memories.map(\.id)
    // Lines as they are at HEAD whose commit is still looked for, by their bytes.
    var waiting: [[UInt8]: RecordID] = [:]
    var found: [RecordID: Commit] = [:]
    guard let head = try repository.head().commit else {
      return BlameAnswer(rows: [], organisation: store.configuration.organisation)
    }
    for (bytes, id) in try lines(try repository.commit(head).tree, repository) {
      waiting[bytes] = id
    }
    struct Done: Error {}
    var months = Months(session, repository)
    do {
      try repository.history(from: head, order: .time) { commit in
        guard call.isWanted(), !waiting.isEmpty else { throw Done() }
        let parents = try commit.parents.map { try repository.commit($0).tree }
        guard try months.differ(commit.tree, parents) else { return }
        let own = try places(commit.tree, repository)
        // What one parent had is that one's.
        if try own.isEmpty || parents.contains(where: { try places($0, repository) == own }) {
          return
        }
        var before: Set<[UInt8]> = []
        for parent in parents { before.formUnion(try lines(parent, repository).keys) }
        for bytes in try lines(commit.tree, repository).keys where !before.contains(bytes) {
          if let id = waiting.removeValue(forKey: bytes) { found[id] = commit }
        }
      }
    } catch is Done {}
    let memories = Dictionary(records.memories.map { ($0.id, $0) }) { first, _ in first }
    return BlameAnswer(
      rows: order.compactMap { id in
        memories[id].map { BlameAnswer.Row(memory: $0, commit: found[id]) }
      }, organisation: store.configuration.organisation)
  }

  /// The folder of the session's month in one commit after the other: most commits leave it as it was.
  private struct Months {
    private let path: String
    private let repository: Repository
    private var known: [ObjectID: ObjectID?] = [:]

    init(_ session: SessionID, _ repository: Repository) {
      path = Layout.month(ofFolder: Layout.folder(of: session))
      self.repository = repository
    }

    /// Whether there is one that no parent has as it is.
    mutating func differ(_ tree: ObjectID, _ parents: [ObjectID]) throws -> Bool {
      guard let own = try id(tree) else { return false }
      for parent in parents where try id(parent) == own { return false }
      return true
    }

    private mutating func id(_ tree: ObjectID) throws -> ObjectID? {
      // Who was a parent is asked of once more, soon.
      if let known = known[tree] { return known }
      if known.count > 1_000 { known = [:] }
      let id = try repository.treeEntry(in: tree, path)?.id
      known[tree] = .some(id)
      return id
    }
  }

  /// What may hold lines of the session: its folder, and the archives of its month.
  private func places(_ tree: ObjectID, _ repository: Repository) throws -> Set<ObjectID> {
    let folder = try repository.treeEntry(in: tree, Layout.folder(of: session))?.id
    let archives = try repository.archives(of: session, in: tree).map(\.id)
    return Set(archives + [folder].compactMap(\.self))
  }

  /// The lines of the session's record files and archives, each with its id.
  private func lines(_ tree: ObjectID, _ repository: Repository) throws -> [[UInt8]: RecordID] {
    var lines: [[UInt8]: RecordID] = [:]
    func add(_ blob: ObjectID, where isWanted: (Line) -> Bool = { _ in true }) throws {
      try repository.withBlob(blob) { buffer in
        scanLines(buffer) { line in
          guard let id = line.id, id.kind == .memory || id.kind == .decision, isWanted(line)
          else { return }
          lines[Array(line.bytes)] = id
        }
      }
    }
    if let folder = try repository.treeEntry(in: tree, Layout.folder(of: session)), folder.isTree {
      for file in try repository.entries(of: folder.id) where FileName(file.name) != nil {
        if file.mode.isRegular { try add(file.id) }
      }
    }
    for archive in try repository.archives(of: session, in: tree) {
      try add(archive.id) { line in
        (try? line.fields())?.text(.session).flatMap { SessionID($0) } == session
      }
    }
    return lines
  }
}

struct BlameAnswer: Answer {
  struct Row {
    let memory: Memory
    /// Nil where it is in no commit yet, or stands elsewhere than it belongs.
    let commit: Commit?
  }

  let rows: [Row]
  let organisation: String

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("records")
      object.array { list in
        for row in rows {
          list.object { entry in
            if let commit = row.commit {
              for (key, text) in [
                ("commit", commit.id.description), ("author", commit.author.name),
                (
                  "committed_at",
                  Timestamp(milliseconds: commit.committer.seconds * 1_000).description
                ),
              ] {
                entry.key(key)
                entry.string(text)
              }
            }
            entry.key("record")
            row.memory.write(to: &entry, organisation: organisation)
          }
        }
      }
      object.key("count")
      object.integer(rows.count)
    }
  }

  var display: Display {
    .table(
      [
        .init("COMMIT"), .init("AUTHOR"), .init("WHEN"), .init("WHAT", flexible: true),
        .init("ID"),
      ],
      rows: rows.map { row in
        [
          row.commit.map { .id(String($0.id.description.prefix(10))) } ?? .none,
          row.commit.map { .text($0.author.name) } ?? .none,
          row.commit.map { .time(Timestamp(milliseconds: $0.committer.seconds * 1_000)) } ?? .none,
          .text(row.memory.said), .record(row.memory.id.description),
        ]
      }, empty: "nothing was recorded")
  }
}
