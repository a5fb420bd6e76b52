// Where segments lie between two commands, and what says which of them count. Disposable, all of it.

internal import Git
internal import Glibc
internal import System

/// `.git/memtrace/catalog`: segments named by their content, and `current`, replaced by rename.
final class CatalogFiles: Sendable {
  /// What `current` says.
  struct Current {
    /// The commit that the segments were made at; nil where there was none.
    var commit: KnownCommit?
    /// The print of those that were in force.
    var erasures = ""
    /// The oldest first, with the stamp that each file had when its bytes were last known to be right.
    var segments: [(name: String, stamp: FileStamp)] = []
  }

  private let folder: Folder
  /// Of the git folder: a copied one begins anew.
  private let identity: String

  private static let current = "current"
  private static let heading = "memtrace catalog 1"

  /// - Returns: nil where nothing can be kept: no git folder of ours, or one that we may not write to.
  init?(_ place: Place) {
    guard let state = place.stateFolder, let gitFolder = place.gitFolder else { return nil }
    var status = stat()
    guard access(state, W_OK) == 0, stat(gitFolder, &status) == 0 else { return nil }
    let path = state + "/catalog"
    guard (try? Path.makeFolder(path, mode: 0o700)) != nil, let folder = try? Folder(path) else {
      return nil
    }
    self.folder = folder
    identity = "\(status.st_dev) \(status.st_ino)"
  }

  /// Nil where nothing is kept that can be used.
  func load() -> (current: Current, segments: [Segment])? {
    guard let bytes = (try? folder.read(Self.current)) ?? nil, let current = parse(bytes) else {
      return nil
    }
    var segments: [Segment] = []
    var isNew = false
    for entry in current.segments {
      guard let (segment, stamp) = open(entry.name, entry.stamp) else { return nil }
      if stamp != entry.stamp { isNew = true }
      segments.append(segment)
    }
    // An erasure gives those under the newest one other names, and only the newest one is made anew.
    let masked = Set(segments.last?.masks.map(\.segment) ?? [])
    guard masked == Set(segments.dropLast().map(\.name)) else { return nil }
    if isNew { save(current.commit, segments, erasures: current.erasures) }
    return (current, segments)
  }

  /// Reads the whole file only where it is not the one that was written.
  private func open(_ name: String, _ known: FileStamp) -> (Segment, FileStamp)? {
    do {
      return try folder.within(name, create: false) { parent, name in
        let file = try Descriptor(at: parent, name, O_RDONLY | O_NOFOLLOW)
        let stamp = try file.stamp()
        guard let bytes = try SegmentBytes(file), stamp == known || bytes.isWhole else {
          return nil
        }
        return (Segment(name, bytes), stamp)
      }
    } catch {
      return nil
    }
  }

  /// Keeps a segment; nil where that cannot be, as on a full disk.
  func keep(_ bytes: [UInt8]) -> Segment? {
    let sum = bytes.withUnsafeBytes { SegmentFile.checksum($0) }
    let name = String(sum, radix: 16) + ".segment"
    do {
      try folder.replace(name, with: bytes, mode: 0o600)
      return try folder.within(name, create: false) { parent, file in
        let file = try Descriptor(at: parent, file, O_RDONLY | O_NOFOLLOW)
        return try SegmentBytes(file).map { Segment(name, $0) }
      }
    } catch {
      return nil
    }
  }

  /// Says which segments count from here on. What cannot be said now is found out anew by the next one.
  func save(_ commit: KnownCommit?, _ segments: [Segment], without erasures: Erasures) {
    save(commit, segments, erasures: erasures.print)
  }

  private func save(_ commit: KnownCommit?, _ segments: [Segment], erasures: String) {
    var lines = [Self.heading, "repository \(identity)"]
    lines.append("commit \(commit?.description ?? "none")")
    lines.append("erasures \(erasures)")
    for segment in segments {
      guard let stamp = (try? folder.stamp(segment.name)) ?? nil else { return }
      lines.append("segment \(segment.name) \(stamp.text)")
    }
    let text = lines.joined(separator: "\n") + "\n"
    let sum = SHA256.hex(text.utf8)
    do {
      try folder.replace(Self.current, with: Array((text + "sum \(sum)\n").utf8), mode: 0o600)
      let kept = Set(segments.map(\.name))
      for entry in try folder.list() where entry.name.hasSuffix(".segment") {
        if !kept.contains(entry.name) { try folder.remove(entry.name) }
      }
    } catch {}
  }

  /// Nothing is kept any more; who has a segment open goes on with it.
  func clear() {
    guard let entries = try? folder.list() else { return }
    for entry in entries where entry.name == Self.current || entry.name.hasSuffix(".segment") {
      try? folder.remove(entry.name)
    }
  }

  private func parse(_ bytes: [UInt8]) -> Current? {
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.split(separator: "\n")
    guard let sum = lines.popLast() else { return nil }
    guard sum == "sum \(SHA256.hex(text[..<sum.startIndex].utf8))" else { return nil }
    guard lines.count >= 4, lines[0] == Self.heading, lines[1] == "repository \(identity)" else {
      return nil
    }
    var current = Current()
    let commit = lines[2].dropFirst("commit ".count)
    current.commit = KnownCommit(hex: commit)
    current.erasures = String(lines[3].dropFirst("erasures ".count))
    for line in lines.dropFirst(4) {
      let words = line.split(separator: " ")
      guard words.count == 6, words[0] == "segment", let stamp = FileStamp(words[2...]) else {
        return nil
      }
      current.segments.append((String(words[1]), stamp))
    }
    return current
  }
}
