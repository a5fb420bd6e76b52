// What may be missing: ids that somebody accepted as removed or erased, and those that a revert names.

import Git

/// The words in force for a tip. An erasure or a review that is missing itself has none: those only grow.
struct RemovalWords: Hashable {
  private(set) var records: Set<String> = []
  private(set) var erasures = Erasures()

  /// Takes in lines of `.memtrace/accepted.*.jsonl` and `.memtrace/erased.*.jsonl`.
  mutating func read(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard let json = try? JSON(parsing: line.bytes, depth: Line.depth) else { return }
        for id in json["accepted"]?.array ?? [] { if let id = id.string { records.insert(id) } }
      }
    }
    erasures.read(bytes)
  }

  /// What this clone knows was erased, wherever it stands.
  mutating func add(_ more: Erasures) { erasures.formUnion(more) }

  func cover(_ line: LostLine) -> Bool {
    if !line.key.isPermanent, records.contains(line.key.text) { return true }
    return !erasures.isEmpty && !erasures.covered(in: line.bytes).isEmpty
  }

  /// The commits that a message of `git revert` names. Of a merge, also the parent whose side it kept.
  static func reverted(by message: String) -> [(commit: ObjectID, mainline: ObjectID?)] {
    let flat = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let mark = "This reverts commit "
    var found: [(ObjectID, ObjectID?)] = []
    var rest = flat[...]
    while let start = rest.firstRange(of: mark) {
      rest = rest[start.upperBound...]
      guard let commit = ObjectID(hex: rest.prefix(40)) else { continue }
      let after = rest.dropFirst(40)
      let reversing = ", reversing changes made to "
      let mainline =
        after.hasPrefix(reversing)
        ? ObjectID(hex: after.dropFirst(reversing.count).prefix(40)) : nil
      found.append((commit, mainline))
    }
    return found
  }
}

extension MergeKey {
  /// An erasure or a review: once said, it is in force until another one says otherwise, whoever takes its line out. Else
  /// who may not approve could take a rejection away.
  var isPermanent: Bool {
    prefix == RecordID.Kind.erasure.prefix || prefix == RecordID.Kind.review.prefix
  }

  init?(line: Line) {
    if let id = line.id {
      self.init(prefix: id.kind.prefix, ulid: id.ulid)
    } else {
      self.init(line)
    }
  }
}
