// The help texts, made from the verb table and nothing else.

import Memtrace

/// Help about a topic: nothing (all verbs), a verb, or the first word of several.
struct Help {
  let verbs: [VerbDescription]
  /// Columns to wrap at.
  let width: Int

  /// On a terminal its width, at most 100 columns; 80 elsewhere.
  init(verbs: [VerbDescription], screen: Screen) {
    self.verbs = verbs
    width = screen.isTerminal ? min(100, max(40, screen.width)) : Screen.defaultWidth
  }

  /// Throws for a topic that is none, with what may have been meant.
  func text(topic: String) throws(UsageError) -> String {
    let lookup = VerbLookup(verbs: verbs)
    if topic.isEmpty { return overview }
    if let verb = lookup.verb(topic) { return text(verb) }
    let group = lookup.subverbs(of: topic)
    guard !group.isEmpty else { throw lookup.unknown(topic, nil) }
    return page([listing("Verbs", group), prose("'memtrace help VERB' shows the options of one.")])
  }

  private var overview: String {
    var parts = [
      prose("memtrace: memory that agents share, kept in a Git repository"),
      usage(["usage: memtrace", "[-C DIR]", "[--json]", "VERB", "[arguments]", "[options]"]),
    ]
    var groups: [String] = []
    for verb in verbs where !groups.contains(verb.group) { groups.append(verb.group) }
    for group in groups { parts.append(listing(group, verbs.filter { $0.group == group })) }
    parts.append(globalOptions)
    parts.append(
      definitions("Environment", EnvironmentVariable.allCases.map { ($0.rawValue, $0.help) }))
    parts.append(prose("'memtrace help VERB' shows the options of a verb, with an example."))
    return page(parts)
  }

  private func text(_ verb: VerbDescription) -> String {
    let positionals = verb.fields.filter(\.isPositional)
    let flags = verb.fields.filter { !$0.isPositional }
    return page([
      prose("memtrace \(verb.name): \(verb.summary)"),
      usage(usageParts(verb)),
      definitions("Arguments", positionals.map { ($0.spelling, $0.explanation(in: verb)) }),
      definitions("Options", flags.map { ($0.listing, $0.explanation(in: verb)) }),
      verb.examples.isEmpty
        ? "" : "Examples\n" + verb.examples.map(example).joined(),
      prose("'memtrace help' lists the options of every verb, such as --json."),
    ])
  }

  private var globalOptions: String {
    definitions(
      "Options of every verb",
      GlobalOption.allCases.map { option in
        let names = [option.short, option.rawValue].compactMap(\.self).joined(separator: ", ")
        return (names + (option.placeholder.map { " \($0)" } ?? ""), option.help)
      })
  }

  private func listing(_ title: String, _ verbs: [VerbDescription]) -> String {
    let widest = self.verbs.map(\.name.displayWidth).max() ?? 0
    return definitions(title, verbs.map { ($0.name, $0.summary) }, column: widest + 4)
  }

  private func page(_ parts: [String]) -> String {
    parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// A command goes on in a further line where it is long, as a shell takes it; none splits an option from its value.
  private func example(_ command: String) -> String {
    var words: [String] = []
    var quote: Character?
    for character in command {
      if character == " ", quote == nil {
        words.append("")
        continue
      }
      if words.isEmpty { words.append("") }
      words[words.count - 1].append(character)
      if "'\"".contains(character) {
        quote = quote == nil ? character : quote == character ? nil : quote
      }
    }
    var parts: [String] = []
    for word in words {
      if let last = parts.last, last.hasPrefix("--"), !last.contains(" "), !word.hasPrefix("--") {
        parts[parts.count - 1] += " " + word
      } else {
        parts.append(word)
      }
    }
    let lines = wrapped(parts, width: width - 4, indent: 4)
    return lines.map { "  " + $0 }.joined(separator: " \\\n") + "\n"
  }

  /// Continued lines stand under the first word after the program and verb.
  private func usage(_ parts: [String]) -> String {
    wrapped(parts, width: width, indent: 9).joined(separator: "\n") + "\n"
  }

  private func prose(_ text: String) -> String {
    wrapped(text, width: width).joined(separator: "\n") + "\n"
  }

  /// Two columns; a long term has a line of its own.
  private func definitions(
    _ title: String, _ entries: [(term: String, text: String)], column: Int? = nil
  ) -> String {
    guard !entries.isEmpty else { return "" }
    let widest = entries.map(\.term.displayWidth).max() ?? 0
    let column = column ?? min(widest, width * 2 / 5) + 4
    var text = title + "\n"
    for entry in entries {
      let lines = wrapped(entry.text, width: max(20, width - column))
      let continued = "\n" + String(repeating: " ", count: column)
      let term = "  " + entry.term
      let isLong = term.displayWidth + 2 > column
      text += isLong ? term + continued : term.padded(to: column)
      text += lines.joined(separator: continued) + "\n"
    }
    return text
  }
}

/// `memtrace 0.1.0`
func versionLine(_ version: String) -> String {
  "memtrace \(version)\n"
}
