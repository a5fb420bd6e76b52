// demo: the product's story, told by its own commands in a copy of the sample.

import Glibc
import Memtrace
import System

/// Every command line that it prints was run, and what follows is what it printed.
struct Demo: Answer {
  static let description = VerbDescription(
    name: "demo", group: "Repository",
    summary: "show support departments at work in a copy of the sample memory",
    fields: [
      Field(
        "directory", .path, positional: true,
        "a new folder for it; without it, one under /tmp that stays"),
      Field("from", .path, default: .string(sample), "the memory folder that is copied"),
    ],
    examples: ["memtrace demo", "memtrace demo /tmp/teleco --from sample-repo"])

  /// Where a clone of this project keeps its sample.
  static let sample = "sample-repo"

  private let folder: String
  private let commands: [String]
  private let transcript: String

  /// - Throws: `notFound` where there is no sample, `conflict` where the new folder is there already, and
  ///   whatever one of the commands throws.
  init(_ input: JSON, in call: Call, screen: Screen) throws {
    func absolute(_ path: String) -> String {
      path.hasPrefix("/") ? path : "\(call.directory)/\(path)"
    }
    let source = absolute(input["from"]?.string ?? Self.sample)
    guard access("\(source)/.memtrace/config.json", R_OK) == 0 else {
      throw MemtraceError(
        .notFound, "\(source): no memory folder to copy",
        hint: "run it in a clone of this project, or memtrace demo --from FOLDER")
    }
    folder = try Self.make(input["directory"]?.string.map(absolute))
    let stage = DemoStage(folder: folder, world: call.world, screen: screen)
    try DemoStory(stage: stage, sample: source).tell()
    commands = stage.commands
    transcript = stage.transcript
  }

  private static func make(_ path: String?) throws -> String {
    guard let path else {
      var template = Array("/tmp/memtrace-demo-XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else {
        throw MemtraceError(
          .internal, "no new folder under /tmp: \(SystemError.last("mkdtemp").reason)",
          hint: "memtrace demo DIR")
      }
      return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    guard mkdir(path, 0o777) == 0 else {
      throw MemtraceError(
        errno == EEXIST ? .conflict : .internal, "\(path): \(SystemError.last("mkdir").reason)",
        hint: "memtrace demo DIR makes the folder itself")
    }
    return path
  }

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("path")
      object.string(folder)
      object.key("commands")
      object.array { list in for command in commands { list.string(command) } }
    }
  }

  // The front ends what it prints with a line feed.
  var display: Display { .raw(Array(transcript.utf8.dropLast())) }
}
