// The one owner of a memory repository: how it is opened, and what it is made of.

internal import Git
internal import Glibc
internal import System

/// A memory repository in a clone.
///
/// No actor: every call blocks on a disk, which must not happen inside a Swift task. One thread at a time may use a
/// store; other processes are kept apart by a file lock. Errors of all methods are `MemtraceError`.
public final class Store {
  let place: Place
  let folder: Folder
  let world: World
  public internal(set) var configuration: Configuration
  /// What had to be repaired or put off, for a person: the front says it and empties the list.
  public var notices: [String] = []
  /// Of those, what a front that runs for long says at once: which records were put back or removed.
  var removalNews: [String] = []

  /// Kinds of text that were stored masked since a front asked.
  var masked: Set<Gate.Kind> = []

  /// Who signs what is written; nil for anybody.
  var signer: Signer?
  /// The name of the key that calls, where one does.
  var reviewer: String?

  /// Open while several verbs write as one (`group`).
  var openTransaction: Transaction?
  private var openRepository: Repository?
  /// What verbs read; a front that stays open puts its own here.
  private(set) var openCatalog: Catalog?
  /// What the configuration's file was like when it was last read by `followConfiguration`.
  var configurationMark: [Int] = []
  /// Milliseconds that a write waits for another process's.
  var lockPatience = 60_000

  /// Opens the memory repository that a folder lies in.
  /// - Throws: `notFound` where there is none, `invalid` where its format is newer than this version.
  public static func open(at folder: String, world: World) throws -> Store {
    try translating { try Store(place: try Place.find(from: folder), world: world) }
  }

  private init(place: Place, world: World) throws {
    self.place = place
    self.world = world
    folder = try Folder(place.root, modes: FileModes.of(place.commonFolder))
    configuration = try Configuration(parsing: try folder.read(Layout.configuration) ?? [])
  }

  /// A repository that is open already, over records that are held elsewhere.
  init(
    place: Place, folder: Folder, configuration: Configuration, records: Catalog, world: World
  ) {
    self.place = place
    self.folder = folder
    self.configuration = configuration
    self.world = world
    openCatalog = records
  }

  /// The root of the work tree.
  public var root: String { place.root }

  /// Whether there is a Git folder: a plain folder of records can be read too.
  var isWorkTree: Bool { place.gitFolder != nil }

  /// What verbs read: the files as they are now, and what waits in the journal.
  public func records() throws -> Catalog {
    if let openCatalog { return openCatalog }
    return try translating { try Catalog.open(self) }
  }

  /// The records as they were at a commit.
  /// - Throws: `notFound` for a revision that is none.
  func records(at revision: String) throws -> Catalog {
    let repository = try repository()
    guard let id = try repository.resolve(revision) else {
      throw MemtraceError(
        .notFound, "'\(revision)' is no commit, branch or tag", hint: "memtrace log")
    }
    return try Catalog.of(try repository.commit(id), self)
  }

  /// libgit2 starts only here: reading needs no more than the files.
  /// - Throws: `invalid` with what to do where the folder is not a repository that can be written.
  func repository() throws -> Repository {
    if let openRepository { return openRepository }
    guard place.gitFolder != nil else {
      throw MemtraceError(
        .invalid,
        "\(place.root) is not the root of a Git repository: its records can be read (context, search, recall, customer, "
          + "show, export), and whatever asks Git or writes cannot be done here",
        hint: "memtrace init --from \(place.root) DIR makes a repository with the same memory")
    }
    let repository: Repository
    do {
      repository = try Repository.open(path: place.root)
    } catch let error as GitError where error.code == .owner {
      throw MemtraceError(
        .internal, "\(place.root) belongs to another user, so Git will not work in it",
        hint: "git config --global --add safe.directory \(place.root)")
    } catch let error as GitError where error.code == .unsupported {
      throw MemtraceError(
        .invalid,
        "\(place.root) is a repository of a kind that libgit2 cannot read: \(error.message)",
        hint: "memtrace init --from \(place.root) DIR makes a SHA-1 repository with the same memory"
      )
    }
    openRepository = repository
    return repository
  }

  /// Nil where nothing but files was looked at so far.
  var openedRepository: Repository? { openRepository }

  /// Lets go of packs that were joined: libgit2 keeps a removed one open for as long as its handle lives.
  func closeRepository() { openRepository = nil }

  /// `.git/memtrace`, made on first use.
  func stateFolder() throws -> String {
    guard let path = place.stateFolder else {
      _ = try repository()
      throw MemtraceError(.internal, "\(place.root) has no git folder")
    }
    if access(path, F_OK) == 0 { return path }
    // A linked worktree's lies two folders deeper than the main one's.
    let top = place.commonFolder! + "/memtrace"
    for folder in path == top ? [top] : [top, Place.stateOfWorktrees(place.commonFolder!), path] {
      try Path.makeFolder(folder, mode: 0o700)
    }
    return path
  }
}

/// Runs something and turns the errors of the layers below into ours.
func translating<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as SystemError {
    throw MemtraceError(error)
  } catch let error as GitError {
    throw MemtraceError(error)
  }
}

extension MemtraceError {
  init(_ error: GitError) {
    switch error.code {
    case .locked:
      self.init(
        .busy, "another Git process holds a lock: \(error.message)",
        hint: "memtrace status names the lock; run the same command again once it is gone")
    default:
      guard let phrase = GitPhrase.of(error.message) else {
        self.init(.internal, "\(error.message) (\(error.call))")
        return
      }
      self.init(phrase.kind, "\(phrase.sentence) (\(error.message))", hint: phrase.hint)
    }
  }
}
