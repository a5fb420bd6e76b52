// One version of a file of records, as a merge sees it: lines by id, and lines that are no record.

/// Order does not count here, and neither do empty lines, carriage returns before a line feed, or the same line
/// of one record twice.
struct RecordLines: Equatable {
  typealias Bytes = ArraySlice<UInt8>

  /// Usually one line an id.
  var records: [MergeKey: Set<Bytes>] = [:]
  /// How often each line stands there that is no record.
  var others: [Bytes: Int] = [:]

  init() {}

  init(_ bytes: Bytes) {
    bytes.withUnsafeBytes { buffer in
      scanLines(buffer) { line in
        let range = line.range
        let text = bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound]
        if let key = MergeKey(line) {
          records[key, default: []].insert(text)
        } else {
          others[text, default: 0] += 1
        }
      }
    }
  }

  /// What any of several common ancestors held.
  init(anyOf bases: [Bytes]) {
    self.init()
    for base in bases.map({ RecordLines($0) }) {
      records.merge(base.records) { $0.union($1) }
      others.merge(base.others) { max($0, $1) }
    }
  }

  /// By (id, bytes), then the lines that are no record by their bytes; each with a line feed.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    func append(_ line: Bytes) {
      bytes.append(contentsOf: line)
      bytes.append(UInt8(ascii: "\n"))
    }
    for key in records.keys.sorted() {
      for line in Self.sorted(records[key] ?? []) { append(line) }
    }
    for line in Self.sorted(others.keys) {
      for _ in 0..<(others[line] ?? 0) { append(line) }
    }
    return bytes
  }

  static func sorted(_ lines: some Sequence<Bytes>) -> [Bytes] {
    lines.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
