// Erasures against whole files: which lines go, and what is left.

internal import Glibc

extension Erasures {
  /// Without the lines that are covered; everything else byte for byte.
  func filtered(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { filtered($0) } ?? bytes
  }

  /// Line feeds in place of the lines that are covered, so that everything else stays at its place.
  func blanked(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    bytes.withUnsafeBytes { buffer in
      guard !isEmpty, mayCover(buffer) else { return }
      scanLines(buffer) { line in
        guard cover(line) else { return }
        for place in line.range { result[place] = UInt8(ascii: "\n") }
      }
    }
    return result
  }

  /// Nil where nothing is covered, which is found without taking the lines apart as a rule.
  /// - Parameter keepsFragments: what is no JSON stays, though it names something erased.
  func filtered(_ buffer: UnsafeRawBufferPointer, keepsFragments: Bool = false) -> [UInt8]? {
    guard !isEmpty, mayCover(buffer) else { return nil }
    var result: [UInt8] = []
    var (end, hasDropped) = (0, false)
    scanLines(buffer) { line in
      guard cover(line, keepsFragments: keepsFragments) else { return }
      if !hasDropped { result.reserveCapacity(buffer.count) }
      hasDropped = true
      // A line begins after the line feed before it: what an editor left in between goes too.
      var start = line.offset
      while start > end, buffer[start - 1] != UInt8(ascii: "\n") { start -= 1 }
      result += buffer[end..<start]
      end = line.range.upperBound
      while end < buffer.count, buffer[end] != UInt8(ascii: "\n") { end += 1 }
      end = min(end + 1, buffer.count)
    }
    guard hasDropped else { return nil }
    result += buffer[end...]
    return result
  }

  /// The ids of the covered lines of a file.
  func covered(in bytes: [UInt8]) -> [MergeKey] {
    var found: [MergeKey] = []
    bytes.withUnsafeBytes { buffer in
      guard !isEmpty, mayCover(buffer) else { return }
      scanLines(buffer) { line in
        if cover(line), let key = MergeKey(line: line) { found.append(key) }
      }
    }
    return found
  }

  /// False only where no line can be covered.
  func mayCover(_ buffer: UnsafeRawBufferPointer) -> Bool {
    guard let base = buffer.baseAddress, buffer.count > 0 else { return false }
    if hasForeignSessions { return true }
    // An id may be spelled with escapes.
    if hasEscapedCharacters(base, buffer.count) { return true }
    let hasRows = records.contains { if case .whole = $0 { false } else { true } }
    return IDScan.any(in: buffer) { kind, ulid in
      switch kind {
      case .session: sessions[.own(ulid)] != nil
      case .record(let kind): hasRows || records.contains(.whole(RecordID(kind, ulid)))
      }
    }
  }

  /// `\u00`, by which an id can be spelled.
  private func hasEscapedCharacters(_ base: UnsafeRawPointer, _ count: Int) -> Bool {
    var at = 0
    while at + 3 < count, let found = memchr(base + at, 0x5C, count - at - 3) {
      let place = UnsafeRawPointer(found) - base
      if memcmp(base + place + 1, "u00", 3) == 0 { return true }
      at = place + 1
    }
    return false
  }

  private var hasForeignSessions: Bool {
    sessions.keys.contains { if case .foreign = $0 { true } else { false } }
  }
}
