// The program: words in, a verb performed, an exit code out. The only place that exits, reads the clock or knows
// the folder that it was started in.

import Glibc
import Memtrace
import System

@main
struct Program {
  static func main() {
    Output.ignoreSignalsOfWrites()
    exit(Program().run().rawValue)
  }

  private func run() -> ExitCode {
    var errors = Screen(descriptor: STDERR_FILENO, environment: [:])
    // Known before the words make a call: that they make none is told in the same way.
    var isJSON = givenArguments().prefix { $0 != Array("--".utf8) }
      .contains(Array(GlobalOption.json.rawValue.utf8))
    var verb = ""
    do {
      let environment = try processEnvironment()
      errors = Screen(descriptor: STDERR_FILENO, environment: environment)
      let call = try parse(
        try processArguments(), verbs: CommandTable.descriptions, environment: environment)
      (verb, isJSON) = (call.verb, call.isJSON)
      errors = Screen(descriptor: STDERR_FILENO, environment: environment, color: call.color)
      let screen = Screen(descriptor: STDOUT_FILENO, environment: environment, color: call.color)
      return try perform(call, screen: screen, errors: errors, network: environmentNetwork())
    } catch {
      let complaint = Complaint(error, verb: verb)
      // Where standard error takes nothing, the exit code is all that is left to say.
      _ = try? Output.error.write(complaint.text(on: errors, asJSON: isJSON))
      return complaint.exitCode
    }
  }

  private func perform(
    _ call: Invocation, screen: Screen, errors: Screen, network: Network
  ) throws -> ExitCode {
    if call.wantsVersion {
      try Output.standard.write(versionLine(version))
      return .done
    }
    if call.wantsHelp {
      try Output.standard.write(
        try Help(verbs: CommandTable.descriptions, screen: screen).text(topic: call.verb))
      return .done
    }
    let progress = Progress(screen: call.quiet ? .plain : errors)
    let surroundings = Call(
      world: World(now: wallClock), directory: call.directory ?? currentFolder(),
      progress: { progress.update($0, done: $1, total: $2) })
    surroundings.network = network
    surroundings.currentFolder = currentFolder()
    surroundings.wantsJSON = call.isJSON
    defer { progress.clear() }
    return try perform(call, try complete(call), in: surroundings, progress, screen)
  }

  private func perform(
    _ call: Invocation, _ input: JSON, in surroundings: Call, _ progress: Progress, _ screen: Screen
  ) throws -> ExitCode {
    if call.verb == Serve.description.name {
      try Serve(input, isQuiet: call.quiet).run(in: surroundings)
      return .done
    }
    if call.verb == ModelContext.description.name {
      if let relay = try RemoteModelContext(input) {
        relay.run()
      } else {
        ModelContext(input, in: surroundings).run()
      }
      return .done
    }
    if Confirmation.isNeeded(call.verb, input, isJSON: call.isJSON) {
      try show(
        try CommandTable.perform(call.verb, Confirmation.rehearsal(input), in: surroundings),
        asJSON: false, on: screen, surroundings)
      guard try Confirmation.ask("Erase this for good, on every clone?") else { return .done }
    }
    let answer = try CommandTable.perform(call.verb, input, in: surroundings)
    progress.clear()
    if !call.quiet {
      for notice in surroundings.takeNotices() {
        try Output.error.write("memtrace: note: \(harmlessLine(notice))\n")
      }
    }
    try show(answer, asJSON: call.isJSON, on: screen, surroundings)
    if let root = surroundings.housekeepingIsDue() { Background.housekeeping(of: root) }
    return answer.failure.map(ExitCode.init) ?? .done
  }

  /// The input with the text of standard input in its place.
  private func complete(_ call: Invocation) throws -> JSON {
    guard let field = call.standardInputField else { return call.input }
    let text = try StandardInput.standard.text(limit: Limits.content.upperBound)
    return .object((call.input.members ?? []) + [.init(field, .string(text))])
  }

  private func show(
    _ answer: any Answer, asJSON: Bool, on screen: Screen, _ surroundings: Call
  ) throws {
    if asJSON {
      var writer = JSONWriter()
      answer.write(to: &writer)
      // An export of nothing is no line.
      if !writer.bytes.isEmpty { try Output.standard.write(writer.bytes + [UInt8(ascii: "\n")]) }
    } else if case .raw(let bytes) = answer.display {
      if !bytes.isEmpty { try Output.standard.write(bytes + [UInt8(ascii: "\n")]) }
    } else {
      let display = answer.display
      let shown = screen.isTerminal ? try display.withShortIDs(in: surroundings) : display
      try Output.standard.write(render(shown, on: screen, now: wallClock()))
    }
  }
}

/// The product's version, as `--version` and `/health` say it.
let version = "0.1.0"

@Sendable func wallClock() -> Timestamp {
  Timestamp(milliseconds: Clock.wall() / 1_000_000)
}

func currentFolder() -> String {
  guard let path = getcwd(nil, 0) else { return "." }
  defer { free(path) }
  return String(cString: path)
}
