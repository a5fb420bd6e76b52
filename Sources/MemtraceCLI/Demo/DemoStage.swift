// Where the demo plays: it runs command lines and writes down what a person would have seen.

import Memtrace
import System

/// A transcript in the making.
final class DemoStage {
  let folder: String
  private(set) var transcript = ""
  private(set) var commands: [String] = []
  private let world: World
  private let screen: Screen
  private var chapter = 0

  init(folder: String, world: World, screen: Screen) {
    self.folder = folder
    self.world = world
    self.screen = screen
  }

  /// Lines of ours, as they stand.
  func show(_ lines: String...) {
    transcript += lines.joined(separator: "\n") + "\n"
  }

  /// Begins a chapter.
  func chapter(_ title: String) {
    chapter += 1
    let text = "\(chapter). \(title)"
    transcript += (chapter == 1 ? "" : "\n") + screen.styled(text, .heading) + "\n"
  }

  /// One paragraph of ours.
  func say(_ text: String) {
    let width = screen.isTerminal ? min(screen.width, 100) : 100
    transcript += wrapped(text, width: width).joined(separator: "\n") + "\n"
  }

  /// Runs `memtrace` with these words, as if typed in a clone below the demo's folder.
  /// - Returns: the first line that it printed: the id, of a verb that makes something.
  @discardableResult
  func memtrace(_ words: String..., in clone: String) throws -> String {
    let call = try parse(words, verbs: CommandTable.descriptions, environment: [:])
    note(["memtrace"] + words, in: clone)
    let surroundings = Call(world: world, directory: "\(folder)/\(clone)")
    let answer = try CommandTable.perform(call.verb, call.input, in: surroundings)
    let shown =
      screen.isTerminal ? try answer.display.withShortIDs(in: surroundings) : answer.display
    let text = render(shown, on: screen, now: world.now())
    transcript += text
    return text.prefix { $0 != "\n" }.description
  }

  /// Runs `git`.
  func git(_ words: String..., in clone: String) throws {
    note(["git"] + words, in: clone)
    let run = ChildProcess.run(["git", "-C", "\(folder)/\(clone)"] + words)
    guard let run, run.status == 0 else {
      throw MemtraceError(
        .internal, "the demo could not run git \(words[0])", hint: "apt-get install git")
    }
    transcript += harmless(String(decoding: run.output, as: UTF8.self))
  }

  private func note(_ words: [String], in clone: String) {
    let prompt = clone == "." ? "$ " : "\(clone)$ "
    let command = words.map(Self.quoted).joined(separator: " ")
    commands.append(command)
    transcript += "\n" + prompt + screen.styled(Self.broken(words, after: prompt), .hint) + "\n"
  }

  /// A long command goes on in further lines, none of which splits an option from its value.
  private static func broken(_ words: [String], after prompt: String) -> String {
    var parts: [String] = []
    for word in words.map(quoted) {
      if let last = parts.last, !word.hasPrefix("--"), last.hasPrefix("--"), !last.contains(" ") {
        parts[parts.count - 1] += " " + word
      } else {
        parts.append(word)
      }
    }
    var lines = [parts.removeFirst()]
    for part in parts {
      let length = lines[lines.count - 1].count + (lines.count == 1 ? prompt.count : 0)
      if part.hasPrefix("--"), length + part.count > 90 {
        lines.append("    " + part)
      } else {
        lines[lines.count - 1] += " " + part
      }
    }
    return lines.joined(separator: " \\\n")
  }

  /// As a shell takes it for one word.
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.utf8.allSatisfy { byte in
        (97...122).contains(byte | 0x20) || (48...57).contains(byte)
          || "-_./=+:@,".utf8.contains(byte)
      }
    if isPlain { return word }
    if word.contains("'"), !word.contains(where: { "\"\\$`!".contains($0) }) {
      return "\"\(word)\""
    }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false).joined(
        separator: "'\\''") + "'"
  }
}
