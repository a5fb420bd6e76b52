// template accept: says that this clone may use what the repository has for contexts.

struct AcceptTemplate: Verb {
  static let description = VerbDescription(
    name: "template accept", group: "Repository", effect: .administers,
    summary: "use the repository's own template for contexts, once you have read it",
    fields: [
      Field("names", .list, positional: true, "files of .memtrace/templates; without one: all")
    ],
    examples: ["memtrace template accept", "memtrace template accept context.md"])

  private let names: [String]

  init(_ input: inout Input) {
    names = input.list("names")
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    let chosen = names.isEmpty ? try store.templateNames() : names
    return AcceptedTemplates(files: try store.acceptTemplates(chosen))
  }
}

struct AcceptedTemplates: Answer {
  let files: [(path: String, hash: String)]

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("accepted")
      object.array { list in
        for file in files {
          list.object { entry in
            entry.key("path")
            entry.string(file.path)
            entry.key("sha256")
            entry.string(file.hash)
          }
        }
      }
      object.key("count")
      object.integer(files.count)
    }
  }

  var display: Display {
    .table(
      [Display.Column("ACCEPTED"), Display.Column("SHA-256", flexible: true)],
      rows: files.map { [.text($0.path), .text($0.hash)] },
      empty:
        "the repository has no files for contexts (`memtrace template` lists the built-in ones)")
  }
}
