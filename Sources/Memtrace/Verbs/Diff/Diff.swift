// diff: what was recorded, corrected, removed and reviewed between two states, by customer.

internal import Git

struct Diff: Verb {
  static let description = VerbDescription(
    name: "diff", group: "Review",
    summary: "show what was recorded between two states, by customer, decisions first",
    fields: [
      Field(
        "range", .text, positional: true,
        "A..B or A: commits, branches, dates, monday; last-sync; without it what you have not seen yet"
      ),
      Field("since_seen", .flag, "from where you last looked with this option, and remember it"),
      .sessionMetadata,
      Field("agent_id", .id("agent"), flag: "agent", "only what this agent recorded"),
      Field("markdown", .flag, "as a comment for a pull request"),
    ],
    examples: ["memtrace diff monday..", "memtrace diff main..memtrace/laptop --markdown"])

  private let range: String?
  private let sinceSeen: Bool
  private let conditions: [JSON.Member]
  private let agent: AgentReference?
  private let isMarkdown: Bool

  init(_ input: inout Input) {
    range = input.text("range", characters: 1...512)
    sinceSeen = input.flag("since_seen")
    if sinceSeen, range != nil { input.fault("since_seen", "is a range of its own") }
    conditions = input.conditions()
    agent = input.agent()
    isMarkdown = input.flag("markdown")
  }

  func run(in call: Call) throws -> any Answer {
    let range = try DiffRange(range ?? "since-seen", in: call)
    let report = try DiffReport.between(
      range, in: call, of: agent, where: conditions)
    // Who looked at a part has not seen the rest.
    if sinceSeen, call.isForPeople, agent == nil, conditions.isEmpty, let new = range.new {
      try SeenCommit.note(new, in: call)
    }
    return DiffAnswer(
      report: report, isMarkdown: isMarkdown,
      organisation: try call.store().configuration.organisation)
  }
}

extension DiffReport {
  /// - Parameters:
  ///   - agent: only what this one recorded, and what was said of that.
  ///   - conditions: only of sessions that meet them.
  static func between(
    _ range: DiffRange, in call: Call, of agent: AgentReference? = nil,
    where conditions: [JSON.Member] = []
  ) throws -> DiffReport {
    let store = try call.store()
    let repository = try store.repository()
    let old = try range.old.map { try repository.commit($0) }
    let new = try range.new.map { try repository.commit($0).tree }
    let files = try changedFiles(from: old?.tree, to: new, in: store)
    var diff = RecordDiff(files)
    let ends = try DiffEnds(range, in: call)
    if let old {
      // Of most, the catalog says that they stand in no other file.
      let added = diff.changes.filter { $0.kind == .added }.map(\.memory)
      let new = ends.new.standing(added.map(\.id), onlyIn: Set(files.map(\.path)))
      diff.leaveOut(
        known: try repository.records(
          added.filter { !new.contains($0.id) }, of: old, without: files))
    }
    if diff.hasRemovals {
      let gone = Set(try repository.losses(from: old?.tree, to: new).map(\.key.text))
      diff.keepRemovals { gone.contains($0.description) }
    }
    try diff.filter(
      changes: { memory in
        try agent.map { memory.agent.isExactly($0.id) } != false
          && ends.meets(conditions, memory.session)
      },
      reviews: { review in
        try agent.map { try ends.new.memory(review.record)?.agent.isExactly($0.id) == true }
          != false && ends.meets(conditions, review.session)
      },
      edits: { try agent == nil && ends.meets(conditions, $0.before.session, isEdited: true) })
    let memories = diff.changes.map(\.memory)
    let keys = store.configuration.identityKeys
    var report = try DiffReport(
      diff, policy: store.configuration.review, standing: try ends.new.standing(of: memories),
      authors: range.new.map { try repository.authors(of: diff, from: range.old, to: $0) } ?? [:],
      asked: Set(try ends.new.outcomes(of: memories).keys),
      identify: { try ends.session($0)?.metadata.customer(keys) }, find: ends.new.memory)
    for change in diff.changes where change.kind == .added {
      guard try ends.new.isContested(change.memory.id) else { continue }
      report.general.append(
        Warning(
          kind: .changed, record: change.memory.id,
          text: "another line under the id of a record that is there too"))
    }
    report.general.insert(
      contentsOf: try ends.moves(diff.events, keys, of: agent, where: conditions), at: 0)
    func settings(_ tree: ObjectID?) throws -> JSON? {
      guard let tree, let id = try repository.treeEntry(in: tree, Layout.configuration)?.id else {
        return nil
      }
      return try? JSON(parsing: repository.blob(id))
    }
    let (before, after) = (try settings(old?.tree), try settings(new))
    if old != nil,
      before?["review"] != after?["review"] || before?["reviewers"] != after?["reviewers"]
    {
      report.general.insert(
        Warning(
          kind: .configuration, record: nil,
          text: "who reviews, or what waits for that, was changed in \(Layout.configuration)"
        ),
        at: 0)
    }
    return report
  }

  private static func changedFiles(
    from old: ObjectID?, to new: ObjectID?, in store: Store
  ) throws -> [ChangedFile] {
    let repository = try store.repository()
    let erasures = try store.erasures()
    var files: [ChangedFile] = []
    for root in Layout.recordRoots {
      try repository.changes(from: old, to: new, under: root) { change in
        guard Readership(change.path) == .records else { return }
        func bytes(_ side: TreeChange.Side?) throws -> [UInt8]? {
          guard let side, side.mode.isRegular else { return nil }
          return erasures.filtered(try repository.blob(side.id))
        }
        files.append(
          ChangedFile(path: change.path, old: try bytes(change.old), new: try bytes(change.new)))
      }
    }
    return files
  }
}
