// Changes merged into an index's entries in one pass.

internal import System

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

/// A new index's entries, made of the old one's and of what changes.
struct IndexEdit {
  /// One behind the other. Long runs of old entries are not copied.
  private(set) var pieces: [IndexBytes] = []
  private(set) var count = 0
  /// Folders that had entries and have none left, each with its slash; what lies in one of them is not named too.
  private(set) var emptied: [[UInt8]] = []
  /// Names of entries that went since the last one that stays, which is `before`.
  private var gone: [[UInt8]] = []
  private var before: [UInt8] = []
  /// The piece that is being made of short runs.
  private var made: [UInt8] = []
  /// Names of entries that go, as long as some may come.
  private var dropped: [UInt8] = []
  private var folder: [UInt8] = []

  /// Merges `steps`, sorted by name and each name once, into `index`.
  /// - Parameters:
  ///   - writtenAt: seconds of the old index file's modification time. An entry whose time stamp is not older is
  ///     marked, so that Git compares the file's contents and not its time.
  ///   - isUntouched: whether the time stamp of such an entry is right all the same.
  init(
    _ index: IndexFile, _ steps: [IndexStep], writtenAt: UInt32,
    isUntouched: (RawIndexEntry) -> Bool
  ) {
    var next = 0
    // Entries that stay are taken over together: a large index has few others.
    var kept = index.entries.startIndex
    var last = Last.none
    for (place, block) in index.blocks.enumerated() {
      let isTouched = next < steps.count && !index.isBefore(steps[next].name, block: place)
      guard isTouched || block.newest >= writtenAt || !dropped.isEmpty || !folder.isEmpty else {
        if !gone.isEmpty { settle(before: index.names(from: block.offset, 1).first ?? []) }
        count += block.count
        last = .block(place)
        continue
      }
      index.withEntries(of: block) { entry, range in
        while next < steps.count, order(steps[next].name, entry.name) <= 0 {
          append(index.entries[kept..<range.lowerBound])
          kept = range.lowerBound
          if perform(steps[next]) { last = .name(steps[next].name) }
          next += 1
        }
        if isDropped(entry) {
          if gone.isEmpty { before = last.name(in: index) }
          gone.append(Array(entry.name))
          append(index.entries[kept..<range.lowerBound])
          kept = range.upperBound
          return
        }
        if !gone.isEmpty { settle(before: Array(entry.name)) }
        last = .entry(range.lowerBound - index.entries.startIndex)
        count += 1
        if entry.holdsFile, entry.modificationSeconds >= writtenAt, !isUntouched(entry) {
          append(index.entries[kept..<range.lowerBound + RawIndexEntry.sizeOffset])
          made.append(contentsOf: [0, 0, 0, 0])
          kept = range.lowerBound + RawIndexEntry.sizeOffset + 4
        }
      }
    }
    append(index.entries[kept...])
    for step in steps[next...] { _ = perform(step) }
    settle(before: [])
    endPiece()
  }

  /// The last entry that stays so far.
  private enum Last {
    case none
    case name([UInt8])
    /// Where it lies.
    case entry(Int)
    /// The last one of a block.
    case block(Int)

    func name(in index: IndexFile) -> [UInt8] {
      switch self {
      case .none: []
      case .name(let name): name
      case .entry(let offset): index.names(from: offset, 1).last ?? []
      case .block(let place):
        index.names(from: index.blocks[place].offset, index.blocks[place].count).last ?? []
      }
    }
  }

  /// Notes which folders have lost their last entry: those in which neither neighbour of what went lies.
  private mutating func settle(before next: [UInt8]) {
    for name in gone {
      if let folder = emptied.last, name.starts(with: folder) { continue }
      let shared = max(Self.sharedFolders(name, before), Self.sharedFolders(name, next))
      if let slash = name[shared...].firstIndex(of: TreePath.slash) {
        emptied.append(Array(name[...slash]))
      }
    }
    gone = []
  }

  /// How many bytes of two names are folders that both lie in, the last slash included.
  private static func sharedFolders(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var shared = 0
    for (place, byte) in one.enumerated() {
      guard place < other.count, byte == other[place] else { break }
      if byte == TreePath.slash { shared = place + 1 }
    }
    return shared
  }

  private mutating func append(_ bytes: IndexBytes) {
    guard bytes.count >= 1 << 16 else {
      made.append(contentsOf: bytes)
      return
    }
    endPiece()
    pieces.append(bytes)
  }

  private mutating func endPiece() {
    if !made.isEmpty { pieces.append(IndexBytes(copying: made)) }
    made = []
  }

  /// - Returns: whether there is an entry of that name now.
  private mutating func perform(_ step: IndexStep) -> Bool {
    switch step.action {
    case .put(let header):
      settle(before: step.name)
      IndexFile.append(header, step.name, to: &made)
      count += 1
      dropped = step.name
      return true
    case .drop: dropped = step.name
    case .dropFolder: folder = step.name
    }
    return false
  }

  /// Asked of one entry after the other.
  private mutating func isDropped(_ entry: RawIndexEntry) -> Bool {
    if !dropped.isEmpty {
      if order(dropped, entry.name) == 0 { return true }
      dropped = []
    }
    if !folder.isEmpty {
      if entry.name.starts(with: folder) { return true }
      folder = []
    }
    return false
  }

  private func order(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Int {
    left.withUnsafeBytes { treeOrder($0, false, right, false) }
  }
}
