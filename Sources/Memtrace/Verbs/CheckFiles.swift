// check: reads every line and all that Git holds, and says what is wrong with it.

internal import Git

struct CheckFiles: Verb {
  static let description = VerbDescription(
    name: "check", group: "Repository",
    summary: "read every line and all of Git, and report damage",
    fields: [
      Field(
        "repair", .flag,
        "first commit what waits, remove dead locks, rebuild a lost Git index, clear the quarantine"
      ),
      Field(
        "diff", .text,
        "only what A..B adds, with what a reviewer should see: commits, branches, dates or days"),
      Field(
        "annotate", .choice(Annotation.allCases.map(\.rawValue)),
        "as a hosting site reads it out of a job"),
    ],
    examples: [
      "memtrace check", "memtrace check --repair",
      "memtrace check --diff origin/main.. --annotate github",
    ])

  private let repairs: Bool
  private let range: String?
  private let annotation: Annotation?

  init(_ input: inout Input) {
    repairs = input.flag("repair")
    range = input.text("diff", characters: 1...512)
    annotation = input.choice("annotate", Annotation.self)
    if repairs, range != nil { input.fault("repair", "cannot be given together with diff") }
  }

  func run(in call: Call) throws -> any Answer {
    if let range {
      var answer = try ChangedLines.check(try DiffRange(range, in: call), in: call)
      answer.annotation = annotation
      return answer
    }
    let store = try call.store()
    let opened = Result { try store.repository() }
    let repository = try? opened.get()
    if repairs { try repair(store, repository) }
    var check = LineCheck(now: call.world.now(), store.configuration)
    var unread: [String] = []
    try store.eachRecordFile(
      unread: { unread.append($0) },
      { path, _, bytes in
        check.read(path, bytes)
        call.progress("checking", check.lines, nil)
      })
    try check.compareVersions(in: store)
    for path in unread {
      check.note(
        .warning, path, nil, "nobody reads this file: its name is not WORD.REPLICA.jsonl")
    }
    for path in try store.oddities() {
      check.note(
        .damage, path, nil,
        "a link, or something else that is no file, where a memory file should be: nobody reads it, and no sync takes it"
      )
    }
    if let obstacle = store.configuration.obstacle {
      check.note(
        .warning, Layout.configuration, nil, "\(obstacle): this version only reads here")
    }
    for name in try store.quarantined() {
      check.note(
        .warning, ".git/memtrace/quarantine/\(name)", nil,
        "a torn line was set aside; once you have looked at it: memtrace check --repair")
    }
    if let repository {
      do {
        check.look(at: try store.unsaidRemovals { call.progress("history", $0, nil) })
      } catch  where !repository.isShallow {
        check.note(.damage, ".git", nil, "what commits took out cannot be told: \(error)")
      } catch {
        check.note(.warning, ".git", nil, "a shallow clone: what commits took out cannot be told")
      }
      for kept in try store.keptAside() {
        check.note(.warning, ".git", nil, "\(kept.what): \(kept.hint)")
      }
      call.progress("checking Git", 0, nil)
      check.look(at: repository, messages: try store.stateFolder() + "/check.log")
    } else if store.isWorkTree, case .failure(let error) = opened {
      check.note(.damage, ".git", nil, "cannot be opened: \(error)")
    }
    return CheckAnswer(
      files: check.files, lines: check.lines, records: check.recordCount, problems: check.problems,
      annotation: annotation)
  }

  /// An index that is lost or damaged would have the next `git commit` remove files.
  private func repair(_ store: Store, _ repository: Repository?) throws {
    if let repository, [.missing, .damaged].contains(repository.indexState()),
      let tip = try repository.head().commit
    {
      try repository.rebuildIndex(from: try repository.commit(tip).tree)
      store.notices.append("the Git index was built anew from HEAD")
    }
    try store.commitPending()
    let count = try store.quarantined().count
    try store.clearQuarantine()
    if count > 0 {
      store.notices.append(
        "\(count) torn \(count == 1 ? "line" : "lines") moved to .git/memtrace/quarantine/cleared")
    }
  }
}
