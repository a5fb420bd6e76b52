// Ending what `propose` began, and what of it goes to the main branch then though nobody there took it.

import Git

extension Store {
  /// From now on a sync pushes to the main branch again.
  /// - Parameter isAgain: what was turned down may go there too.
  /// - Returns: a line for a person: what that sync will push though nobody took it.
  /// - Throws: `conflict` where what was turned down would go there, and nobody said that it may.
  func endProposing(again isAgain: Bool) throws -> String {
    try translating {
      try syncing { _ in
        var line = "memtrace sync pushes to the main branch again"
        guard let proposal = try Proposal.read(self) else { return line }
        let new = try recordsMissing(from: proposal)
        let refused = proposal.held.intersection(new).count
        let waiting = proposal.isOpen ? proposal.records.intersection(new).count : 0
        let was = refused == 1 ? "1 record that was" : "\(refused) records that were"
        guard refused == 0 || isAgain else {
          throw MemtraceError(
            .conflict,
            "\(was) turned down would go to \(SyncTarget.short(proposal.into)) with the next sync; nothing was changed",
            hint: "memtrace propose --off --again lets \(refused == 1 ? "it" : "them") go there")
        }
        var parts: [String] = []
        if waiting > 0 {
          let what = waiting == 1 ? "1 record that waits" : "\(waiting) records that wait"
          parts.append("\(what) on \(SyncTarget.short(proposal.branch))")
        }
        if refused > 0 { parts.append("\(was) turned down") }
        if !parts.isEmpty { line += ", the next one with " + parts.joined(separator: " and ") }
        try Proposal.forget(self)
        return line
      }
    }
  }

  /// Ids that this clone has and the main branch, as it was fetched last, has not.
  private func recordsMissing(from proposal: Proposal) throws -> Set<String> {
    let repository = try repository()
    guard let head = try repository.head().commit else { return [] }
    let upstream = Upstream(remote: proposal.remote, branch: proposal.into)
    let main = try repository.trackingReference(for: upstream).flatMap {
      try repository.reference($0)
    }.flatMap { try repository.commitIfThere($0) }
    let lines = try repository.losses(from: repository.commit(head).tree, to: main?.tree)
    return Set(lines.map(\.key.text))
  }
}
