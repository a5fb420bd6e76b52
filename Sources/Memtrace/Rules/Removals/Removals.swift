// Records that are no longer in a tip: by whom, how many, and when they are too many to be believed unasked.

import Git

/// One line that a tree had and another lacks.
struct LostLine: Hashable {
  let key: MergeKey
  /// Where it stood.
  let path: String
  /// With a line feed.
  let bytes: [UInt8]
  /// Whether readers took it for what its id says; of a damaged one the id is all that counts.
  let isTaken: Bool

  init(key: MergeKey, path: String, bytes: [UInt8]) {
    (self.key, self.path, self.bytes) = (key, path, bytes)
    var isTaken = false
    bytes.withUnsafeBytes { buffer in scanLines(buffer) { isTaken = $0.isTaken } }
    self.isTaken = isTaken
  }

  /// A line at hand, of a file with many.
  init(_ line: Line, key: MergeKey, path: String) {
    (self.key, self.path, isTaken) = (key, path, line.isTaken)
    bytes = Array(line.bytes) + [UInt8(ascii: "\n")]
  }

  /// The folder that it stood in.
  var folder: Substring { path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex) }

  /// What is counted as "in so many sessions": that folder, and of an archive's lines the one that they came from.
  private var place: Substring {
    guard FileName.isArchive(path) else { return folder }
    var session: SessionID?
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { if case .session(let id)? = $0.record().subject { session = id } }
    }
    return session.map { Layout.folder(of: $0)[...] } ?? folder
  }

  static func sessions(of lines: some Sequence<LostLine>) -> Int { Set(lines.map(\.place)).count }

  /// Whether it is the one to put back, of two lines of one id.
  func isBetter(than other: LostLine?) -> Bool { other.map { isTaken && !$0.isTaken } ?? true }
}

/// What removed records: a commit, or a branch that was moved (amend, reset, rebase), which has no commit for it.
struct Culprit: Hashable {
  let commit: ObjectID
  let author: String
  /// The branch no longer has the commit that held them.
  var isMove = false

  /// `Ana, 107ddfe`
  var words: String { "\(author), \(commit.description.prefix(7))" }
}

/// Removals, grouped by what did them, oldest first.
struct Removals: Hashable {
  struct Group: Hashable {
    let culprit: Culprit
    var lines: [LostLine]
  }

  private(set) var groups: [Group] = []
  /// The tip is no memory repository any more.
  var lacksConfiguration = false

  var isEmpty: Bool { groups.isEmpty && !lacksConfiguration }
  var lines: [LostLine] { groups.flatMap(\.lines) }
  var count: Int { groups.reduce(0) { $0 + $1.lines.count } }
  var sessions: Int { LostLine.sessions(of: lines) }

  mutating func add(_ line: LostLine, by culprit: Culprit) {
    if let at = groups.firstIndex(where: { $0.culprit == culprit }) {
      groups[at].lines.append(line)
    } else {
      groups.append(Group(culprit: culprit, lines: [line]))
    }
  }

  /// `84 records in 12 sessions`
  var amount: String { Self.amount(count, sessions) }

  static func amount(_ records: Int, _ folders: Int) -> String {
    "\(records) \(records == 1 ? "record" : "records") in \(folders) "
      + (folders == 1 ? "session" : "sessions")
  }

  /// `Ana, 107ddfe; Ben, 3f0c112 and 2 more commits`
  var culprits: String {
    let named = groups.prefix(3).map(\.culprit.words).joined(separator: "; ")
    let more = groups.count - 3
    return more > 0 ? "\(named) and \(more) more \(more == 1 ? "commit" : "commits")" : named
  }

  /// `removed 84 records in 12 sessions: Ana, 107ddfe`; empty where nothing was removed.
  var summary: String { count == 0 ? "" : "removed \(amount): \(culprits)" }

  /// Whether so many removals, summed since a person last confirmed one, need a person.
  /// - Parameter total: records in the repository before, or that many at least; asked only where it matters.
  static func isWide(_ removed: Int, of total: () throws -> Int) rethrows -> Bool {
    if removed > 200 { return true }
    return removed > 20 ? try removed * 100 > total() : false
  }
}
