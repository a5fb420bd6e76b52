// Where a verb runs: in which folder, at which moment, and who hears of its progress.

internal import Glibc

/// One call's surroundings, handed in by a front.
public final class Call {
  public let world: World
  /// The folder that the call is about: a repository's root or anything below it.
  public let directory: String
  /// The folder in which the command was given: where a caller's own files are.
  public var currentFolder: String
  /// Label, done, and the total where it is known.
  public let progress: @Sendable (String, Int, Int?) -> Void
  /// What talking to a remote needs.
  public var network = Network(sleep: { _ = usleep(UInt32(clamping: $0) * 1_000) })
  /// False once nobody waits for the answer any more: long work may stop, and what it answers is not read.
  public var isWanted: @Sendable () -> Bool = { true }
  /// Whether a person looks at the answer: what only tables show is read then.
  public var isForPeople: Bool
  /// Whether a model looks at it: each record says then whom it is about.
  public var isForModels = false
  /// Whether the answer is written as JSON: what no table shows is read then.
  public var wantsJSON = true
  /// Who signs what is written; nil for anybody.
  public var signer: Signer? {
    didSet { openStore?.signer = signer }
  }
  /// The name of the key that calls, where one does: it signs reviews.
  public var reviewer: String? {
    didSet { openStore?.reviewer = reviewer }
  }
  /// Whose name stands under what the caller says of records, where a key says it; of a call that only reads, too.
  public var signature: String?
  /// What the key that calls may do, where one does; of a call that only reads, too.
  public var scope: Key.Scope?
  private var openStore: Store?
  private var openRecords: Catalog?

  public init(
    world: World, directory: String,
    progress: @escaping @Sendable (String, Int, Int?) -> Void = { _, _, _ in }
  ) {
    self.world = world
    self.directory = directory
    currentFolder = directory
    self.progress = progress
    isForPeople = true
  }

  /// A call about a repository that is open already.
  public convenience init(store: Store) {
    self.init(world: store.world, directory: store.root)
    isForPeople = false
    openStore = store
  }

  /// Of a file that the caller names, whichever repository the call is about.
  public func place(of path: String) -> String {
    path.hasPrefix("/") ? path : Place.joined(currentFolder, path)
  }

  /// Opens the repository on first use: some verbs need none.
  public func store() throws -> Store {
    if let openStore { return openStore }
    let store = try Store.open(at: directory, world: world)
    openStore = store
    return store
  }

  /// What a verb reads, of one moment. One that writes reads under the lock, by its transaction.
  func records() throws -> Catalog {
    if let openRecords { return openRecords }
    let records = try store().records()
    openRecords = records
    return records
  }

  /// The root of a repository that is to be packed once the answer is out, by a process of its own: `gc --background`.
  /// Nil where there is nothing to do, or others are at it.
  public func housekeepingIsDue() -> String? {
    guard let openStore, openStore.housekeepingIsDue() else { return nil }
    return openStore.root
  }

  /// Goes on with a repository that the verb itself made: what is to be said of it is said.
  func opened(_ store: Store) -> Store {
    openStore = store
    return store
  }

  /// Kinds of text that were stored masked, said once.
  func takeMasked() -> [Gate.Kind] {
    guard let openStore else { return [] }
    defer { openStore.masked = [] }
    return Gate.Kind.allCases.filter(openStore.masked.contains)
  }

  func note(_ text: String) { openStore?.notices.append(text) }

  /// What had to be repaired or put off, said once.
  public func takeNotices() -> [String] {
    guard let openStore else { return [] }
    defer { openStore.notices = [] }
    return openStore.notices
  }
}
