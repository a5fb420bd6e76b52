// Lines of a file by their ids, for comparing two versions, and for putting lines back where they stood.

enum LineSet {
  static func keys(in bytes: [UInt8]) -> Set<MergeKey> {
    var keys: Set<MergeKey> = []
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        if let key = MergeKey(line: line) { keys.insert(key) }
      }
    }
    return keys
  }

  /// The lines with an id that readers of this file find in `old` and not in `new`; none where `new` only appends.
  static func lost(from old: [UInt8], to new: [UInt8], at path: String) -> [LostLine] {
    let readers = Readership(path)
    guard readers != .nothing else { return [] }
    if new.starts(with: old), new.count == old.count || old.last == UInt8(ascii: "\n") { return [] }
    let kept = ReadKeys(new, at: path)
    var lost: [LostLine] = []
    old.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard let key = MergeKey(line: line), readers.has(key), !kept.taken.contains(key) else {
          return
        }
        let line = LostLine(line, key: key, path: path)
        if !kept.hold(line) { lost.append(line) }
      }
    }
    return lost
  }

  /// The lines of `whole` after the last one whose id `part` has, back to back: what a file lacks at its end. What it
  /// lacks before that was taken out by somebody.
  static func missingAtEnd(of part: [UInt8], having whole: [UInt8]) -> [UInt8] {
    let there = keys(in: part)
    var missing: [UInt8] = []
    whole.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        guard let key = MergeKey(line: line) else { return }
        if there.contains(key) { return missing.removeAll() }
        missing += line.bytes
        missing.append(UInt8(ascii: "\n"))
      }
    }
    return missing
  }

  /// Puts lines of one file into it in the order of ids; what stands there keeps its order. What readers find there
  /// already is left out; beside a damaged line of its id a line comes back.
  static func inserting(_ lines: [LostLine], into bytes: [UInt8]) -> [UInt8] {
    guard let path = lines.first?.path else { return bytes }
    let there = ReadKeys(bytes, at: path)
    var known: Set<MergeKey> = []
    var waiting = lines.filter { !there.hold($0) }
      .sorted { $0.key != $1.key ? $0.key < $1.key : $0.isTaken && !$1.isTaken }
      .filter { known.insert($0.key).inserted }[...]
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + waiting.reduce(0) { $0 + $1.bytes.count })
    bytes.withUnsafeBytes { buffer in
      var end = 0
      scanLines(buffer) { line in
        if let key = MergeKey(line: line) {
          while let next = waiting.first, next.key < key {
            result += next.bytes
            waiting.removeFirst()
          }
        }
        let start = end
        end = line.range.upperBound
        while end < buffer.count, buffer[end] != UInt8(ascii: "\n") { end += 1 }
        end = min(end + 1, buffer.count)
        result += buffer[start..<end]
      }
      result += buffer[end...]
    }
    if !waiting.isEmpty, let last = result.last, last != UInt8(ascii: "\n") {
      result.append(UInt8(ascii: "\n"))
    }
    for line in waiting { result += line.bytes }
    return result
  }
}
