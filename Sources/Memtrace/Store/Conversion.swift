// Files that Git is told to store in another form: Git LFS, git-crypt. We store lines as they are.

internal import Git

enum Conversion {
  /// - Throws: `invalid` where an attribute asks for another form of one of these files: their lines would become
  ///   pointers, or lie in the open where encryption is expected.
  static func refuse(_ paths: some Sequence<String>, in repository: Repository) throws {
    for path in paths {
      guard let attribute = try repository.conversion(of: path) else { continue }
      throw error(attribute, path)
    }
  }

  static func error(_ attribute: String, _ path: String) -> MemtraceError {
    MemtraceError(
      .invalid,
      "the Git attribute \(attribute) applies to \(path): memory is stored as plain lines, never through a filter",
      hint: "git check-attr -a \(path); then echo '*.jsonl -filter' >> .gitattributes")
  }

  /// A path of each kind of file that a repository gets, for what is asked before any record is there.
  static let examples = [
    Layout.configuration, "sessions/2000-01/01/00/sess_0/memories.a.jsonl",
    "agents/a/2000-01/memories.a.jsonl",
  ]
}
