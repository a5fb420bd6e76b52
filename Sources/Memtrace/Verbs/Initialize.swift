// init: makes a memory repository.

struct Initialize: Verb {
  static let description = VerbDescription(
    name: "init", group: "Repository", effect: .administers,
    summary: "make a memory repository, or add one to a Git repository",
    fields: [
      Field("directory", .path, positional: true, default: ".", "the folder"),
      Field(
        "org", .text, default: "default",
        "the organisation's name; with --from it is that folder's, unless given"),
      Field("replica", .text, "your word for this clone; its files are named after it"),
      Field("from", .path, "a folder whose memory files are copied"),
    ],
    examples: ["memtrace init support-memory --org teleco"])

  private let directory: String
  private let organisation: String?
  private let replica: String?
  private let source: String?

  init(_ input: inout Input) {
    directory = input.text("directory", bytes: 1...4_096) ?? "."
    organisation = input.text("org", bytes: 1...128)
    if let organisation, !Limits.isIdentifier(organisation.utf8) {
      input.fault("org", "must be a letter, then up to 127 letters, digits, _ or -")
    }
    replica = input.text("replica", bytes: 1...32)
    if let replica, !FileName.isReplica(replica) || replica.hasPrefix("import") {
      input.fault("replica", "must be small letters, digits and -, and not begin with import")
    }
    source = input.text("from", bytes: 1...4_096)
  }

  func run(in call: Call) throws -> any Answer {
    func absolute(_ path: String) -> String {
      path.hasPrefix("/") ? path : Place.joined(call.directory, path)
    }
    let store = call.opened(
      try Store.initialise(
        absolute(directory), organisation: organisation, replica: replica,
        source: try source.map { try Place.find(from: absolute($0)) }, world: call.world))
    if source != nil {
      let held = try store.heldLines()
      if held > 0 {
        store.notices.append(
          "\(held) lines that were copied hold what would be masked today; memtrace check names them"
        )
      }
    }
    return InitializeAnswer(root: store.root, organisation: store.configuration.organisation)
  }
}

struct InitializeAnswer: Answer {
  let root: String
  let organisation: String

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("path")
      object.string(root)
      object.key("org_id")
      object.string(organisation)
    }
  }

  var display: Display { .line("memory repository in \(root)") }
}
