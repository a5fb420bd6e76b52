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
  private(set) var pieces: [ArraySlice<UInt8>] = []
  private(set) var count = 0
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
    for (place, block) in index.blocks.enumerated() {
      let isTouched = next < steps.count && !index.isBefore(steps[next].name, block: place)
      guard isTouched || block.newest >= writtenAt || !dropped.isEmpty || !folder.isEmpty else {
        count += block.count
        continue
      }
      index.withEntries(of: block) { entry, range in
        while next < steps.count, order(steps[next].name, entry.name) <= 0 {
          append(index.entries[kept..<range.lowerBound])
          kept = range.lowerBound
          perform(steps[next])
          next += 1
        }
        if isDropped(entry) {
          append(index.entries[kept..<range.lowerBound])
          kept = range.upperBound
          return
        }
        count += 1
        if entry.holdsFile, entry.modificationSeconds >= writtenAt, !isUntouched(entry) {
          append(index.entries[kept..<range.lowerBound + RawIndexEntry.sizeOffset])
          append([0, 0, 0, 0])
          kept = range.lowerBound + RawIndexEntry.sizeOffset + 4
        }
      }
    }
    append(index.entries[kept...])
    for step in steps[next...] { perform(step) }
    endPiece()
  }

  private mutating func append(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count >= 1 << 16 else {
      made.append(contentsOf: bytes)
      return
    }
    endPiece()
    pieces.append(bytes)
  }

  private mutating func endPiece() {
    if !made.isEmpty { pieces.append(made[...]) }
    made = []
  }

  private mutating func perform(_ step: IndexStep) {
    switch step.action {
    case .put(let header):
      IndexFile.append(header, step.name, to: &made)
      count += 1
      dropped = step.name
    case .drop: dropped = step.name
    case .dropFolder: folder = step.name
    }
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
