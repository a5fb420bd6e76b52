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
    var report = try DiffReport.between(range, in: call) { memory in
      agent.map { memory.agent.isExactly($0.id) } ?? true
    }
    if !conditions.isEmpty {
      let records = try call.records()
      let wanted = Set(try records.sessions(where: conditions).map(\.id))
      report.keep { $0.sessions.contains(where: wanted.contains) }
    }
    if sinceSeen, call.isForPeople, let new = range.new { try SeenCommit.note(new, in: call) }
    return DiffAnswer(
      report: report, isMarkdown: isMarkdown,
      organisation: try call.store().configuration.organisation)
  }
}

extension DiffReport {
  /// - Parameter isWanted: which records it is about.
  static func between(
    _ range: DiffRange, in call: Call, isWanted: (Memory) -> Bool
  ) throws -> DiffReport {
    let store = try call.store()
    let repository = try store.repository()
    let old = try range.old.map { try repository.commit($0).tree }
    let new = try range.new.map { try repository.commit($0).tree }
    var files: [ChangedFile] = []
    let erasures = try store.erasures()
    for root in Layout.recordRoots {
      try repository.changes(from: old, to: new, under: root) { change in
        guard RecordPath.isRecordFile(change.path) else { return }
        func bytes(_ id: ObjectID?, _ isFile: Bool) throws -> [UInt8]? {
          isFile ? try id.map(repository.blob).map(erasures.filtered) : nil
        }
        files.append(
          ChangedFile(
            path: change.path,
            old: try bytes(change.old?.id, change.old?.mode.isRegular == true),
            new: try bytes(change.new?.id, change.new?.mode.isRegular == true)))
      }
    }
    var diff = RecordDiff(files).filtered(isWanted)
    if diff.changes.contains(where: { $0.kind == .removed }) {
      let gone = Set(try repository.losses(from: old, to: new).map(\.key.text))
      diff.leaveOut { $0.kind == .removed && !gone.contains($0.memory.id.description) }
    }
    let records =
      try range.new == repository.head().commit
      ? call.records()
      : range.new.map { try store.records(at: $0.description) } ?? call.records()
    let memories = diff.changes.map(\.memory)
    let keys = store.configuration.identityKeys
    var report = try DiffReport(
      diff, policy: store.configuration.review, standing: try records.standing(of: memories),
      authors: range.new.map {
        try repository.authors(of: diff.changes, from: range.old, to: $0)
      } ?? [:],
      asked: Set(try records.outcomes(of: memories).keys),
      identify: { try records.standing(of: $0)?.session.metadata.customer(keys) },
      find: records.memory)
    for change in diff.changes where change.kind == .added {
      guard try records.isContested(change.memory.id) else { continue }
      report.general.append(
        Warning(
          kind: .changed, record: change.memory.id,
          text: "another line under the id of a record that is there too"))
    }
    func settings(_ tree: ObjectID?) throws -> JSON? {
      guard let tree, let id = try repository.treeEntry(in: tree, Layout.configuration)?.id else {
        return nil
      }
      return try? JSON(parsing: repository.blob(id))
    }
    let (before, after) = (try settings(old), try settings(new))
    if old != nil,
      before?["review"] != after?["review"] || before?["reviewers"] != after?["reviewers"]
    {
      report.general.insert(
        Warning(
          kind: .configuration, record: nil,
          text: "what waits for a verdict, or who gives one, was changed in \(Layout.configuration)"
        ),
        at: 0)
    }
    return report
  }
}
