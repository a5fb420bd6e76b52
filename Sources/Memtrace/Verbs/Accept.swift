// accept: says that records which are gone were meant to go.

internal import Git

struct Accept: Verb {
  static let description = VerbDescription(
    name: "accept", group: "Repository", effect: .administers,
    summary: "confirm that a commit's removals, or these records', were meant",
    fields: [
      Field(
        "removals", .list, required: true, positional: true,
        "a commit that removed records, or ids of records")
    ],
    examples: ["memtrace accept 107ddfe", "memtrace accept mem_01K…"])

  private let names: [String]

  init(_ input: inout Input) {
    names = input.list("removals")
    if names.isEmpty { input.fault("removals", "is required") }
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let repository = try store.repository()
    var (records, commits): ([String], [Commit]) = ([], [])
    for name in names {
      if MergeKey(text: name) != nil {
        records.append(name)
      } else if let id = try repository.resolve(name) {
        let commit = try repository.commit(id)
        let lost = try repository.losses(by: commit)
        let meant = lost.filter { !$0.key.isPermanent }
        guard !meant.isEmpty else {
          throw MemtraceError(
            .invalid,
            lost.isEmpty
              ? "\(name) removed no records"
              : "\(name) removed reviews or erasures alone, which come back whatever is said",
            hint: lost.isEmpty
              ? "memtrace check names the commits that did"
              : "memtrace review approve, reject or undo, and memtrace restore, say otherwise")
        }
        records += meant.map(\.key.text)
        commits.append(commit)
      } else {
        throw MemtraceError(
          .notFound, "\(name) is no commit and no record's id", hint: "memtrace log")
      }
    }
    let reviewer = try repository.defaultSignature()?.name ?? "unknown"
    let commit = commits.count == 1 ? commits[0].id.description : nil
    let ids = try store.write { try $0.accept(records, commit: commit, reviewer: reviewer) }.value
    var ledger = try RemovalLedger(repository)
    if !ledger.entries.isEmpty {
      for commit in commits { ledger.confirm(commit.id) }
      try ledger.save()
    }
    return AcceptAnswer(
      ids: ids.map(\.description), records: records,
      putBack: try putBack(commits, in: repository))
  }

  /// The commits that put these removals back, newest first.
  private func putBack(_ commits: [Commit], in repository: Repository) throws -> [String] {
    guard !commits.isEmpty, let head = try repository.head().commit else { return [] }
    var found: [String] = []
    try repository.history(from: head, excluding: commits[0].parents, limit: 1_000) { commit in
      guard commit.message.hasPrefix("put back: ") else { return }
      if commits.contains(where: { commit.message.contains("by \($0.id)\n") }) {
        found.append(String(commit.id.description.prefix(10)))
      }
    }
    return found
  }
}

struct AcceptAnswer: Answer {
  let ids: [String]
  let records: [String]
  let putBack: [String]

  func write(to json: inout JSONWriter) {
    json.object { object in
      for (key, texts) in [("ids", ids), ("accepted", records), ("put_back_by", putBack)] {
        object.key(key)
        object.array { list in for text in texts { list.string(text) } }
      }
      object.key("count")
      object.integer(records.count)
    }
  }

  var display: Display {
    let said =
      "accepted the removal of \(records.count) \(records.count == 1 ? "record" : "records")"
    guard !putBack.isEmpty else { return .line(said) }
    return .line(
      "\(said); they had been put back: git revert --no-edit \(putBack.joined(separator: " ")) "
        + "takes them out again")
  }
}
