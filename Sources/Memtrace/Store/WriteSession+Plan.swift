// What each file is to hold: HEAD's blob and the waiting lines, never the working file's bytes.

internal import Git

/// A file of records, before and after.
struct PlannedFile {
  let path: String
  /// HEAD's blob.
  let blob: ObjectID?
  /// HEAD's bytes; empty where HEAD has no such file.
  let committed: [UInt8]
  /// The waiting lines that HEAD does not have.
  let added: [PendingLine]
  /// Every waiting line of this file, also those that HEAD has already.
  let waiting: [PendingLine]

  /// What the commit is to hold; nil where HEAD holds it already.
  var target: [UInt8]? { added.isEmpty ? nil : Self.joined(committed, added) }

  static func joined(_ bytes: [UInt8], _ lines: [PendingLine]) -> [UInt8] {
    joined(bytes, lines.flatMap(\.bytes))
  }

  /// Lines after others, whose last one may lack its end.
  static func joined(_ bytes: [UInt8], _ lines: [UInt8]) -> [UInt8] {
    guard let last = bytes.last, last != UInt8(ascii: "\n") else { return bytes + lines }
    return bytes + [UInt8(ascii: "\n")] + lines
  }
}

extension WriteSession {
  /// The files of the waiting lines, in order of first mention. A line whose id HEAD's file has already was
  /// committed before a crash.
  func plan(_ lines: [PendingLine], on tree: ObjectID?) throws -> [PlannedFile] {
    var places: [String: Int] = [:]
    var files: [(path: String, waiting: [PendingLine])] = []
    for line in lines {
      if let place = places[line.path] {
        files[place].waiting.append(line)
      } else {
        places[line.path] = files.count
        files.append((line.path, [line]))
      }
    }
    return try files.map { path, waiting in
      let waiting = Self.inOrder(waiting)
      let id = try blobID(at: path, in: tree)
      let committed = try id.map { try repository.blob($0) } ?? []
      var known = Self.ids(in: committed)
      // The same line may wait twice: a writer was killed between two journals.
      let added = waiting.filter { line in line.id.map { known.insert($0).inserted } != false }
      return PlannedFile(
        path: path, blob: id, committed: committed, added: added, waiting: waiting)
    }
  }

  /// By id: what was put back after newer lines were journalled is older than they are.
  private static func inOrder(_ lines: [PendingLine]) -> [PendingLine] {
    let ids = lines.map(\.id)
    let isSorted = zip(ids, ids.dropFirst()).allSatisfy { a, b in
      guard let a, let b else { return false }
      return a <= b
    }
    guard !isSorted, ids.allSatisfy({ $0 != nil }) else { return lines }
    return zip(ids, lines).sorted { $0.0! < $1.0! }.map(\.1)
  }

  static func ids(in bytes: [UInt8]) -> Set<RecordID> {
    var ids: Set<RecordID> = []
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        if let id = line.id { ids.insert(id) }
      }
    }
    return ids
  }

  /// The lines whose ids are not among `known`, back to back.
  static func lines(of bytes: [UInt8], without known: Set<RecordID>) -> [UInt8] {
    var lines: [UInt8] = []
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard let id = line.id, !known.contains(id) else { return }
        lines += line.bytes
        lines.append(UInt8(ascii: "\n"))
      }
    }
    return lines
  }
}
