// What readers take in: the files that they look into, and the lines of those that they take for records.

/// What readers look for in a file, by where it lies and what it is called.
enum Readership: Hashable {
  /// Records, and lines of types to come.
  case records
  /// In `.memtrace`, by the file's kind: words about removals, and lines of types to come.
  case words(FileKind)
  case nothing

  init(_ path: String) {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    self = .nothing
    guard parts.count > 1, let last = parts.last, let name = FileName(Substring(last)) else {
      return
    }
    if parts[0].elementsEqual(Layout.own.utf8) {
      if parts.count == 2 { self = .words(name.kind) }
    } else if Layout.isOfRecords(path), FileName.isRead(path) {
      self = .records
    }
  }

  /// Whether they look for a line of this id.
  func has(_ key: MergeKey) -> Bool {
    switch RecordID.Kind.allCases.first(where: { $0.prefix == key.prefix }) {
    case .memory?, .decision?, .event?, .review?: self == .records
    case .acceptance?: self == .words(.accepted) || self == .words(.erased)
    case .erasure?: self == .words(.erased)
    case nil: self != .nothing
    }
  }
}

extension Line {
  /// Whether readers take it for what its id says. A hand may have doubled a key, or taken one out.
  var isTaken: Bool {
    switch record() {
    case .memory, .event, .review: return true
    case .invalid: return false
    case .unknown:
      switch id?.kind {
      case .acceptance?:
        let json = try? JSON(parsing: bytes, depth: Line.depth)
        return json?["accepted"]?.array?.isEmpty == false
      case .erasure?: return !Erasures(reading: Array(bytes)).isEmpty
      case .memory?, .decision?, .event?, .review?: return false
      case nil: return true
      }
    }
  }
}

/// The ids of lines, as the readers of their files see them.
struct ReadKeys {
  /// Of lines that are taken for what their ids say.
  private(set) var taken: Set<MergeKey> = []
  /// Of those that are there and damaged.
  private(set) var damaged: Set<MergeKey> = []

  init() {}

  init(_ bytes: [UInt8], at path: String) { add(bytes, at: path) }

  /// - Parameter wanted: no other ids are asked for, so that only their lines are read in full.
  mutating func add(_ bytes: [UInt8], at path: String, among wanted: Set<MergeKey>? = nil) {
    let readers = Readership(path)
    guard readers != .nothing else { return }
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard let key = MergeKey(line: line), wanted?.contains(key) != false, readers.has(key)
        else { return }
        if line.isTaken { taken.insert(key) } else { damaged.insert(key) }
      }
    }
  }

  /// Whether a line stands there. One that readers took stands only where they still take it.
  func hold(_ line: LostLine) -> Bool {
    taken.contains(line.key) || !line.isTaken && damaged.contains(line.key)
  }
}
