// clone, and the remotes that a clone knows.

struct Clone: Verb {
  static let description = VerbDescription(
    name: "clone", group: "Sharing", effect: .exchanges, summary: "copy a remote memory repository",
    fields: [
      Field(
        "url", .text, required: true, positional: true, "a path, or an https, ssh or scp-like URL"),
      Field("directory", .path, positional: true, "the new folder; named after the URL otherwise"),
    ],
    examples: ["memtrace clone git@github.com:acme/support-memory.git"])

  private let url: String
  private let folder: String

  init(_ input: inout Input) {
    url = input.required("url", bytes: 1...4_096)
    folder = input.text("directory", bytes: 1...4_096) ?? Self.name(of: url)
  }

  func run(in call: Call) throws -> any Answer {
    let path = folder.hasPrefix("/") ? folder : Place.joined(call.directory, folder)
    do {
      let clone = try Store.clone(url, to: path, network: call.transferNetwork, world: call.world)
      clone.store.prepareReading()
      return CloneAnswer(path: call.opened(clone.store).root, commit: clone.commit)
    } catch let error as MemtraceError
      where error.hint?.hasSuffix("memtrace remote list") == true
    {
      // There is no list yet.
      throw MemtraceError(error.kind, error.message, hint: "memtrace clone URL-OR-PATH [FOLDER]")
    }
  }

  /// `support-memory` of `…/support-memory.git/`.
  static func name(of url: String) -> String {
    let last = url.split(whereSeparator: { "/:".contains($0) }).last.map(String.init) ?? "memory"
    return last.hasSuffix(".git") && last.count > 4 ? String(last.dropLast(4)) : last
  }
}

struct CloneAnswer: Answer {
  let path: String
  let commit: String

  func write(to json: inout JSONWriter) {
    json.object {
      $0.key("path")
      $0.string(path)
      $0.key("commit")
      $0.string(commit)
    }
  }

  var display: Display { .line("cloned into \(path)") }
}

struct RemoteAdd: Verb {
  static let description = VerbDescription(
    name: "remote add", group: "Sharing", effect: .administers,
    summary: "name a remote to sync with",
    fields: [
      Field("name", .text, required: true, positional: true, "usually origin"),
      Field(
        "url", .text, required: true, positional: true, "a path, or an https, ssh or scp-like URL"),
    ],
    examples: ["memtrace remote add origin git@github.com:acme/support-memory.git"])

  private let name: String
  private let url: String

  init(_ input: inout Input) {
    name = input.required("name", characters: 1...200)
    url = input.required("url", bytes: 1...4_096)
    if !name.isEmpty, !BranchName.isLegal(name) {
      input.fault("name", "'\(name)' is no name for a remote")
    }
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    try store.addRemote(name, url: url)
    return RemoteListAnswer(remotes: [(name, url)])
  }
}

struct RemoteSetURL: Verb {
  static let description = VerbDescription(
    name: "remote set-url", group: "Sharing", effect: .administers,
    summary: "tell where a remote is now",
    fields: [
      Field("name", .text, required: true, positional: true, "which one"),
      Field(
        "url", .text, required: true, positional: true, "a path, or an https, ssh or scp-like URL"),
    ],
    examples: ["memtrace remote set-url origin https://git.example.com/support-memory.git"])

  private let name: String
  private let url: String

  init(_ input: inout Input) {
    name = input.required("name", characters: 1...200)
    url = input.required("url", bytes: 1...4_096)
  }

  func run(in call: Call) throws -> any Answer {
    try call.store().setRemote(name, url: url)
    return RemoteListAnswer(remotes: [(name, url)])
  }
}

struct RemoteRemove: Verb {
  static let description = VerbDescription(
    name: "remote remove", group: "Sharing", effect: .administers,
    summary: "forget a remote; records stay",
    fields: [Field("name", .text, required: true, positional: true, "which one")],
    examples: ["memtrace remote remove old-hub"])

  private let name: String

  init(_ input: inout Input) {
    name = input.required("name", characters: 1...200)
  }

  func run(in call: Call) throws -> any Answer {
    let store = try call.store()
    try store.removeRemote(name)
    return RemoteListAnswer(remotes: try store.remotes())
  }
}

struct RemoteList: Verb {
  static let description = VerbDescription(
    name: "remote list", group: "Sharing", summary: "list remotes", fields: [],
    examples: ["memtrace remote list"])

  init(_ input: inout Input) {}

  func run(in call: Call) throws -> any Answer {
    RemoteListAnswer(remotes: try call.store().remotes())
  }
}

struct RemoteListAnswer: Answer {
  let remotes: [(name: String, url: String)]

  func write(to json: inout JSONWriter) {
    json.object {
      $0.key("remotes")
      $0.array { list in
        for remote in remotes {
          list.object {
            $0.key("name")
            $0.string(remote.name)
            $0.key("url")
            $0.string(RemoteFailure.withoutSecret(remote.url))
          }
        }
      }
    }
  }

  var display: Display {
    .table(
      [.init("REMOTE"), .init("URL", flexible: true)],
      rows: remotes.map { [.id($0.name), .text(RemoteFailure.withoutSecret($0.url))] },
      empty: "no remotes; memtrace remote add origin URL")
  }
}
