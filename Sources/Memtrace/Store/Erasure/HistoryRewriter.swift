// History without erased lines: a pure function of a commit and of what is erased, so all clones make the same commits.

import Git

/// Author, committer, dates and empty commits stay; parents, and ids of ancestors in messages, are mapped; signatures of
/// what changes go, for they would be false. Writes objects and moves nothing.
final class HistoryRewriter {
  /// The handle that takes what is written.
  var repository: Repository
  private let erasures: Erasures
  /// What became of each commit that changed.
  private(set) var changed: [ObjectID: ObjectID] = [:]
  /// Changed commits none of whose parents changed.
  private(set) var first: [ObjectID] = []
  private(set) var done: Set<ObjectID> = []
  /// What no reference names and whose history is not whole, as a removal that was cut off leaves it.
  private(set) var broken: Set<ObjectID> = []
  /// What became of tags, and of trees and blobs that a reference names.
  private var others: [ObjectID: ObjectID] = [:]
  private var trees: [Place: ObjectID?] = [:]
  private var blobs: [Place: ObjectID?] = [:]

  /// Torn lines count only in our folders: a person's text may name a session.
  private struct Place: Hashable {
    let id: ObjectID
    let isOurs: Bool
  }

  init(_ repository: Repository, _ erasures: Erasures) {
    self.repository = repository
    self.erasures = erasures
  }

  /// Where history begins.
  struct Roots {
    /// What references name; trees and blobs have no history.
    var named: Set<ObjectID> = []
    /// What only logs and files of ours do, and what nothing does.
    var others: Set<ObjectID> = []

    var all: [ObjectID] { named.union(others).sorted() }
  }

  /// - Parameters:
  ///   - clean: commits whose history is known to hold nothing that is erased.
  ///   - progress: told how many commits are done, of how many.
  func rewrite(
    from roots: Roots, excluding clean: [ObjectID], progress: (Int, Int) -> Void = { _, _ in }
  ) throws {
    var known = try clean.filter {
      try !broken.contains($0) && repository.commitIfThere($0) != nil
    }
    var tips = try roots.all.filter { id in
      try !done.contains(id) && !broken.contains(id) && isOfCommit(id)
    }
    guard !tips.isEmpty else { return }
    var order: [ObjectID]
    do {
      order = try history(from: tips, excluding: known)
    } catch let error as GitError where error.saysOfObject {
      let named = tips.filter(roots.named.contains)
      try broken.formUnion(
        Set(known + tips).filter { try !roots.named.contains($0) && !isWhole($0, beside: named) })
      known.removeAll(where: broken.contains)
      tips.removeAll(where: broken.contains)
      order = try history(from: tips, excluding: known)
    }
    order.reverse()
    for (number, id) in order.enumerated() where !done.contains(id) {
      if number % 64 == 0 { progress(number, order.count) }
      do {
        try rewrite(id)
      } catch let error as GitError where error.saysOfObject {
        let named = tips.filter(roots.named.contains)
        guard try !history(from: named, excluding: known).contains(id) else { throw error }
        broken.insert(id)
      }
    }
  }

  private func history(from tips: [ObjectID], excluding known: [ObjectID]) throws -> [ObjectID] {
    var order: [ObjectID] = []
    if tips.isEmpty { return order }
    try repository.history(from: tips, excluding: known) { order.append($0.id) }
    return order
  }

  private func isWhole(_ id: ObjectID, beside named: [ObjectID]) throws -> Bool {
    do {
      _ = try history(from: [id], excluding: named)
      return true
    } catch let error as GitError where error.saysOfObject {
      return false
    }
  }

  /// Whether it is a commit, or a tag of one. A tag may be of anything.
  private func isOfCommit(_ id: ObjectID) throws -> Bool {
    var id = id
    while true {
      switch try repository.kind(of: id) {
      case .commit?: return true
      case .tag?:
        guard let next = try target(of: try repository.rawText(id, .tag)) else { return false }
        id = next
      default: return false
      }
    }
  }

  /// What a tag is of, by its first line.
  private func target(of tag: [UInt8]) throws -> ObjectID? {
    let line = tag.prefix { $0 != 10 }
    guard line.starts(with: "object ".utf8) else { return nil }
    return ObjectID(hex: String(decoding: line.dropFirst(7), as: UTF8.self))
  }

  /// Whether anything is not what it was.
  var hasChanged: Bool { !changed.isEmpty || !others.isEmpty }

  /// What an object that a reference names has become.
  func mapped(_ id: ObjectID) throws -> ObjectID {
    if let known = changed[id] ?? others[id] { return known }
    if done.contains(id) { return id }
    let made: ObjectID
    switch try repository.kind(of: id) {
    case .tag?: made = try mappedTag(id)
    case .tree?: made = try tree(id, isOurs: false, isRoot: true) ?? repository.writeEmptyTree()
    case .blob?: made = try blob(id, isOurs: true) ?? repository.writeBlob([])
    default: return id
    }
    if made != id { others[id] = made }
    return made
  }

  private func mappedTag(_ id: ObjectID) throws -> ObjectID {
    let raw = try repository.rawText(id, .tag)
    guard let target = try target(of: raw) else { return id }
    let new = try mapped(target)
    guard new != target else { return id }
    var text = Array("object \(new)".utf8) + raw.drop { $0 != 10 }
    if let signature = String(decoding: text, as: UTF8.self).firstRange(of: "-----BEGIN ") {
      text = Array(String(decoding: text, as: UTF8.self)[..<signature.lowerBound].utf8)
    }
    return try repository.writeRawText(text, .tag)
  }

  private func rewrite(_ id: ObjectID) throws {
    let raw = try repository.rawText(id, .commit)
    defer { done.insert(id) }
    var (header, isDropped, hasChanged, hasChangedParent) = ([UInt8](), false, false, false)
    var at = 0
    while at < raw.count, raw[at] != 10 {
      let end = raw[at...].firstIndex(of: 10) ?? raw.count
      let line = raw[at..<end]
      at = min(end + 1, raw.count)
      if line.first == 32 {
        if !isDropped { header += line + [10] }
        continue
      }
      let space = line.firstIndex(of: 32) ?? line.endIndex
      let key = String(decoding: line[..<space], as: UTF8.self)
      let value = ObjectID(hex: String(decoding: line[space...].dropFirst(), as: UTF8.self))
      isDropped = key.hasPrefix("gpgsig") || key == "mergetag"
      switch (key, value) {
      case ("tree", let value?):
        let new = try tree(value, isOurs: false, isRoot: true) ?? repository.writeEmptyTree()
        if new != value { hasChanged = true }
        header += "tree \(new)\n".utf8
      case ("parent", let value?):
        let new = changed[value] ?? value
        if new != value { (hasChanged, hasChangedParent) = (true, true) }
        header += "parent \(new)\n".utf8
      default:
        if !isDropped { header += line + [10] }
      }
    }
    guard hasChanged else { return }
    let made = try repository.writeRawText(header + mappedMessage(raw[at...], of: id), .commit)
    changed[id] = made
    if !hasChangedParent { first.append(id) }
  }

  /// Only ancestors: of other commits it would depend on who rewrites whether they are known.
  private func mappedMessage(_ message: ArraySlice<UInt8>, of id: ObjectID) throws -> [UInt8] {
    var result = Array(message)
    var at = 0
    while at + 40 <= result.count {
      var length = 0
      while at + length < result.count, length < 41, Self.isHex(result[at + length]) { length += 1 }
      guard length == 40 else {
        at += max(1, length)
        continue
      }
      if let old = ObjectID(hex: String(decoding: result[at..<at + 40], as: UTF8.self)),
        let new = changed[old], try repository.isAncestor(old, of: id)
      {
        result.replaceSubrange(at..<at + 40, with: new.description.utf8)
      }
      at += 40
    }
    return result
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (97...102).contains(byte)
  }

  /// Nil where nothing of it is left.
  func tree(_ id: ObjectID, isOurs: Bool, isRoot: Bool = false) throws -> ObjectID? {
    let place = Place(id: id, isOurs: isOurs)
    if let known = trees[place] { return known }
    let new = try repository.mappedTree(id) { name, entry, mode in
      let isOurs = isOurs || (isRoot && Layout.recordRoots.contains(name))
      if mode.isTree { return try tree(entry, isOurs: isOurs) }
      return mode.isRegular ? try blob(entry, isOurs: isOurs) : entry
    }
    trees[place] = .some(new)
    return new
  }

  /// Nil where nothing of it is left.
  func blob(_ id: ObjectID, isOurs: Bool) throws -> ObjectID? {
    let place = Place(id: id, isOurs: isOurs)
    if let known = blobs[place] { return known }
    let left = try repository.ifThere(id) {
      try $0.withBlob(id) { erasures.filtered($0, keepsFragments: !isOurs) }
    }
    guard let left = left ?? nil else {
      blobs[place] = .some(id)
      return id
    }
    let new = left.isEmpty ? nil : try repository.writeBlob(left)
    blobs[place] = .some(new)
    return new
  }
}
