// Index version 4, where each name is told as what differs from the one before.

extension IndexFile {
  /// Entries of version 4 as version 3 would hold them, and what follows them.
  static func expand(_ body: IndexBytes, _ count: Int) throws(GitError) -> (
    entries: IndexBytes, rest: IndexBytes
  ) {
    var made: [UInt8] = []
    made.reserveCapacity(body.count * 2)
    var name: [UInt8] = []
    var at = body.startIndex
    for _ in 0..<count {
      guard at + 63 <= body.endIndex else { throw damaged }
      let header = at + (body[at + 60] & 0x40 == 0 ? 62 : 64)
      var strip = 0
      var next = header
      // The varint of pack offsets: each further byte adds one before it shifts.
      while true {
        guard next < body.endIndex, strip < 1 << 24 else { throw damaged }
        let byte = body[next]
        next += 1
        strip = next == header + 1 ? Int(byte & 127) : (strip + 1) << 7 | Int(byte & 127)
        if byte & 128 == 0 { break }
      }
      guard strip <= name.count, let end = body[next...].firstIndex(of: 0) else { throw damaged }
      name.removeLast(strip)
      name.append(contentsOf: body[next..<end])
      append(body[at..<header], name, to: &made)
      at = end + 1
    }
    return (IndexBytes(copying: made), body[at...])
  }

  /// The way back.
  static func shorten(_ entries: [UInt8]) -> [UInt8] {
    entries.withUnsafeBytes { bytes in
      var made: [UInt8] = []
      made.reserveCapacity(bytes.count)
      var scanner = IndexScanner(bytes)
      var last = UnsafeRawBufferPointer(start: nil, count: 0)
      while let entry = scanner.next() {
        made.append(contentsOf: entry.bytes[..<(entry.flags & 0x4000 == 0 ? 62 : 64)])
        var common = 0
        while common < min(last.count, entry.name.count), last[common] == entry.name[common] {
          common += 1
        }
        var strip = last.count - common
        var digits = [UInt8(strip & 127)]
        strip >>= 7
        while strip > 0 {
          strip -= 1
          digits.append(UInt8(strip & 127) | 128)
          strip >>= 7
        }
        made.append(contentsOf: digits.reversed())
        made.append(contentsOf: entry.name[common...])
        made.append(0)
        last = entry.name
      }
      return made
    }
  }

  /// Appends one entry as version 2 and 3 lay it out. `header` holds everything before the name.
  static func append(
    _ header: some Collection<UInt8>, _ name: some Collection<UInt8>, to entries: inout [UInt8]
  ) {
    entries.append(contentsOf: header)
    entries.append(contentsOf: name)
    let length = header.count + name.count
    entries.append(contentsOf: repeatElement(0, count: (length + 8) & ~7 - length))
  }
}
