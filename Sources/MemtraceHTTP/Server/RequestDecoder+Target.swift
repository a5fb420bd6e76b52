// The target of a request: path segments and query items, split before they are decoded (RFC 9112, 3.2).

extension RequestDecoder {
  /// Takes `/path?query`, `http://authority/path?query`, and `*` for OPTIONS.
  mutating func readTarget(_ range: Range<Int>) throws(Rejection) {
    guard range.allSatisfy({ Bytes.isTarget(buffer[$0]) }) else { throw .malformed("bad target") }
    var start = range.lowerBound
    if buffer[start] != UInt8(ascii: "/") {
      if range.count == 1, buffer[start] == UInt8(ascii: "*"), draft.method == "OPTIONS" {
        draft.rawPathRange = inHead(range)
        draft.path = ["*"]
        return
      }
      start = try readAuthority(range)
    }
    let mark = buffer[start..<range.upperBound].firstIndex(of: UInt8(ascii: "?"))
    let path = start..<(mark ?? range.upperBound)
    draft.rawPathRange = inHead(path)
    if path.count > 1 {
      var segment = path.lowerBound + 1
      while segment <= path.upperBound {
        let end =
          buffer[segment..<path.upperBound].firstIndex(of: UInt8(ascii: "/")) ?? path.upperBound
        draft.path.append(try decoded(segment..<end, plusIsSpace: false))
        segment = end + 1
      }
    }
    if let mark { try readQuery(mark + 1..<range.upperBound) }
  }

  /// Of `http://authority/…`: keeps the authority and says where the path begins.
  private mutating func readAuthority(_ range: Range<Int>) throws(Rejection) -> Int {
    let schemes = ["http://", "https://"]
    guard
      let scheme = schemes.first(where: {
        range.count > $0.utf8.count
          && buffer.matches(range.lowerBound..<range.lowerBound + $0.utf8.count, lowercase: $0)
      })
    else { throw .malformed("bad target") }
    let start = range.lowerBound + scheme.utf8.count
    let end = buffer[start..<range.upperBound].firstIndex {
      $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?")
    }
    let authority = start..<(end ?? range.upperBound)
    guard !authority.isEmpty, authority.allSatisfy({ Bytes.isAuthority(buffer[$0]) }) else {
      throw .malformed("bad target")
    }
    draft.authorityRange = inHead(authority)
    return authority.upperBound
  }

  private mutating func readQuery(_ range: Range<Int>) throws(Rejection) {
    for part in buffer[range].split(separator: UInt8(ascii: "&")) {
      let sign = part.firstIndex(of: UInt8(ascii: "="))
      let name = try decoded(part.startIndex..<(sign ?? part.endIndex), plusIsSpace: true)
      let value = sign.map { $0 + 1..<part.endIndex } ?? part.endIndex..<part.endIndex
      draft.query.append(
        Request.QueryItem(name: name, value: try decoded(value, plusIsSpace: true)))
    }
  }

  /// Decodes `%XX`; refuses bad ones, NUL, and what is no UTF-8.
  private func decoded(_ range: Range<Int>, plusIsSpace: Bool) throws(Rejection) -> String {
    guard
      range.contains(where: {
        buffer[$0] == UInt8(ascii: "%") || buffer[$0] >= 0x80
          || (plusIsSpace && buffer[$0] == UInt8(ascii: "+"))
      })
    else { return String(decoding: buffer[range], as: UTF8.self) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = buffer[index]
      index += 1
      if byte == UInt8(ascii: "%") {
        guard index + 1 < range.upperBound, let high = Bytes.hexadecimal(buffer[index]),
          let low = Bytes.hexadecimal(buffer[index + 1])
        else { throw .malformed("bad percent-encoding") }
        guard high | low != 0 else { throw .malformed("NUL in the target") }
        bytes.append(high << 4 | low)
        index += 2
      } else {
        bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed("the target is not UTF-8")
    }
    return text
  }
}
