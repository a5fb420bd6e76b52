// Which two trees a difference is of.

internal import Git
internal import System

/// `A..B`, `A..`, `A`: commits, branches, dates, `monday`; `since-seen`, `last-sync`.
struct DiffRange {
  let old: ObjectID?
  let new: ObjectID?

  /// - Throws: `notFound` for a word that is none of these.
  init(_ text: String, in call: Call) throws {
    let repository = try call.store().repository()
    if text == "last-sync" {
      // Before the first one there is nothing to tell.
      let moved = try call.store().syncState().moved
      new = try moved?.to.resolve(in: repository)?.id ?? repository.head().commit
      old = try moved?.from.resolve(in: repository)?.id ?? new
      return
    }
    guard let range = text.firstRange(of: "..") else {
      old = try Self.commit(text, in: repository, call)
      new = try repository.head().commit
      return
    }
    let (first, second) = (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
    guard !first.isEmpty else {
      throw MemtraceError(.notFound, "a range begins somewhere: monday.., HEAD~3.., main..branch")
    }
    old = try Self.commit(first, in: repository, call)
    new =
      second.isEmpty
      ? try repository.head().commit : try Self.commit(second, in: repository, call)
  }

  /// Nil for a time before the first commit.
  private static func commit(
    _ word: String, in repository: Repository, _ call: Call
  ) throws -> ObjectID? {
    if word == "since-seen" {
      if let seen = try SeenCommit.read(in: call)?.resolve(in: repository) { return seen.id }
      return try last(before: call.world.now().milliseconds - 7 * day, in: repository)
    }
    if let time = time(word, now: call.world.now()) {
      return try last(before: time, in: repository)
    }
    guard let commit = try repository.resolve(word) else {
      throw MemtraceError(
        .notFound, "'\(word.prefix(64))' is no commit, branch, date or day", hint: "memtrace log")
    }
    return commit
  }

  private static let day: Int64 = 86_400_000
  /// 1 January 1970 was a Thursday.
  private static let days = [
    "thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday",
  ]

  /// Its first moment in UTC: of a day of the week, the last one that was or is.
  static func time(_ word: String, now: Timestamp) -> Int64? {
    let today = now.milliseconds / day
    if word == "today" { return today * day }
    if word == "yesterday" { return (today - 1) * day }
    if let weekday = days.firstIndex(of: word.lowercased()) {
      return (today - (today - Int64(weekday)) % 7) * day
    }
    return word == "now" ? nil : Moment.parse(word, now: now)?.milliseconds
  }

  /// The newest commit of HEAD's line before a time.
  private static func last(before time: Int64, in repository: Repository) throws -> ObjectID? {
    guard var next = try repository.head().commit else { return nil }
    while true {
      let commit = try repository.commit(next)
      if commit.committer.seconds * 1_000 < time { return commit.id }
      guard let parent = commit.parents.first else { return nil }
      next = parent
    }
  }
}

/// Where this clone's reviewers last looked: `.git/memtrace/seen`, a commit and a name a line.
enum SeenCommit {
  private static let file = "seen"

  static func read(in call: Call) throws -> KnownCommit? {
    let name = try call.reviewerName() ?? "unknown"
    return try lines(in: call).first { $0.name == name }
      .flatMap { ObjectID(hex: $0.commit).map(KnownCommit.init) }
  }

  static func note(_ commit: ObjectID, in call: Call) throws {
    let name = try call.reviewerName() ?? "unknown"
    let store = try call.store()
    let others = try lines(in: call).filter { $0.name != name }
    let all = [(commit: commit.description, name: name)] + others.prefix(99)
    let text = all.map { "\($0.commit) \($0.name)\n" }.joined()
    _ = try store.stateFolder()
    try store.stateFiles().replace(file, with: Array(text.utf8), mode: 0o600)
  }

  private static func lines(in call: Call) throws -> [(commit: String, name: String)] {
    let store = try call.store()
    guard store.place.stateFolder != nil, let bytes = try store.stateFiles().read(file) else {
      return []
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 1)
      return words.count == 2 ? (String(words[0]), String(words[1])) : nil
    }
  }
}
