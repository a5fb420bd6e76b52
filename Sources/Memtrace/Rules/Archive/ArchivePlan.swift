// Which files of one month go into one archive: a rule over names and sizes, so that clones which see the same agree.

import Git

/// A file of a closed session of which every line is old enough.
struct ArchivedFile: Hashable {
  let path: String
  let blob: ObjectID
  let session: SessionID
  let lines: Int
  /// Of its lines with a line feed each.
  let bytes: Int
}

enum ArchivePlan {
  /// The archives of one month, each with its files in the order of their paths. What is left over would not make one.
  static func archives(of files: [ArchivedFile]) -> [[ArchivedFile]] {
    var rest = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    var archives: [[ArchivedFile]] = []
    // What one archive left may make another with what the next one left: else a second run would find something.
    while true {
      let made = parts(of: rest).compactMap(fitting)
      if made.isEmpty { return archives }
      archives += made
      let taken = Set(made.joined().map(\.path))
      rest.removeAll { taken.contains($0.path) }
    }
  }

  /// Parts of about the same size, so that none is left with a handful.
  private static func parts(of files: [ArchivedFile]) -> [[ArchivedFile]] {
    let most = Limits.archiveBytes
    let files = files.filter { $0.bytes <= most / 4 }
    let total = files.reduce(0) { $0 + $1.bytes }
    let enough = total / (total / (most - most / 16) + 1) + 1
    var parts: [[ArchivedFile]] = [[]]
    var size = 0
    for file in files {
      if size >= enough || size + file.bytes > most {
        parts.append([])
        size = 0
      }
      parts[parts.count - 1].append(file)
      size += file.bytes
    }
    return parts
  }

  /// Without the files that are over a quarter of what they make with the others; nil where too few are left.
  private static func fitting(_ part: [ArchivedFile]) -> [ArchivedFile]? {
    var sizes = part.map(\.bytes).sorted()
    var total = sizes.reduce(0, +)
    while let largest = sizes.last, largest * 4 > total {
      total -= largest
      sizes.removeLast()
    }
    guard sizes.count >= Limits.archiveFiles, let largest = sizes.last else { return nil }
    return part.filter { $0.bytes <= largest }
  }
}
