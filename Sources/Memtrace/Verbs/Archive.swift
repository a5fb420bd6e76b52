// archive: closed sessions whose lines are old, out of many small files into few.

internal import Git

struct Archive: Verb {
  static let description = VerbDescription(
    name: "archive", group: "Repository", effect: .administers,
    summary: "move old lines of closed sessions into one file a month; all is read as before",
    fields: [
      Field(
        "older_than", .moment, default: "180d",
        "only files whose newest line is older, 60 days at least: 90d, 52w, a date"),
      Field("dry_run", .flag, "say what would move, and change nothing"),
    ],
    examples: ["memtrace archive --dry-run", "memtrace archive --older-than 90d"])

  private let before: Timestamp
  private let isDryRun: Bool

  init(_ input: inout Input) {
    let usual = Timestamp(milliseconds: input.now.milliseconds - 180 * 86_400_000)
    before = input.moment("older_than") ?? usual
    if before.milliseconds > input.now.milliseconds - Limits.archiveAge {
      input.fault(
        "older_than", "must be 60 days or more: clones that sync less often would be in the way")
    }
    isDryRun = input.flag("dry_run")
  }

  func run(in call: Call) throws -> any Answer {
    let report = try call.store().archive(before: before, isDryRun: isDryRun) {
      call.progress("looking at files", $0, nil)
    }
    return ArchiveAnswer(report: report, isDryRun: isDryRun)
  }
}

struct ArchiveAnswer: Answer {
  let report: ArchiveReport
  let isDryRun: Bool

  private var left: [(key: String, count: Int, why: String)] {
    let left = report.left
    return [
      ("open", left.open, "of sessions that are not closed"),
      ("young", left.young, "with a line that is younger"),
      ("unmerged", left.unmerged, "of sessions of which a branch or another clone has more"),
      ("changed", left.changed, "that somebody changed and did not commit"),
      ("odd", left.odd, "with a line that is no record of their session: memtrace check"),
      ("few", left.few, "too few of their month, or too large beside the others"),
    ]
  }

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("dry_run")
      object.bool(isDryRun)
      for (key, count) in [
        ("sessions", report.sessions), ("files", report.files), ("lines", report.lines),
        ("archives", report.archives),
      ] {
        object.key(key)
        object.integer(count)
      }
      if let commit = report.commit {
        object.key("commit")
        object.string(commit)
      }
      object.key("left")
      object.object { part in
        for reason in left {
          part.key(reason.key)
          part.integer(reason.count)
        }
      }
    }
  }

  var display: Display {
    let what =
      "\(amount(report.lines, "line")) of \(amount(report.sessions, "session")): "
      + "\(amount(report.files, "file")) into \(report.archives)"
    let first =
      report.files == 0
      ? "nothing to archive" : isDryRun ? "would archive \(what)" : "archived \(what)"
    let stay = left.filter { $0.count > 0 }.map { "  \(amount($0.count, "file")) \($0.why)" }
    return .list(([first] + (stay.isEmpty ? [] : ["as they are:"] + stay)).map(Display.line))
  }
}
