// What cannot be taken back is asked for on a terminal, after it was shown.

import Glibc
import Memtrace

enum Confirmation {
  /// Whether a person sits there who has not said yes.
  static func isNeeded(_ verb: String, _ input: JSON, isJSON: Bool) -> Bool {
    verb == "erase" && !isJSON && input["yes"] != .bool(true) && input["dry_run"] != .bool(true)
      && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
  }

  /// The same words, that change nothing.
  static func rehearsal(_ input: JSON) -> JSON {
    .object((input.members ?? []).filter { $0.key != "dry_run" } + [.init("dry_run", .bool(true))])
  }

  static func ask(_ question: String) throws -> Bool {
    try Output.standard.write("\(question) [y/N] ")
    guard let answer = readLine() else { return false }
    return ["y", "yes"].contains(answer.lowercased())
  }
}
