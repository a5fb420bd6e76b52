// What libgit2 and the system say in English, and what we say instead.

internal import Git

/// One phrase that a message of libgit2 contains, and the sentence that a person gets in its place.
struct GitPhrase {
  let phrase: String
  let kind: MemtraceError.Kind
  let sentence: String
  let hint: String

  private init(
    _ phrase: String, _ kind: MemtraceError.Kind, _ sentence: String, _ hint: String
  ) {
    (self.phrase, self.kind, self.sentence, self.hint) = (phrase, kind, sentence, hint)
  }

  /// The first that fits counts. Of libgit2 1.5.1 and glibc.
  static let all = [
    GitPhrase(
      "No space left", .full, "the disk is full", "free some space and run the same command again"),
    GitPhrase(
      "Disk quota exceeded", .full, "your share of the disk is used up",
      "free some space and run the same command again"),
    GitPhrase(
      "File too large", .full, "a file may not grow any more",
      "ulimit -f says how large one may be"),
    GitPhrase(
      "Too many open files", .busy, "too many files are open here",
      "run the same command again; ulimit -n says how many may be"),
    GitPhrase(
      "Permission denied", .internal, "a file of the repository may not be read or written by you",
      "ls -l .git says whose it is"),
    GitPhrase(
      "Read-only file system", .internal, "the disk can only be read",
      "mount says how it is mounted"),
    GitPhrase(
      "Input/output error", .internal, "the disk failed", "dmesg says more; then memtrace check"),
    GitPhrase(
      "corrupted loose reference", .corrupt, "a branch or another reference is damaged",
      "memtrace check; git reflog knows where it stood"),
    GitPhrase(
      "object not found", .corrupt, "Git lacks an object that belongs to this repository",
      "memtrace check; git fetch brings what the remote has, git fetch --unshallow what a shallow clone lacks"
    ),
    GitPhrase(
      "failed to parse loose object", .corrupt, "an object of Git is damaged",
      "memtrace check names it; git fetch brings what the remote has"),
    GitPhrase(
      "hash mismatch", .corrupt, "an object of Git is damaged",
      "memtrace check names it; git fetch brings what the remote has"),
    GitPhrase(
      "inflat", .corrupt, "an object of Git is damaged",
      "memtrace check names it; git fetch brings what the remote has"),
    GitPhrase(
      "packfile", .corrupt, "a pack of Git is damaged",
      "memtrace check; a fresh memtrace clone brings what was pushed"),
  ]

  /// Nil for a message that has no sentence of ours yet.
  static func of(_ message: String) -> GitPhrase? {
    all.first { message.range(of: $0.phrase) != nil }
  }
}
