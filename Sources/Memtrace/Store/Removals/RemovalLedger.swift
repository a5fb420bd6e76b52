// What was removed elsewhere and believed, summed until a person confirms it.

internal import Git
internal import Glibc
internal import System

/// `.git/memtrace/removals`, of the whole clone: one line a commit. A commit counts once, however often it is looked at.
struct RemovalLedger {
  struct Entry: Hashable {
    let commit: ObjectID
    let records: Int
    let folders: Int
    var isConfirmed: Bool
    let author: String
  }

  private(set) var entries: [Entry] = []
  private let folder: String
  private static let file = "removals"

  init(_ repository: Repository) throws {
    folder = repository.commonFolder + "/memtrace"
    entries = try Self.read(folder)
  }

  private static func read(_ folder: String) throws -> [Entry] {
    let path = "\(folder)/\(file)"
    let bytes = try missingIsNil { try Descriptor(opening: path, O_RDONLY).readAll() } ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 4)
      guard words.count == 5, let commit = ObjectID(hex: words[0]), let records = Int(words[1]),
        let folders = Int(words[2])
      else { return nil }
      return Entry(
        commit: commit, records: records, folders: folders, isConfirmed: words[3] == "1",
        author: String(words[4]))
    }
  }

  /// Records removed since a person last confirmed.
  var unconfirmed: Int { entries.reduce(0) { $0 + ($1.isConfirmed ? 0 : $1.records) } }

  /// What of these is not counted yet.
  func news(_ removals: Removals) -> Removals {
    let known = Set(entries.map(\.commit))
    var news = Removals()
    for group in removals.groups where !known.contains(group.culprit.commit) {
      for line in group.lines { news.add(line, by: group.culprit) }
    }
    return news
  }

  mutating func add(_ removals: Removals, isConfirmed: Bool) {
    for group in news(removals).groups {
      entries.append(
        Entry(
          commit: group.culprit.commit, records: group.lines.count,
          folders: LostLine.sessions(of: group.lines), isConfirmed: isConfirmed,
          author: group.culprit.author.filter { !$0.isNewline }))
    }
  }

  /// - Parameter commit: nil for all.
  mutating func confirm(_ commit: ObjectID? = nil) {
    for at in entries.indices where commit == nil || entries[at].commit == commit {
      entries[at].isConfirmed = true
    }
  }

  /// With what other work trees noted since it was read: entries are only added, and only become confirmed.
  mutating func save() throws {
    try SharedState.changing(folder) {
      let ours = Dictionary(entries.map { ($0.commit, $0) }) { a, _ in a }
      var all = try Self.read(folder)
      for at in all.indices where ours[all[at].commit]?.isConfirmed == true {
        all[at].isConfirmed = true
      }
      let there = Set(all.map(\.commit))
      all += entries.filter { !there.contains($0.commit) }
      entries = Array(all.suffix(1_000))
      let text = entries.map {
        "\($0.commit) \($0.records) \($0.folders) \($0.isConfirmed ? 1 : 0) \($0.author)\n"
      }
      try Folder(folder).replace(Self.file, with: text.joined().utf8, mode: 0o600, isSynced: true)
    }
  }

  /// `removed 84 records: Ana, 107ddfe`
  var summary: String {
    let open = entries.filter { !$0.isConfirmed }
    let count = open.reduce(0) { $0 + $1.records }
    let named = open.suffix(3).map { "\($0.author), \($0.commit.description.prefix(7))" }
    let more = open.count - named.count
    return "removed \(count) \(count == 1 ? "record" : "records"): "
      + named.joined(separator: "; ") + (more > 0 ? " and \(more) more" : "")
  }
}
