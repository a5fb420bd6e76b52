// Changes merged into an index's entries in one pass.

/// One path that the index is to hold from now on.
public struct IndexChange: Hashable, Sendable {
  public var path: String
  /// Nil removes.
  public var id: ObjectID?
  public var mode: FileMode
  /// The work-tree file holds exactly this blob at this moment, so that Git need not hash it again.
  public var matchesWorkTree: Bool

  public init(
    path: String, id: ObjectID?, mode: FileMode = .file, matchesWorkTree: Bool = false
  ) {
    self.path = path
    self.id = id
    self.mode = mode
    self.matchesWorkTree = matchesWorkTree
  }
}

/// What a step of the merge does at a name.
struct IndexStep {
  enum Action {
    /// Puts an entry there; the header holds what comes before the name.
    case put(header: [UInt8])
    /// Takes all entries of that name.
    case drop
    /// Takes all entries whose names start with this one, which ends with a slash.
    case dropFolder
  }

  let name: [UInt8]
  let action: Action
}

struct IndexEdit {
  /// Behind room for the file's head.
  private(set) var entries = [UInt8](repeating: 0, count: IndexFile.headLength)
  private(set) var count = 0
  /// Where entries lie in `entries` whose time stamps are too close to the old index's to be trusted, with their
  /// names.
  private(set) var racy: [(offset: Int, name: [UInt8])] = []

  /// Merges `steps`, sorted by name and each name once, into `index`.
  /// - Parameter writtenAt: seconds of the old index file's modification time.
  init(_ index: IndexFile, _ steps: [IndexStep], writtenAt: UInt32) {
    // Room for what follows the entries, too: a large index is not moved again.
    entries.reserveCapacity(
      index.entries.count + steps.count * 160 + 64
        + index.extensions.reduce(0) { $0 + $1.body.count + 8 })
    let room = entries.capacity
    entries.withUnsafeMutableBytes { LargePages.ask(at: $0.baseAddress!, room) }
    index.entries.withUnsafeBytes { merge(IndexScanner($0), steps, writtenAt) }
  }

  /// The entries, and nothing left here.
  mutating func takeEntries() -> [UInt8] {
    let taken = entries
    entries = []
    return taken
  }

  /// Marks an entry so that Git compares the file's contents and not its time.
  mutating func distrust(_ offset: Int) {
    for at in offset + 36..<offset + 40 { entries[at] = 0 }
  }

  private mutating func merge(_ old: IndexScanner, _ steps: [IndexStep], _ writtenAt: UInt32) {
    var scanner = old
    var next = 0
    var dropped: [UInt8] = []
    var folder: [UInt8] = []
    // Entries that stay are taken over together: a large index has few others.
    var kept = 0
    while true {
      let start = scanner.offset
      guard let entry = scanner.next() else { break }
      while next < steps.count, order(steps[next].name, entry.name) <= 0 {
        entries.append(contentsOf: old.bytes[kept..<start])
        kept = start
        perform(steps[next], &dropped, &folder)
        next += 1
      }
      let place = dropped.isEmpty ? -1 : order(dropped, entry.name)
      if place < 0 { dropped = [] }
      if place == 0 || !folder.isEmpty && entry.name.starts(with: folder) {
        entries.append(contentsOf: old.bytes[kept..<start])
        kept = scanner.offset
        continue
      }
      if entry.modificationSeconds >= writtenAt, entry.size != 0, entry.stage == 0 {
        racy.append((entries.count + start - kept, Array(entry.name)))
      }
      count += 1
    }
    entries.append(contentsOf: old.bytes[kept..<scanner.offset])
    for step in steps[next...] { perform(step, &dropped, &folder) }
  }

  private mutating func perform(
    _ step: IndexStep, _ dropped: inout [UInt8], _ folder: inout [UInt8]
  ) {
    switch step.action {
    case .put(let header):
      IndexFile.append(header, step.name, to: &entries)
      count += 1
      dropped = step.name
    case .drop: dropped = step.name
    case .dropFolder: folder = step.name
    }
  }

  private func order(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Int {
    left.withUnsafeBytes { treeOrder($0, false, right, false) }
  }
}
