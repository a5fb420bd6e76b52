// complete: names that the repository knows, for the completions of shells.

internal import System
internal import Templates

struct CompleteNames: Verb {
  /// What can be named.
  enum Kind: String, CaseIterable {
    case agents, sessions, tags, keys, remotes, templates
  }

  static let description = VerbDescription(
    name: "complete", group: "Repository", summary: "print names for a shell to complete with",
    fields: [
      Field(
        "kind", .choice(Kind.allCases.map(\.rawValue)), required: true, positional: true,
        "what to name; of sessions the newest fifty, and their tags")
    ],
    examples: ["memtrace complete agents"])

  /// Sessions that are looked at, the newest first: an answer must come while a key is held down.
  private static let newest = 50

  private let kind: Kind

  init(_ input: inout Input) {
    kind = input.choice("kind", Kind.self) ?? .agents
    if input.value("kind") == nil { input.fault("kind", "is required") }
  }

  func run(in call: Call) throws -> any Answer {
    let names =
      switch kind {
      case .agents: try agents(in: try call.store())
      case .sessions: try sessions(in: try call.store()).map(\.id)
      case .tags: try tags(in: try call.store())
      case .keys: try call.store().keyRing().keys().map(\.name)
      case .remotes: try call.store().remotes().map(\.name)
      case .templates: Template.all.map(\.name)
      }
    return NamesAnswer(names: names.filter(Self.isPlain))
  }

  /// Whether no shell finds anything to expand in it: names come from other people's clones too.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.first != UInt8(ascii: "-")
      && name.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
          || "_.-/@+".utf8.contains(byte)
      }
  }

  /// The folder's name is the id wherever that is a name for a folder; of others the lines in it say it.
  private func agents(in store: Store) throws -> [String] {
    let root = try folder(of: store)
    return try root.list("agents").filter(\.isFolder).compactMap { entry in
      guard entry.name.contains("~") else { return entry.name }
      let path = "agents/\(entry.name)"
      for file in try root.list(path) where !file.isFolder {
        var id: String?
        try root.read("\(path)/\(file.name)")?.withUnsafeBytes { buffer in
          scanLines(buffer) { line in
            if case .event(let event) = line.record(), case .agent(let agent) = event.subject {
              id = agent
            }
          }
        }
        if let id { return id }
      }
      return nil
    }
  }

  /// Ours, whose folders stand by the hour.
  private func sessions(in store: Store) throws -> [(id: String, folder: String)] {
    let root = try folder(of: store)
    var found: [(id: String, folder: String)] = []
    func look(_ path: String, depth: Int) throws {
      for entry in try root.list(path).filter(\.isFolder).sorted(by: { $0.name > $1.name }) {
        guard found.count < Self.newest else { return }
        let place = "\(path)/\(entry.name)"
        if depth < 3 {
          if entry.name.first?.isNumber == true {
            try look(place, depth: depth + 1)
          }
        } else if entry.name.hasPrefix(SessionID.prefix) {
          found.append((entry.name, place))
        }
      }
    }
    try look("sessions", depth: 0)
    return found
  }

  private func tags(in store: Store) throws -> [String] {
    let root = try folder(of: store)
    var tags: Set<String> = []
    for session in try sessions(in: store) {
      try root.walk(session.folder) { _, bytes in
        bytes.withUnsafeBytes { buffer in
          scanLines(buffer) { line in
            if case .memory(let memory) = line.record() { tags.formUnion(memory.tags) }
          }
        }
      }
    }
    return tags.sorted()
  }

  private func folder(of store: Store) throws -> Folder { try Folder(store.root) }
}

struct NamesAnswer: Answer {
  let names: [String]

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.key("names")
      object.array { list in for name in names { list.string(name) } }
    }
  }

  var display: Display { .list(names.map(Display.line)) }
}
