// The verbs of the command line: the library's, and those that only a terminal has.

import Glibc
import Memtrace

enum CommandTable {
  static let descriptions =
    VerbTable.descriptions.map(RememberFile.extended) + [
      Serve.description, ModelContext.description, InstallModelContext.description,
      Demo.description, completionsDescription, Manual.description,
      versionDescription,
    ]

  static func perform(_ name: String, _ input: JSON, in call: Call) throws -> any Answer {
    if name == "remember", let answer = try RememberFile.answer(input, in: call) { return answer }
    switch name {
    case completionsDescription.name: return try CompletionScript(input)
    case versionDescription.name: return VersionAnswer()
    case Manual.description.name: return try ManualAnswer(input, verbs: descriptions)
    case InstallModelContext.description.name:
      return try InstallModelContext(input, in: call, environment: try processEnvironment())
    case Demo.description.name:
      return try Demo(
        input, in: call,
        screen: Screen(descriptor: STDOUT_FILENO, environment: try processEnvironment()))
    default: return try VerbTable.perform(name, input, in: call)
    }
  }

  private static let versionDescription = VerbDescription(
    name: "version", group: "Repository", summary: "show the version", fields: [],
    examples: ["memtrace version --json"])

  private static let completionsDescription = VerbDescription(
    name: "completions", group: "Repository", summary: "print completions for a shell",
    fields: [
      Field(
        "shell", .choice(Shell.allCases.map(\.rawValue)), required: true, positional: true,
        "bash, zsh or fish")
    ],
    examples: ["memtrace completions bash > /etc/bash_completion.d/memtrace"])
}

private struct VersionAnswer: Answer {
  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("version")
      object.string(version)
    }
  }

  var display: Display { .raw(Array(versionLine(version).utf8.dropLast())) }
}

private struct CompletionScript: Answer {
  let script: String

  init(_ input: JSON) throws {
    let name = input["shell"]?.string ?? ""
    guard let shell = Shell(rawValue: name) else {
      throw MemtraceError.invalid([
        .init("shell", "must be one of \(Shell.allCases.map(\.rawValue).joined(separator: ", "))")
      ])
    }
    script = completions(for: shell, verbs: CommandTable.descriptions)
  }

  func write(to json: inout JSONWriter) { json.string(script) }
  var display: Display { .raw(Array(script.utf8.dropLast())) }
}
