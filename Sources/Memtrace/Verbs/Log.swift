// log: who committed what, newest first.

internal import Git

struct Log: Verb {
  static let description = VerbDescription(
    name: "log", group: "Repository", summary: "list commits of memory, newest first",
    fields: Field.filters + Field.kindFilters + [.limit(20), .offset],
    examples: [
      "memtrace log --session sess_01K…", "memtrace log --where customer_id=cust_31882 --since 7d",
    ])

  private let filter: MemoryFilter
  private let limit: Int
  private let offset: Int

  init(_ input: inout Input) {
    filter = input.filterWithKinds()
    limit = input.integer("limit", in: Limits.page) ?? 20
    offset = input.integer("offset", in: 0...Int(Int32.max)) ?? 0
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let repository = try store.repository()
    guard let head = try repository.head().commit else {
      return LogAnswer(commits: [], hasMore: false)
    }
    let sessions =
      filter.sessionMetadata.isEmpty
      ? nil : Set(try call.records().sessions(where: filter.sessionMetadata).map(\.id))
    var found: [LogAnswer.Entry] = []
    var (skipped, early) = (0, 0)
    let floor = floor(sessions)
    struct Enough: Error {}
    do {
      try repository.history(from: head, order: .time) { commit in
        guard call.isWanted() else { throw Enough() }
        early = commit.committer.seconds * 1_000 < floor ? early + 1 : 0
        if early > Self.slop { throw Enough() }
        guard try matches(commit, sessions, in: repository) else { return }
        if skipped < offset {
          skipped += 1
          return
        }
        if found.count > limit { throw Enough() }
        let added: (records: Int, replicas: [String]) =
          try found.count < limit && call.wantsJSON ? added(by: commit, in: repository) : (0, [])
        found.append(
          LogAnswer.Entry(
            id: commit.id.description,
            time: Timestamp(milliseconds: commit.committer.seconds * 1_000),
            author: commit.author.name, subject: String(commit.message.prefix { $0 != "\n" }),
            records: added.records, replicas: added.replicas))
      }
    } catch is Enough {}
    if found.isEmpty { try call.noteUnknown(in: filter) }
    return LogAnswer(commits: Array(found.prefix(limit)), hasMore: found.count > limit)
  }

  /// So many commits in a row that are too early end it: a single clock that stood back does not.
  private static let slop = 64

  /// Milliseconds since 1970 before which no commit holds what is asked for: none is older than its records, or than
  /// the beginning of their session. Clocks may differ by a day.
  private func floor(_ sessions: Set<SessionID>?) -> Int64 {
    var times: [Int64] = []
    if let sessions = sessions ?? filter.session.map({ [$0] }) {
      times.append(
        sessions.reduce(.max) { first, id in
          if case .own(let ulid) = id { min(first, ulid.milliseconds) } else { .min }
        })
    }
    if let since = filter.since { times.append(since.milliseconds) }
    return times.max().map { $0 == .min ? $0 : $0 - 86_400_000 } ?? .min
  }

  /// An import of a whole history says how much it was; to count it once more takes seconds.
  private func added(
    by commit: Commit, in repository: Repository
  ) throws -> (records: Int, replicas: [String]) {
    if commit.parents.count < 2, let count = CommitMessage.imported(commit.message) {
      return (count, [])
    }
    if commit.parents.count == 1, CommitMessage.isOfArchive(commit.message) { return (0, []) }
    return try repository.recordsAdded(by: commit)
  }

  /// By the trailers where they name it; else by the lines that the commit adds, for a commit of many sessions names only
  /// some of them, an import none, and people write their own.
  private func matches(
    _ commit: Commit, _ sessions: Set<SessionID>?, in repository: Repository
  ) throws -> Bool {
    if filter.isEmpty { return true }
    if filter.isOfPlaces, sessions == nil {
      let message = commit.message.split(separator: "\n")
      let isNamed =
        filter.session.map { message.contains("Memtrace-Session: \($0)") } != false
        && filter.agent.map { message.contains("Memtrace-Agent: \($0)") } != false
      if isNamed { return true }
    }
    // What a merge brings is in the commits that it merges.
    if commit.parents.count > 1 || CommitMessage.isOfArchive(commit.message) { return false }
    return try repository.addsRecord(commit) { line in
      guard let fields = try? line.fields() else { return false }
      let session = fields.text(.session).flatMap { SessionID($0) }
      if let sessions, session.map(sessions.contains) != true { return false }
      guard filter.isOfPlaces else {
        guard case .memory(let memory) = line.record() else { return false }
        return filter.matches(memory)
      }
      return (filter.session == nil || session == filter.session)
        && (filter.agent == nil || fields.text(.agent) == filter.agent)
    }
  }
}

struct LogAnswer: Answer {
  struct Entry {
    let id: String
    let time: Timestamp
    let author: String
    let subject: String
    /// Lines that it added to record files, against its first parent, and the replicas that had written them: not of an
    /// import, which says itself how many there were, and not for a table, which does not show them.
    let records: Int
    let replicas: [String]
  }

  let commits: [Entry]
  let hasMore: Bool

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("commits")
      object.array { list in
        for commit in commits {
          list.object { entry in
            entry.key("id")
            entry.string(commit.id)
            entry.key("time")
            entry.string(commit.time.description)
            entry.key("author")
            entry.string(commit.author)
            entry.key("subject")
            entry.string(commit.subject)
            entry.key("records")
            entry.integer(commit.records)
            entry.key("replicas")
            entry.array { list in for name in commit.replicas { list.string(name) } }
          }
        }
      }
      object.key("has_more")
      object.bool(hasMore)
    }
  }

  var display: Display {
    .table(
      [
        Display.Column("COMMIT"), Display.Column("WHEN"), Display.Column("AUTHOR"),
        Display.Column("SUBJECT", flexible: true),
      ],
      rows: commits.map {
        [.id(String($0.id.prefix(10))), .time($0.time), .text($0.author), .text($0.subject)]
      }, empty: "no commits")
  }
}

extension Repository {
  /// How many lines a commit added to record files, against its first parent, and whose they are.
  func recordsAdded(by commit: Commit) throws -> (records: Int, replicas: [String]) {
    let parent = try commit.parents.first.map { try self.commit($0).tree }
    var count = 0
    // Of archives, and of files that went: what moves is not added.
    var (arrived, gone) = (0, 0)
    var replicas: Set<String> = []
    for root in Layout.recordRoots {
      try changes(from: parent, to: commit.tree, under: root) { change in
        guard let new = change.new else {
          if let old = change.old, old.mode.isBlob { gone += try lines(of: old.id) }
          return
        }
        guard new.mode.isBlob else { return }
        let before = try change.old.map { try lines(of: $0.id) } ?? 0
        let added = max(0, try lines(of: new.id) - before)
        if FileName.isArchive(change.path) {
          arrived += added
          return
        }
        count += added
        if added > 0, let file = FileName(change.path.split(separator: "/").last ?? "") {
          replicas.insert(file.replica)
        }
      }
    }
    return (count + max(0, arrived - gone), replicas.sorted())
  }

  /// Whether one of the lines that a commit adds or changes, against its parent, is a record that meets a condition. A
  /// line that moves from one file to another does neither.
  func addsRecord(_ commit: Commit, where meets: (Line) -> Bool) throws -> Bool {
    let parent = try commit.parents.first.map { try self.commit($0).tree }
    var files: [TreeChange] = []
    for root in Layout.recordRoots {
      try changes(from: parent, to: commit.tree, under: root) { change in
        if Readership(change.path) == .records { files.append(change) }
      }
    }
    // Where nothing but new files came, as by an import, the first line that meets it is enough.
    let mayMove = files.contains { $0.old != nil }
    var (found, gone): (Set<ArraySlice<UInt8>>, Set<ArraySlice<UInt8>>) = ([], [])
    for change in files {
      let old = try change.old.map { try blob($0.id) } ?? []
      let new = try change.new.map { try blob($0.id) } ?? []
      let isAppended = new.starts(with: old)
      let before = isAppended ? [] : Set(old.split(separator: UInt8(ascii: "\n")))
      let after = isAppended ? [] : Set(new.split(separator: UInt8(ascii: "\n")))
      gone.formUnion(before.subtracting(after))
      let added = isAppended ? Array(new[old.count...]) : new
      added.withUnsafeBytes { buffer in
        scanLines(buffer) { line in
          guard line.id != nil, meets(line) else { return }
          let bytes = Array(line.bytes)[...]
          if !before.contains(bytes) { found.insert(bytes) }
        }
      }
      if !mayMove, !found.isEmpty { return true }
    }
    return !found.isSubset(of: gone)
  }

  private func lines(of blob: ObjectID) throws -> Int {
    try withBlob(blob) { buffer in
      buffer.count { $0 == UInt8(ascii: "\n") }
        + (buffer.last.map { $0 != UInt8(ascii: "\n") } == true ? 1 : 0)
    }
  }
}
