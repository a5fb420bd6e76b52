// What an erasure came to: what is gone, what else is linked, who has it still, and what to do about that.

struct EraseAnswer: Answer {
  struct Remote {
    let name: String
    let isSent: Bool
    let trouble: String?
  }

  let plan: ErasePlan
  let isDryRun: Bool
  var id: RecordID?
  /// False where the lines still stand in the tip: something is in the way, and nothing shows them.
  var isCommitted = false
  var remotes: [Remote] = []

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
      object.array { list in
        for (member, sessions) in plan.linked {
          list.object { entry in
            entry.key("key")
            entry.string(member.key)
            entry.key("value")
            entry.string(member.value.scalarText ?? "")
            entry.key("sessions")
            entry.array { ids in for id in sessions { ids.string(id.description) } }
          }
        }
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
    }
  }

  var display: Display {
    guard !plan.isEmpty else { return .line("nothing matches: nothing was erased") }
    let what =
      "\(amount(plan.count, "record")), \(amount(plan.sessions.count, "session"))"
    var lines = [isDryRun ? "would erase \(what)" : "erased \(what)\(id.map { " · \($0)" } ?? "")"]
    lines += plan.sessions.prefix(20).map { "  \($0.id)" }
    if plan.sessions.count > 20 { lines.append("  and \(plan.sessions.count - 20) more") }
    lines += plan.memories.prefix(20).map { "  \($0.id)" }
    for (member, sessions) in plan.linked {
      let named = "\(member.key)=\(member.value.scalarText ?? "")"
      lines.append(
        sessions.isEmpty
          ? "known by \(named)"
          : "known by \(named), as \(amount(sessions.count, "other session")): "
            + "memtrace erase --where '\(named)' --dry-run")
    }
    if !plan.related.isEmpty {
      lines.append(
        "stays, and may repeat what was said: \(plan.related.prefix(5).map(\.description).joined(separator: ", "))"
      )
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
          "\(remote.name) does not know yet (\($0)): memtrace sync \(remote.name)"
        }
          ?? "\(remote.name) knows; other clones follow when they sync")
    }
    lines.append("Git's history holds the lines still")
    return .list(lines.map(Display.line))
  }
}
