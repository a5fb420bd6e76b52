// remember --batch: many memories out of a file of JSON lines, all or none, as one entry of the journal.

import Glibc
import Memtrace
import System

enum RememberFile {
  static let field = Field(
    "batch", .path,
    "instead of TEXT, a file of JSON lines with the fields of up to \(Limits.batch) memories, all or none; - reads standard input"
  )

  /// `remember` as the command line has it.
  static func extended(_ description: VerbDescription) -> VerbDescription {
    guard description.name == "remember" else { return description }
    return VerbDescription(
      name: description.name, group: description.group, effect: description.effect,
      summary: description.summary,
      fields: description.fields + [field],
      examples: description.examples + ["memtrace remember --batch memories.jsonl --json"])
  }

  /// What of a call goes into every line that does not say it itself.
  private static let shared = ["agent_id", "session_id"]

  /// - Returns: nil for a call of one memory.
  static func answer(_ input: JSON, in call: Call) throws -> (any Answer)? {
    guard let path = input["batch"]?.string, let members = input.members else { return nil }
    let strange = members.filter { $0.key != field.name && !shared.contains($0.key) }
    guard strange.isEmpty else {
      throw MemtraceError.invalid(
        strange.map { .init($0.key, "stands in the lines of the file, where there is --batch") })
    }
    let fallback = members.filter { shared.contains($0.key) }
    var memories: [JSON] = []
    var faults: [MemtraceError.Fault] = []
    for (number, line) in try text(path, in: call).utf8.split(separator: UInt8(ascii: "\n"))
      .enumerated()
    {
      if let row = (try? JSON(parsing: Array(line)))?.members {
        memories.append(
          .object(row + fallback.filter { one in !row.contains { $0.key == one.key } }))
      } else {
        faults.append(.init("memories[\(number)]", "must be a JSON object on a line of its own"))
      }
    }
    guard faults.isEmpty else { throw MemtraceError.invalid(faults) }
    return try VerbTable.remember(.object([.init("memories", .array(memories))]), in: call)
  }

  private static func text(_ path: String, in call: Call) throws -> String {
    let limit = 64 << 20
    if path == "-" { return try StandardInput.standard.text(limit: limit) }
    let place = call.place(of: path)
    do {
      let file = try Descriptor(opening: place, O_RDONLY)
      return try StandardInput(descriptor: file.raw).text(limit: limit)
    } catch let error as SystemError {
      if error.isMissing {
        throw MemtraceError(.notFound, "\(place): no such file or folder")
      }
      throw UsageError("cannot read \(path): \(error.reason)")
    }
  }
}
