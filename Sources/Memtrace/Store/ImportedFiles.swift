// The files that an import adds, put together when they are asked for.

/// New files whose bytes are put together when they are asked for: an import of a million rows need not hold them twice.
struct ImportedFiles: RandomAccessCollection {
  let arena: [UInt8]
  let entries: [ImportPlan.Entry]
  var places: [(path: String, entries: Range<Int>)] = []

  init(arena: [UInt8], entries: [ImportPlan.Entry]) {
    self.arena = arena
    self.entries = entries
  }

  var startIndex: Int { 0 }
  var endIndex: Int { places.count }

  subscript(position: Int) -> (path: String, bytes: [UInt8]) {
    (places[position].path, bytes(places[position].entries))
  }

  func bytes(_ range: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries[range].reduce(0) { $0 + Int($1.length) })
    for entry in entries[range] { bytes += arena[entry.start..<entry.start + Int(entry.length)] }
    return bytes
  }

  /// The first memories and decisions, each as its line.
  func sample(of count: Int) -> [RawJSON] {
    let kinds = [FileKind.memories, .decisions]
    let lines = places.lazy.filter { place in
      kinds.contains { place.path.contains("/\($0.rawValue).") }
    }.flatMap { $0.entries }
    return lines.prefix(count).map { line in
      RawJSON(trusted: Array(bytes(line..<line + 1).dropLast()))
    }
  }
}
