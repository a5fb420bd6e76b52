// The catalog of a commit: what is kept of the work tree, and over it what that commit has otherwise.

internal import Git

extension Catalog {
  /// What a commit holds; of that nothing waits. Costs what differs from the commit that the kept segments are of, where
  /// there are many files; else all of the commit's are read.
  static func of(
    _ commit: Commit, _ store: Store, limits: CatalogLimits = CatalogLimits()
  ) throws -> Catalog {
    let repository = try store.repository()
    let erasures = try store.erasures()
    let catalog = Catalog(
      CommittedFiles(repository, tree: commit.tree, workTree: store.folder), files: nil,
      limits: limits, identityKeys: store.configuration.identityKeys, waiting: { [] })
    catalog.look { $0.erasures = erasures }
    let files = CatalogFiles(store.place)
    var kept = files?.load()
    if kept?.current.erasures != erasures.print {
      store.prepareReading()
      kept = files?.load()
    }
    if let (current, segments) = kept, current.erasures == erasures.print,
      segments.reduce(0, { $0 + $1.fileCount }) >= limits.small,
      let known = try current.commit?.resolve(in: repository)?.tree,
      let changed = try changedFiles(known, commit.tree, repository, most: limits.muchChanged)
    {
      catalog.install(segments, since: catalog.look(\.erasureChanges))
      if !changed.isEmpty { try catalog.absorb(changed) }
      return catalog
    }
    return try of(
      CommittedFiles(repository, tree: commit.tree), without: erasures,
      identityKeys: store.configuration.identityKeys)
  }

  /// The record files in which two trees differ; nil where there are more than that.
  static func changedFiles(
    _ one: ObjectID?, _ other: ObjectID?, _ repository: Repository, most: Int = .max
  ) throws -> Set<String>? {
    struct TooMany: Error {}
    var paths: Set<String> = []
    do {
      for root in Layout.recordRoots {
        try repository.changes(from: one, to: other, under: root) { change in
          if FileName.isRead(change.path) { paths.insert(change.path) }
          if paths.count > most { throw TooMany() }
        }
      }
    } catch is TooMany {
      return nil
    }
    return paths
  }
}
