// The one way to read: immutable segments, and an overlay of what they do not have yet.

internal import Synchronization
internal import System

/// What is recorded in one work tree, and waits beside it. Never trusted over the files: whatever an answer draws on is
/// compared with the file's stamp, and a file that changed is read anew.
///
/// Any thread reads; the lock is held for moments only.
public final class Catalog: Sendable {
  struct Held {
    /// The oldest first. What a later one has takes the place of what an earlier one has.
    var views: [SegmentView] = []
    var overlay = Overlay()
    /// Files of which the overlay has all that they hold, as they were when they were read.
    var absorbed: [String: FileStamp] = [:]
    /// Files of segments to which we have only appended since: as the segment has it, and as it is now.
    var grown: [String: (from: FileStamp, to: FileStamp)] = [:]
    /// The files with lines of what is in the overlay, and the other way round.
    private(set) var filesOf: [Subject: Set<String>] = [:]
    private(set) var subjectsIn: [String: Set<Subject>] = [:]
    /// Records and reviews outside sessions that are in the overlay, by file.
    var outsideIn: [String: OutsideRecords] = [:]
    /// What was added while somebody reads files in order to replace a part: nil while nobody does.
    var addedMeanwhile: [PendingLine]?
    /// What came last, where somebody follows.
    var arrivals = Arrivals()
    /// What counts for nothing, though a line of it may be there.
    var erasures = Erasures() { didSet { erasureChanges += 1 } }
    /// Grows with each change of those: what was read before one is not put in place after it.
    private(set) var erasureChanges = 0
    /// Grows when segments change.
    var epoch = 0

    /// Goes on from what another one held: what followers were told, what others add, what is erased.
    mutating func takePlace(of old: Held) {
      (erasures, arrivals, addedMeanwhile) = (old.erasures, old.arrivals, old.addedMeanwhile)
      (erasureChanges, epoch) = (old.erasureChanges, old.epoch + 1)
    }

    /// A file as it was when it was last read.
    func known(_ path: String) -> FileStamp {
      absorbed[path] ?? grown[path]?.to ?? views.stamp(of: path)
    }

    mutating func link(_ subject: Subject, _ path: String) {
      filesOf[subject, default: []].insert(path)
      subjectsIn[path, default: []].insert(subject)
    }

    mutating func link(_ subject: Subject, only paths: Set<String>) {
      for path in filesOf[subject] ?? [] where !paths.contains(path) {
        subjectsIn[path]?.remove(subject)
        if subjectsIn[path]?.isEmpty == true { subjectsIn[path] = nil }
      }
      filesOf[subject] = paths
      for path in paths { subjectsIn[path, default: []].insert(subject) }
    }
  }

  let tree: any FileTree
  /// Metadata keys that name a customer.
  let identityKeys: [String]
  /// Lines that are acknowledged and in no file yet.
  let waiting: @Sendable () throws -> [PendingLine]
  let held = Mutex(Held())
  /// One at a time replaces parts.
  let replacing = Mutex(())
  let search = Mutex(SearchState())
  /// Where segments are kept; nil where they live and die with this process.
  let files: CatalogFiles?
  let limits: CatalogLimits

  init(
    _ tree: any FileTree, files: CatalogFiles?, limits: CatalogLimits = CatalogLimits(),
    identityKeys: [String] = Configuration.defaultIdentityKeys,
    waiting: @escaping @Sendable () throws -> [PendingLine]
  ) {
    self.tree = tree
    self.limits = limits
    self.files = files
    self.identityKeys = identityKeys
    self.waiting = waiting
  }

  /// A file is no longer as it is known here.
  struct Stale: Error {
    let path: String
  }

  /// What counts for nothing.
  var erasures: Erasures { look(\.erasures) }

  func look<Result: Sendable>(_ body: (inout Held) -> Result) -> Result {
    held.withLock { body(&$0) }
  }

  /// Answers, and once more for as long as a file turns out to have changed.
  /// - Throws: where one does so faster than it can be read.
  func fresh<Result>(_ body: () throws -> Result) throws -> Result {
    var path = ""
    for _ in 0..<1_000 {
      do {
        return try body()
      } catch let stale as Stale {
        path = stale.path
        try absorb([path])
      }
    }
    throw MemtraceError(.internal, "\(path) changes faster than it can be read")
  }

  var counts: (sessions: Int, memories: Int) {
    look { held in
      (
        held.views.reduce(held.overlay.sessionOrder.count) { $0 + $1.liveSessions },
        held.views.reduce(held.overlay.all.count) { $0 + $1.liveRecords }
      )
    }
  }
}

// MARK: - Reading lines

extension Catalog {
  /// Records of lines of a segment, in their order.
  /// - Throws: `Stale` where a file is no longer what it was.
  func read(_ lines: [LinePlace], of segment: Segment) throws -> [Record] {
    if lines.isEmpty { return [] }
    let order = lines.indices.sorted { lines[$0].file < lines[$1].file }
    var pieces = [ArraySlice<UInt8>](repeating: [], count: lines.count)
    var from = 0
    while from < order.count {
      let file = lines[order[from]].file
      var to = from
      while to < order.count, lines[order[to]].file == file { to += 1 }
      let ranges = order[from..<to].map { lines[$0].range }
      let found = try self.pieces(ranges, ofFile: Int(file), segment)
      for (place, piece) in zip(order[from..<to], found) { pieces[place] = piece }
      from = to
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(pieces.reduce(0) { $0 + $1.count + 1 })
    for piece in pieces {
      bytes += piece
      bytes.append(UInt8(ascii: "\n"))
    }
    var records: [Record] = []
    records.reserveCapacity(lines.count)
    bytes.withUnsafeBytes { buffer in scanLines(buffer) { records.append($0.record()) } }
    guard records.count == lines.count else {
      throw Stale(path: segment.path(Int(lines[0].file)))
    }
    return records
  }

  /// Some lines of a file of a segment.
  /// - Throws: `Stale` where it is no longer what it was.
  func pieces(
    _ ranges: [Range<Int>], ofFile file: Int, _ segment: Segment
  ) throws -> [ArraySlice<UInt8>] {
    let path = segment.path(file)
    if path == Segment.waitingPath { return ranges.map { segment.waiting[$0] } }
    let stamp = segment.fileStamp[file]
    let now = look { held in held.grown[path].flatMap { $0.from == stamp ? $0.to : nil } }
    guard let found = try tree.read(path, ranges, at: now ?? stamp), found.count == ranges.count
    else { throw Stale(path: path) }
    return found
  }

  func memories(_ rows: [Int], of segment: Segment) throws -> [Memory] {
    try zip(rows, read(rows.map { segment.recordLine[$0] }, of: segment)).map { row, record in
      guard case .memory(let memory) = record, memory.id == segment.id(row) else {
        throw Stale(path: segment.path(Int(segment.recordLine[row].file)))
      }
      return memory
    }
  }

  /// - Throws: `Stale` where one of these files is not as it was read.
  func verify(_ paths: Set<String>) throws {
    for path in paths {
      let known = look { $0.known(path) }
      if try tree.stamp(path) ?? .absent != known { throw Stale(path: path) }
    }
  }
}

extension LinePlace {
  var range: Range<Int> { Int(offset)..<Int(offset) + Int(count) }
}
