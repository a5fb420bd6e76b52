// A difference as a comment on a pull request: short, what needs a decision first.

extension DiffReport {
  /// Lines of a list before the rest is counted.
  private static let mostLines = 60

  var markdown: String {
    var lines = ["### Memory: \(summary)", ""]
    let marked = customers.flatMap { customer in
      customer.entries.filter { !$0.warnings.isEmpty }.map { (customer, $0) }
    }
    if !general.isEmpty || !marked.isEmpty {
      lines.append("**To look at**")
      lines.append("")
      lines += Self.listed(
        general.map { "- ⚠ \(Self.escaped($0.text))" + ($0.record.map { " · `\($0)`" } ?? "") }
          + marked.map { customer, entry in
            let what = entry.warnings.map { Self.escaped($0.text) }.joined(separator: "; ")
            return "- ⚠ \(what) — \(Self.line(entry, customer))"
          }, "more to look at")
      lines.append("")
    }
    let decisions = customers.flatMap { customer in
      customer.decisions.filter(\.warnings.isEmpty).map { (customer, $0) }
    }
    if !decisions.isEmpty {
      lines += ["**Decisions**", ""]
      lines += Self.listed(decisions.map { "- \(Self.line($1, $0))" }, "more decisions")
      lines.append("")
    }
    if !customers.isEmpty {
      lines += ["**Customers**", ""]
      lines += Self.listed(
        customers.map { "- \(Self.name($0)): \(Self.counts($0))" }, "more customers")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func listed(_ lines: [String], _ more: String) -> [String] {
    lines.count <= mostLines
      ? lines : lines.prefix(mostLines) + ["- … and \(lines.count - mostLines) \(more)"]
  }

  private static func line(_ entry: Entry, _ customer: Customer) -> String {
    let memory = entry.memory
    var text = "**\(escaped(memory.content.cut(280)))**"
    if let reason = memory.reasoning { text += " because \(escaped(reason.cut(280)))" }
    if let corrected = entry.corrects { text += " (was: \(escaped(corrected.content.cut(140))))" }
    if entry.isDenied {
      text = "~~\(text)~~ · \(escaped(entry.state.text.cut(280)))"
    }
    return text + " · \(escaped(memory.agent)) · \(name(customer)) · `\(memory.id)`"
  }

  private static func name(_ customer: Customer) -> String {
    customer.identity.map { escaped($0) } ?? "no customer"
  }

  /// `3 memories, 1 decision`
  static func counts(_ customer: Customer) -> String {
    let parts = [
      (customer.decisions.count, "decision", "decisions"),
      (customer.memories.count, "memory", "memories"),
      (customer.removed.count, "removed", "removed"),
      (customer.reviews.count, "review", "reviews"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }
    return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
  }

  /// `1 customer, 1 decision, 1 memory, 1 to look at`
  var summary: String {
    let words = [
      "customers": ("customer", "customers"), "decisions": ("decision", "decisions"),
      "memories": ("memory", "memories"), "removed": ("removed", "removed"),
      "reviews": ("review", "reviews"), "warnings": ("to look at", "to look at"),
    ]
    let parts = totals.compactMap { key, count -> String? in
      guard count > 0, let word = words[key] else { return nil }
      return "\(count) \(count == 1 ? word.0 : word.1)"
    }
    return parts.isEmpty ? "nothing new" : parts.joined(separator: ", ")
  }

  /// Text of others on one line, in which nothing is markup, and nobody is called by name.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "@": escaped += "@<!-- -->"
      case "\\", "`", "*", "_", "[", "]", "(", ")", "#", "!", "|", "~", "$":
        escaped += "\\\(scalar)"
      case _ where scalar.properties.isWhitespace: escaped += " "
      case _
      where scalar.properties.generalCategory == .control
        || scalar.properties.generalCategory == .format:
        continue
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped.split(separator: " ").joined(separator: " ")
  }
}

extension String {
  /// So many characters at most.
  fileprivate func cut(_ count: Int) -> String {
    guard let end = index(startIndex, offsetBy: count, limitedBy: endIndex), end < endIndex else {
      return self
    }
    return self[..<end] + "…"
  }
}
