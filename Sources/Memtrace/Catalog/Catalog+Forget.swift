// What an erasure takes out of segments: rows that do not count any more, and the words of them.

internal import Synchronization

extension Catalog {
  /// Lets go of what is erased in segments that were made before.
  /// - Returns: whether some of it was in one, so that they have to be kept anew.
  func forget() throws -> Bool {
    let erasures = erasures
    if erasures.isScattered {
      // Some line does not say where to look.
      files?.clear()
      let meanwhile = try replacing.withLock { _ in try noting { try readAnew() } }
      try add(meanwhile)
      return false
    }
    var isThere = false
    var subjects: Set<Subject> = []
    var paths: Set<String> = []
    look { held in
      for view in held.views {
        let segment = view.segment
        for id in erasures.places.union(erasures.sessions.keys) where segment.session(id) != nil {
          isThere = true
          if view.lines(of: id) != nil { subjects.insert(.session(id)) }
        }
        for file in 0..<segment.fileCount where segment.hasErased(erasures, outsideIn: file) {
          isThere = true
          // What is said of it stands beside it.
          let folder = segment.path(file).prefix { $0 != "/" }
          for other in 0..<segment.fileCount where !view.deadFiles.contains(other) {
            let path = segment.path(other)
            if path.hasPrefix(folder), segment.fileIsOwned[other] == 1 { paths.insert(path) }
          }
        }
      }
    }
    guard isThere else { return false }
    if !subjects.isEmpty || !paths.isEmpty { try absorb(paths, subjects) }
    replacing.withLock { _ in blank() }
    return true
  }

  /// Puts segments without the words of what does not count in the place of those with them.
  private func blank() {
    let views = look(\.views)
    let blanked = views.map { view -> SegmentView in
      guard !view.isWhole else { return view }
      let bytes = view.segment.blanked(of: view)
      return view.over(files?.keep(bytes) ?? Segment("", SegmentBytes(bytes)))
    }
    look { held in
      held.views = blanked
      held.epoch += 1
    }
    search.withLock { $0 = SearchState() }
  }
}

extension Segment {
  /// Whether a record outside sessions that stands in this file was erased.
  fileprivate func hasErased(_ erasures: Erasures, outsideIn file: Int) -> Bool {
    records(ofFile: file).contains { row in
      let row = Int(row)
      return eventTypes[Int(recordEventType[row])] == "conflict"
        || erasures.name(id(row), session: nil, agent: agentID(Int(recordAgent[row])))
    }
  }
}
