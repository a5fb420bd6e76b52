// The whole command line in one document, as docs/CLI.md and as a page for man(1), out of the verb table.

import Memtrace
import MemtraceHTTP

struct Manual {
  let verbs: [VerbDescription]

  static let description = VerbDescription(
    name: "manual", group: "Repository", summary: "print the manual: for man, or as Markdown",
    fields: [
      Field("format", .choice(["man", "markdown"]), positional: true, default: "man", "which form")
    ],
    examples: ["memtrace manual | man -l -"])

  private static let exitCodes: [(ExitCode, String)] = [
    (.done, "done"), (.failed, "failed: busy, full, forbidden, or a fault of the program"),
    (.invalid, "the call's words or values are off"), (.notFound, "not found"),
    (.conflict, "conflict: it is there already, or a person has to decide"),
    (.remote, "the remote, or the way there"), (.corrupt, "damaged data"),
  ]

  private var groups: [(title: String, verbs: [VerbDescription])] {
    var titles: [String] = []
    for verb in verbs where !titles.contains(verb.group) { titles.append(verb.group) }
    return titles.map { title in (title, verbs.filter { $0.group == title }) }
  }

  private static let about = """
    Memory that agents share, kept in a Git repository. Standard output carries the result, standard error the rest. \
    With --json the result is JSON, the same that the bridge answers on the route named at each verb.
    """

  // MARK: Markdown

  var markdown: String {
    var text = """
      # The command line

      Made by `memtrace manual markdown` from the table of verbs; `make manual` writes it anew. `memtrace help VERB` says the same of one verb.

      \(Self.about)


      """
    text += "| exit code | meaning |\n|---|---|\n"
    for (code, meaning) in Self.exitCodes { text += "| \(code.rawValue) | \(meaning) |\n" }
    text += "\n| option of every verb | |\n|---|---|\n"
    for option in GlobalOption.allCases {
      text += "| `\(option.words)` | \(cell(option.help)) |\n"
    }
    text += "\n| environment | |\n|---|---|\n"
    for variable in EnvironmentVariable.allCases {
      text += "| `\(variable.rawValue)` | \(cell(variable.help)) |\n"
    }
    text += """

      With `--json` each verb prints what stands beside *JSON*: the names of an object's members, with `?` where one may be missing, and what is in those that are no
      plain values. These stand by their names:

      | | |
      |---|---|

      """
    for name in AnswerShape.named {
      text += "| \(name) | `\(AnswerShape.of(schema: name))` |\n"
    }
    text += "| an error, on standard error | `{error, hint?, field?, code}` |\n"
    for group in groups {
      text += "\n## \(group.title)\n"
      for verb in group.verbs { text += markdown(verb) }
    }
    return text
  }

  private func markdown(_ verb: VerbDescription) -> String {
    var text = "\n### memtrace \(verb.name)\n\n\(sentence(verb.summary))\n\n```\n"
    text += usageLine(verb).dropFirst("usage: ".count) + "\n```\n"
    if !verb.fields.isEmpty {
      text += "\n| argument | |\n|---|---|\n"
      for field in verb.fields {
        let spelling = field.spelling.map { $0 == "|" ? "\\|" : String($0) }.joined()
        text += "| `\(spelling)` | \(cell(field.explanation(in: verb))) |\n"
      }
    }
    let routes = Routes.of(verb.name).map { "`\($0)`" }.joined(separator: ", ")
    if let shape = AnswerShape.of(verb: verb.name) {
      text += "\nJSON: " + (shape.contains("{") || !shape.contains(" ") ? "`\(shape)`" : shape)
      text += (routes.isEmpty ? "" : ", as \(routes)") + "\n"
    }
    if !verb.examples.isEmpty {
      text += "\n```sh\n" + verb.examples.joined(separator: "\n") + "\n```\n"
    }
    return text
  }

  private func cell(_ text: String) -> String {
    text.map { $0 == "|" ? "\\|" : $0 == "<" ? "&lt;" : String($0) }.joined()
  }

  private func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  // MARK: man

  var page: String {
    var text = """
      .TH MEMTRACE 1 "" "memtrace \(version)" "Memtrace for Git"
      .SH NAME
      memtrace \\- memory that agents share, kept in a Git repository
      .SH SYNOPSIS
      .B memtrace
      [\\-C DIR] [\\-\\-json] VERB [arguments] [options]
      .br
      .B git memtrace
      VERB [arguments] [options]
      .SH DESCRIPTION
      \(roff(Self.about))
      .SH OPTIONS OF EVERY VERB

      """
    for option in GlobalOption.allCases { text += item(option.words, option.help) }
    for group in groups {
      text += ".SH \(roff(group.title.uppercased()))\n"
      for verb in group.verbs {
        text += ".SS \(roff(usageLine(verb).dropFirst("usage: ".count)))\n"
        text += roff(sentence(verb.summary)) + "\n"
        for field in verb.fields { text += item(field.spelling, field.explanation(in: verb)) }
        for example in verb.examples { text += ".PP\n.nf\n.RS\n\(roff(example))\n.RE\n.fi\n" }
      }
    }
    text += ".SH ENVIRONMENT\n"
    for variable in EnvironmentVariable.allCases { text += item(variable.rawValue, variable.help) }
    text += ".SH EXIT STATUS\n"
    for (code, meaning) in Self.exitCodes { text += item("\(code.rawValue)", meaning) }
    return text
  }

  private func item(_ term: String, _ words: String) -> String {
    ".TP\n.B \(roff(term))\n\(roff(words))\n"
  }

  /// Backslashes, dashes and what begins a line with a meaning of its own.
  private func roff(_ text: some StringProtocol) -> String {
    text.split(separator: "\n" as Character, omittingEmptySubsequences: false).map { line in
      let escaped = line.map { letter -> String in
        switch letter {
        case "\\": "\\e"
        case "-": "\\-"
        case "'": "\\(aq"
        case "`": "\\(ga"
        case "^": "\\(ha"
        case "~": "\\(ti"
        case "\"": "\\(dq"
        case "…": "..."
        default: String(letter)
        }
      }.joined()
      return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
    }.joined(separator: "\n")
  }
}

extension GlobalOption {
  /// `-q, --quiet`, `-C DIR`.
  var words: String {
    [short, rawValue].compactMap(\.self).joined(separator: ", ")
      + (placeholder.map { " \($0)" } ?? "")
  }
}

/// The manual as an answer.
struct ManualAnswer: Answer {
  let text: String

  /// - Throws: `invalid` for a form that is none.
  init(_ input: JSON, verbs: [VerbDescription]) throws {
    let manual = Manual(verbs: verbs)
    switch input["format"]?.string {
    case nil, "man": text = manual.page
    case "markdown": text = manual.markdown
    default: throw MemtraceError.invalid([.init("format", "must be one of man, markdown")])
    }
  }

  func write(to json: inout JSONWriter) { json.string(text) }
  var display: Display { .raw(Array(text.utf8.dropLast())) }
}
