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
    let wantsBase = text.contains("...")
    guard let range = text.firstRange(of: wantsBase ? "..." : "..") else {
      old = try Self.commit(text, in: repository, call)
      new = try repository.head().commit
      return
    }
    let (first, second) = (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
    guard !first.isEmpty else {
      throw MemtraceError(.notFound, "a range begins somewhere: monday.., HEAD~3.., main..branch")
    }
    let from = try Self.commit(first, in: repository, call)
    new =
      second.isEmpty
      ? try repository.head().commit : try Self.commit(second, in: repository, call)
    old = try Self.base(from, new, wantsBase, in: repository)
  }

  /// Of two that went apart, what the second has done since: what came to the first meanwhile is not gone from it.
  private static func base(
    _ old: ObjectID?, _ new: ObjectID?, _ always: Bool, in repository: Repository
  ) throws -> ObjectID? {
    guard let old, let new, try !KnownCommit(old).leads(to: new, in: repository),
      try always || !KnownCommit(new).leads(to: old, in: repository)
    else { return old }
    // In a shallow clone history may not tell.
    return try repository.ifThere(old, new) { try $0.mergeBases(old, new) }?.sorted().first ?? old
  }

  /// Nil for a time before the first commit.
  private static func commit(
    _ word: String, in repository: Repository, _ call: Call
  ) throws -> ObjectID? {
    if word == "since-seen" {
      if let seen = try SeenCommit.read(in: call)?.resolve(in: repository) { return seen.id }
      return try last(before: call.world.now().milliseconds - 7 * 86_400_000, in: repository)
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

  /// Its first moment in UTC.
  static func time(_ word: String, now: Timestamp) -> Int64? {
    if let day = Moment.day(word, now: now) { return day.milliseconds }
    return word == "now" ? nil : Moment.parse(word, now: now)?.milliseconds
  }

  /// So many commits behind one that is older are looked at: a single clock that stood years back hides nothing.
  private static let slop = 64

  /// The newest commit of HEAD's line before a time, of which all behind it are before it too.
  private static func last(before time: Int64, in repository: Repository) throws -> ObjectID? {
    var next = try repository.head().commit
    var (found, behind): (ObjectID?, Int) = (nil, 0)
    var last: ObjectID?
    while let id = next, behind < slop {
      // A shallow clone has nothing before its first commit, and what that one has is not new.
      guard let commit = try repository.commitIfThere(id) else { return found ?? last }
      last = id
      if commit.committer.seconds * 1_000 < time {
        found = found ?? id
        behind += 1
      } else {
        (found, behind) = (nil, 0)
      }
      next = commit.parents.first
    }
    return found
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
