// merge-file and show-file: what plain Git calls on our files.

internal import System

/// The merge driver (gitattributes(5)): merges into the second file. Run by `git merge`, not by people.
struct MergeFile: Verb {
  static let description = VerbDescription(
    name: "merge-file", group: "Git", effect: .changes,
    summary: "merge three versions of a file of records (for git merge)",
    fields: [
      Field("base", .path, required: true, positional: true, "the common ancestor's version (%O)"),
      Field(
        "ours", .path, required: true, positional: true, "our version, which takes the result (%A)"),
      Field("theirs", .path, required: true, positional: true, "the other version (%B)"),
    ],
    examples: ["memtrace merge-file %O %A %B"])

  private let base: String
  private let ours: String
  private let theirs: String

  init(_ input: inout Input) {
    base = input.required("base")
    ours = input.required("ours")
    theirs = input.required("theirs")
  }

  /// - Throws: `conflict` where the file holds no records and both sides changed the same lines: Git then keeps its
  ///   conflict for a person.
  func run(in call: Call) throws -> any Answer {
    let folder = call.directory
    func read(_ path: String) throws -> [UInt8] {
      try Descriptor(opening: path.hasPrefix("/") ? path : Place.joined(folder, path), 0).readAll()
    }
    let (old, mine, other) = (try read(base), try read(ours), try read(theirs))
    let result = try merge(old, mine, other)
    let erasures = try Self.erasures(in: call)
    try result.bytes.map { try Self.replace(ours, folder, erasures.filtered($0)) }
    return MergeFileAnswer(conflicts: result.conflicts)
  }

  /// None outside a memory repository, where three files may be merged as well.
  private static func erasures(in call: Call) throws -> Erasures {
    do {
      return try call.store().erasures()
    } catch let error as MemtraceError where error.kind == .notFound {
      return Erasures()
    }
  }

  private func merge(_ old: [UInt8], _ mine: [UInt8], _ other: [UInt8]) throws -> (
    bytes: [UInt8]?, conflicts: Int
  ) {
    let holdsRecords = [old, mine, other].contains { !RecordLines($0[...]).records.isEmpty }
    guard holdsRecords else {
      if let text = try TextMerge.merge(old, mine, other) { return (text, 0) }
      throw MemtraceError(
        .conflict, "both sides changed the same lines", hint: "resolve, then git add")
    }
    // Git hands over an empty file where there was none.
    let merge = FileMerge(bases: old.isEmpty ? [] : [old], one: mine, other: other)
    return (merge.bytes ?? [], merge.conflicts)
  }

  private static func replace(_ path: String, _ folder: String, _ bytes: [UInt8]) throws {
    let full = path.hasPrefix("/") ? path : Place.joined(folder, path)
    let slash = full.lastIndex(of: "/")!
    let parent = try Folder(slash == full.startIndex ? "/" : String(full[..<slash]))
    try parent.replace(String(full[full.index(after: slash)...]), with: bytes)
  }
}

struct MergeFileAnswer: Answer {
  let conflicts: Int

  func write(to json: inout JSONWriter) {
    json.object {
      $0.key("conflicts")
      $0.integer(conflicts)
    }
  }

  var display: Display { .list([]) }
}

/// The text that `git log -p` and `git diff` show of a file of records.
struct ShowFile: Verb {
  static let description = VerbDescription(
    name: "show-file", group: "Git", summary: "print a file of records for people (for git diff)",
    fields: [Field("file", .path, required: true, positional: true, "a .jsonl file")],
    examples: ["memtrace show-file sessions/…/memories.k7.jsonl"])

  private let file: String

  init(_ input: inout Input) { file = input.required("file") }

  func run(in call: Call) throws -> any Answer {
    let path = file.hasPrefix("/") ? file : Place.joined(call.directory, file)
    return ShowFileAnswer(text: RecordText.text(of: try Descriptor(opening: path, 0).readAll()))
  }
}

struct ShowFileAnswer: Answer {
  let text: String

  func write(to json: inout JSONWriter) { json.string(text) }

  var display: Display { .text(text) }
}
