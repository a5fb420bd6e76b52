// What an erasure came to: what is gone, what else is linked, who has it still, and what to do about that.

struct EraseAnswer: Answer {
  struct Remote {
    let name: String
    let isSent: Bool
    /// Why not, and the command that does it.
    let trouble: String?
    var remedy: String? = nil
  }

  let plan: ErasePlan
  let isDryRun: Bool
  var id: RecordID?
  /// False where the lines still stand in the tip: something is in the way, and nothing shows them.
  var isCommitted = false
  /// Erasures from before, whose lines leave history too.
  var earlier: [RecordID] = []
  var remotes: [Remote] = []
  var history: HistoryReport?
  /// What each remote's host may keep, and how it lets go of that.
  var hosts: [String] = []

  func write(to json: inout JSONWriter) {
    json.object { object in
      if let id {
        object.key("id")
        object.string(id.description)
      }
      object.key("dry_run")
      object.bool(isDryRun)
      for (key, texts) in [
        ("sessions", plan.sessions.map(\.id.description)),
        ("records", plan.memories.map(\.id.description) + plan.events.map(\.description)),
        ("related", plan.related.map(\.description)),
      ] {
        object.key(key)
        object.array { list in for text in texts { list.string(text) } }
      }
      object.key("count")
      object.integer(plan.count)
      object.key("linked")
      LinkedIdentity.write(plan.linked, to: &object)
      if !earlier.isEmpty {
        object.key("earlier")
        object.array { list in for id in earlier { list.string(id.description) } }
      }
      guard !isDryRun else { return }
      object.key("committed")
      object.bool(isCommitted)
      object.key("remotes")
      object.array { list in
        for remote in remotes {
          list.object { entry in
            entry.key("name")
            entry.string(remote.name)
            entry.key("sent")
            entry.bool(remote.isSent)
            if let trouble = remote.trouble {
              entry.key("trouble")
              entry.string(trouble)
            }
          }
        }
      }
      guard let history else { return }
      object.key("history")
      object.object { part in
        part.key("id")
        part.string(history.id.description)
        for (key, count) in [("commits", history.commits), ("objects_removed", history.removed)] {
          part.key(key)
          part.integer(count)
        }
        part.key("references")
        part.array { list in for name in history.references { list.string(name) } }
        part.key("moved")
        part.array { list in
          for (remote, references) in history.moved {
            list.object { entry in
              entry.key("remote")
              entry.string(remote)
              entry.key("references")
              entry.array { names in for name in references { names.string(name) } }
            }
          }
        }
        part.key("left")
        part.array { list in
          for text in history.left + hosts + [HostNote.others] { list.string(text) }
        }
      }
    }
  }

  var display: Display {
    guard !plan.isEmpty || history != nil || !earlier.isEmpty else {
      return .line("nothing matches: nothing was erased")
    }
    let what =
      "\(amount(plan.count, "record")), \(amount(plan.sessions.count, "session"))"
    var lines = [isDryRun ? "would erase \(what)" : "erased \(what)\(id.map { " · \($0)" } ?? "")"]
    lines += plan.sessions.prefix(20).map { "  \($0.id)" }
    if plan.sessions.count > 20 { lines.append("  and \(plan.sessions.count - 20) more") }
    lines += plan.memories.prefix(20).map { "  \($0.id)" }
    lines += plan.linked.map { $0.words(for: "memtrace erase --dry-run --where") }
    if !plan.related.isEmpty {
      let rest = plan.related.count > 5 ? " and \(plan.related.count - 5) more" : ""
      lines.append(
        "stays, and may repeat what was said: \(plan.related.prefix(5).map(\.description).joined(separator: ", "))\(rest)"
      )
    }
    if !earlier.isEmpty {
      let rest = earlier.count > 20 ? " and \(earlier.count - 20) more" : ""
      lines.append(
        "out of history with \(amount(earlier.count, "earlier erasure")): "
          + earlier.prefix(20).map(\.description).joined(separator: ", ") + rest)
    }
    if isDryRun { return .list(lines.map(Display.line)) }
    if !isCommitted {
      lines.append(
        "nothing shows it any more; its lines leave the branch with the next write: memtrace status says what is in the way"
      )
    }
    for remote in remotes {
      lines.append(
        remote.trouble.map {
          "\(remote.name) does not know yet (\($0)): \(remote.remedy ?? "memtrace sync \(remote.name)")"
        }
          ?? "\(remote.name) knows; other clones follow when they sync")
    }
    guard let history else {
      let again = id.map { "memtrace erase \($0) --history" } ?? "memtrace erase … --history"
      lines.append("Git's history holds the lines still: \(again) takes them out there too")
      return .list(lines.map(Display.line))
    }
    lines.append(
      "history: \(amount(history.commits, "commit")) rewritten, \(amount(history.removed, "object")) removed here, "
        + "\(amount(history.references.count, "reference")) moved · \(history.id)")
    for (remote, references) in history.moved where !references.isEmpty {
      lines.append("\(remote): \(references.map(SyncTarget.short).joined(separator: ", ")) moved")
    }
    lines.append("other clones follow by themselves when they sync. Not reached from here:")
    lines += (history.left + hosts + [HostNote.others]).map { "  \($0)" }
    return .list(lines.map(Display.line))
  }
}
