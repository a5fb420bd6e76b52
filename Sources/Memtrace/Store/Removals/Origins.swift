// Which commits were first seen in a fetch, and so were made elsewhere. Unknown means: made here.

internal import Git
internal import Glibc
internal import System

/// What our syncs fetched: `.git/memtrace/fetched`, one line a fetch, with what the clone had before it. It needs no
/// reflogs, which a person may have turned off.
struct FetchNotes {
  struct Note: Hashable {
    let tip: ObjectID
    let had: [ObjectID]
  }

  private let path: String
  /// Bytes after which the older half is forgotten.
  private static let limit = 65_536

  init(_ repository: Repository) {
    path = repository.commonFolder + "/memtrace/fetched"
  }

  /// Oldest first.
  func all() throws -> [Note] {
    let bytes = try missingIsNil { try Descriptor(opening: path, O_RDONLY).readAll() } ?? []
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let ids = line.split(separator: UInt8(ascii: " ")).compactMap {
        ObjectID(hex: String(decoding: $0, as: UTF8.self))
      }
      return ids.first.map { Note(tip: $0, had: Array(ids.dropFirst())) }
    }
  }

  func add(_ note: Note) throws {
    let folder = String(path[..<path.lastIndex(of: "/")!])
    try SharedState.changing(folder) {
      let line = "\(([note.tip] + note.had).map(\.description).joined(separator: " "))\n"
      let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
      try file.append(line.utf8)
      if try file.size() > Self.limit {
        let kept = try all().suffix(300).map {
          ([$0.tip] + $0.had).map(\.description).joined(separator: " ") + "\n"
        }
        try Folder(folder).replace("fetched", with: kept.joined().utf8, mode: 0o600)
      }
    }
  }
}

/// Tells, for the commits between a known tip and HEAD, where each was made.
struct Origins {
  private let repository: Repository
  private let known: ObjectID?
  private let range: [ObjectID: Commit]
  private(set) var fetched: Set<ObjectID> = []

  init(_ repository: Repository, since known: ObjectID?, _ commits: [Commit]) throws {
    self.repository = repository
    self.known = known
    range = Dictionary(commits.map { ($0.id, $0) }) { a, _ in a }
    guard !commits.isEmpty else { return }
    for note in try FetchNotes(repository).all().reversed() where !(try isOld(note.tip)) {
      let had = try reached(from: note.had)
      fetched.formUnion(try reached(from: [note.tip]).subtracting(had))
    }
    let pushed = try readLogs()
    fetched.subtract(pushed)
    fetched.subtract(try madeHere())
  }

  /// Commits of the range in the histories of these. A tip beyond the range is walked down to the known tip.
  private func reached(from tips: [ObjectID]) throws -> Set<ObjectID> {
    var found: Set<ObjectID> = []
    var next = tips
    for tip in tips where range[tip] == nil {
      guard try repository.commitIfThere(tip) != nil, !(try isOld(tip)) else { continue }
      try repository.history(from: tip, excluding: known.map { [$0] } ?? []) { commit in
        if range[commit.id] != nil { next.append(commit.id) }
      }
    }
    while let id = next.popLast() {
      guard let commit = range[id], found.insert(id).inserted else { continue }
      next += commit.parents
    }
    return found
  }

  /// Whether a tip brings nothing of the range.
  private func isOld(_ tip: ObjectID) throws -> Bool {
    if range[tip] != nil { return false }
    guard let known else { return false }
    if tip == known { return true }
    guard try repository.commitIfThere(tip) != nil else { return true }
    return try repository.isAncestor(tip, of: known)
  }

  /// Reads the logs of all remote-tracking references: what a fetch brought first is from elsewhere.
  /// - Returns: what a push brought first.
  private mutating func readLogs() throws -> Set<ObjectID> {
    let logs = try repository.references("refs/remotes/*").map { reference in
      var steps: [LogEntry] = []
      for step in try repository.recentLog(reference.name).reversed() {
        if try isOld(step.new) { break }
        steps.append(step)
      }
      return Array(steps.reversed())
    }
    func isPush(_ step: LogEntry) -> Bool {
      step.message == "update by push" || step.message == "memtrace: push"
    }
    let tips = Set(logs.joined().filter { !isPush($0) }.map(\.new))
    var pushed: Set<ObjectID> = []
    for steps in logs {
      var seen: Set<ObjectID> = []
      for step in steps {
        let news = try reached(from: [step.new]).subtracting(seen)
        seen.formUnion(news)
        if isPush(step) {
          // A new branch is pushed with all that it stands on, which a fetch may have brought.
          try pushed.formUnion(news.subtracting(reached(from: Array(tips.intersection(news)))))
        } else {
          fetched.formUnion(news)
        }
      }
    }
    return pushed
  }

  /// Commits that HEAD's log says were made in this clone.
  private func madeHere() throws -> Set<ObjectID> {
    let words = ["commit", "cherry-pick", "revert", "rebase", "am"]
    var made: Set<ObjectID> = []
    for step in try repository.recentLog("HEAD") where range[step.new] != nil {
      let word = step.message.prefix { $0 != ":" && $0 != " " }
      let isMerge = step.message.hasPrefix("merge ") && !step.message.hasSuffix(": Fast-forward")
      if words.contains(String(word)) || isMerge { made.insert(step.new) }
    }
    return made
  }
}
