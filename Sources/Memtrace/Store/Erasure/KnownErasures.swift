// Every erasure that this clone has ever heard of: no checkout, reset or old branch makes it forget one.

internal import Git
internal import Glibc
internal import System

/// `.git/memtrace/erased` of the common Git folder: the lines themselves, as they stand in `.memtrace` of some branch.
struct KnownErasures {
  private let folder: String
  static let file = "erased"

  init(of commonFolder: String) { folder = commonFolder + "/memtrace" }

  func all() throws -> Erasures {
    let path = "\(folder)/\(Self.file)"
    let bytes = try missingIsNil { try Descriptor(opening: path, O_RDONLY).readAll() }
    return bytes.map { Erasures(reading: $0) } ?? Erasures()
  }

  /// On the disk when it returns.
  /// - Returns: whether one was not known before.
  @discardableResult
  func add(_ erasures: Erasures) throws -> Bool {
    func areKnown(_ known: Erasures) -> Bool {
      erasures.lines.keys.allSatisfy { known.lines[$0] != nil }
    }
    // What is known stays known, so that no lock is needed to see it.
    if areKnown(try all()) { return false }
    return try SharedState.changing(folder) {
      let known = try all()
      if areKnown(known) { return false }
      let lines = known.lines.merging(erasures.lines) { old, _ in old }.sorted { $0.key < $1.key }
      try Folder(folder).replace(
        Self.file, with: lines.flatMap(\.value), mode: 0o600, isSynced: true)
      return true
    }
  }
}

extension Place {
  /// Everything that is erased as far as can be seen without Git: what this clone knows, what the work tree's files say,
  /// and what waits in the journal.
  func erasures(waiting: [PendingLine]) throws -> Erasures {
    try erasures(besides: knownErasures(), waiting: waiting)
  }

  fileprivate func knownErasures() throws -> Erasures {
    try commonFolder.map { try KnownErasures(of: $0).all() } ?? Erasures()
  }

  fileprivate func erasures(besides known: Erasures, waiting: [PendingLine]) throws -> Erasures {
    var erasures = known
    if let own = try erasureFiles() {
      for name in own.names {
        do {
          if let bytes = try own.folder.read(name) { erasures.read(bytes) }
        } catch let error as SystemError where error.isBlocked {
          // A link, which nobody follows; `check` names it.
        }
      }
    }
    for line in waiting where line.file.kind == .erased { erasures.read(line.bytes) }
    return erasures
  }

  /// Changes whenever `erasures` may have.
  func erasureMarks() throws -> [Int] {
    func mark(_ status: stat?) -> [Int] {
      guard let status else { return [0] }
      return [Int(status.st_size), Int(status.st_mtim.tv_nsec), Int(status.st_ino)]
    }
    var marks: [Int] = []
    if let commonFolder {
      var status = stat()
      let path = "\(commonFolder)/memtrace/\(KnownErasures.file)"
      marks = mark(stat(path, &status) == 0 ? status : nil)
    }
    if let own = try erasureFiles() {
      for name in own.names { marks += mark(try own.folder.status(name)) }
    }
    return marks
  }

  private func erasureFiles() throws -> (folder: Folder, names: [String])? {
    guard let folder = try missingIsNil({ try Folder(Self.joined(root, Layout.own)) }) else {
      return nil
    }
    let names = try folder.list().filter { !$0.isFolder && FileName($0.name)?.kind == .erased }
    return (folder, names.map(\.name))
  }
}

extension Store {
  /// From now on this clone knows them, whatever is checked out; what came from elsewhere is said once.
  /// - Parameter own: erasures that were written here.
  func learn(_ erasures: Erasures, apartFrom own: Set<RecordID> = []) throws {
    guard let common = place.commonFolder, !erasures.lines.isEmpty else { return }
    let known = KnownErasures(of: common)
    let before = try known.all().lines
    let news = erasures.lines.keys.count { before[$0] == nil && !own.contains($0) }
    guard try known.add(erasures), news > 0 else { return }
    let words =
      "\(amount(news, "erasure")) of other clones \(news == 1 ? "is" : "are") in force here too: "
      + "what is erased is in no file of the tip any more"
    notices.append(words)
    removalNews.append(words)
  }

  /// What counts for nothing here.
  func erasures() throws -> Erasures {
    if let openCatalog { return openCatalog.erasures }
    return try readErasures(waiting: try place.waiting()).all
  }

  /// The same for whoever reads. What HEAD says and this clone has not noted, as after a plain `git pull`, is noted, so
  /// that the next checkout does not make it forget; where nothing is new, nothing is opened or written for it.
  /// - Returns: also whether this clone knew all of it before.
  func readErasures(waiting: [PendingLine]) throws -> (all: Erasures, isKnown: Bool) {
    let known = try place.knownErasures()
    let erasures = try place.erasures(besides: known, waiting: waiting)
    let isKnown = erasures.lines.count == known.lines.count
    if !isKnown { noteErasuresOfHead(besides: known) }
    return (erasures, isKnown)
  }

  /// A line that is not committed is a person's draft. What cannot be noted now is noted by the next one who reads, or
  /// by the writer that has the lock.
  private func noteErasuresOfHead(besides known: Erasures) {
    guard let common = place.commonFolder else { return }
    do {
      let repository = try repository()
      guard let head = try repository.head().commit else { return }
      let said = try repository.erasures(in: repository.commit(head).tree)
      guard said.lines.keys.contains(where: { known.lines[$0] == nil }),
        let lock = try FileLock.attempt(try stateFolder() + "/lock")
      else { return }
      try withExtendedLifetime(lock) { _ = try KnownErasures(of: common).add(said) }
    } catch {
      // A clone that may not be written to, for one.
    }
  }
}

extension Sequence where Element == PendingLine {
  func without(_ erasures: Erasures) -> [PendingLine] {
    erasures.isEmpty ? Array(self) : filter { erasures.covered(in: $0.bytes).isEmpty }
  }
}

extension Repository {
  /// The erasures that a tree's files say.
  func erasures(in tree: ObjectID?) throws -> Erasures {
    var erasures = Erasures()
    guard let tree, let folder = try treeEntry(in: tree, Layout.own), folder.isTree else {
      return erasures
    }
    for file in try entries(of: folder.id) where file.mode.isRegular {
      if FileName(file.name)?.kind == .erased { erasures.read(try blob(file.id)) }
    }
    return erasures
  }
}
