// Cuts a JSON file into the pieces that it lists, so that a broken one costs only itself.

/// One object of a file: a line, an element of an array, or an element of a page's list.
struct SourcePiece: Sendable {
  let line: Int
  let bytes: [UInt8]
  /// The other members of the page that it stood on: `users` beside `tickets`.
  let page: [JSON.Member]
  /// The same for all pieces of a page.
  var pageNumber = 0

  /// Takes JSON lines, an array, one object, and pages as APIs give them (`{"tickets": […], "users": […]}`), several of them too.
  /// - Parameter lists: the members of a page that hold pieces.
  static func all(of bytes: [UInt8], lists: [String]) -> [SourcePiece] {
    var scan = PieceScan(bytes)
    let start = scan.start
    guard start < bytes.count else { return [] }
    let whole = scan.value(from: start)
    if let whole, scan.isEnd(whole.upperBound) { return scan.pieces(whole, lists) }
    return scan.lines(from: start).flatMap { scan.pieces($0, lists) }
  }
}

/// Finds where values begin and end by brackets and quotation marks alone.
private struct PieceScan {
  private let bytes: [UInt8]
  private var counted = (offset: 0, line: 1)
  private var pageNumber = 0
  /// Pages and arrays within each other; what lies deeper is one piece.
  private static let depth = 6

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Behind a byte order mark and white space.
  var start: Int { skipSpace(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0) }

  func isEnd(_ offset: Int) -> Bool { skipSpace(offset) == bytes.count }

  /// Of the value that begins here; nil where it does not end.
  func value(from start: Int, to end: Int? = nil) -> Range<Int>? {
    let end = end ?? bytes.count
    guard start < end else { return nil }
    var (place, depth, isText) = (start, 0, false)
    while place < end {
      let byte = bytes[place]
      place += 1
      if isText {
        if byte == UInt8(ascii: "\\") {
          place += 1
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        if !isText, depth == 0 { return start..<min(place, end) }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth <= 0 { return start..<(depth < 0 ? place - 1 : place) }
      case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D:
        if depth == 0 { return start..<(place - 1) }
      default: break
      }
    }
    return isText || depth > 0 ? nil : start..<min(place, end)
  }

  /// Those that are not empty, without white space around them.
  func lines(from start: Int) -> [Range<Int>] {
    bytes[start...].split(separator: 0x0A).compactMap { line in
      let first = skipSpace(line.startIndex)
      var end = line.endIndex
      while end > first, Self.isSpace(bytes[end - 1]) { end -= 1 }
      return first < end ? first..<end : nil
    }
  }

  /// A value's own pieces: elements of an array, of a page's list, or the value itself.
  mutating func pieces(
    _ range: Range<Int>, _ lists: [String], page: [JSON.Member] = [], depth: Int = Self.depth
  ) -> [SourcePiece] {
    switch bytes[range.lowerBound] {
    case UInt8(ascii: "[") where depth > 0:
      return inside(range).flatMap { pieces($0.value, lists, page: page, depth: depth - 1) }
    case UInt8(ascii: "{") where depth > 0:
      let members = inside(range)
      func isList(_ member: (key: String?, value: Range<Int>)) -> Bool {
        member.key.map(lists.contains) == true
          && [UInt8(ascii: "["), UInt8(ascii: "{")].contains(bytes[member.value.lowerBound])
      }
      let found = members.filter(isList)
      guard !found.isEmpty else { break }
      let beside = members.filter { !isList($0) }.compactMap { member -> JSON.Member? in
        guard let key = member.key, let value = try? JSON(parsing: Array(bytes[member.value]))
        else {
          return nil
        }
        return .init(key, value)
      }
      pageNumber += 1
      return found.flatMap {
        pieces($0.value, lists, page: page + beside, depth: depth - 1)
      }
    default: break
    }
    return [
      SourcePiece(
        line: line(of: range.lowerBound), bytes: Array(bytes[range]), page: page,
        pageNumber: pageNumber)
    ]
  }

  /// The elements of an array or the members of an object.
  private func inside(_ range: Range<Int>) -> [(key: String?, value: Range<Int>)] {
    let isObject = bytes[range.lowerBound] == UInt8(ascii: "{")
    var found: [(key: String?, value: Range<Int>)] = []
    var place = skipSpace(range.lowerBound + 1)
    while place < range.upperBound - 1, var value = value(from: place, to: range.upperBound),
      !value.isEmpty
    {
      var key: String?
      if isObject {
        key = try? JSON(parsing: Array(bytes[value])).string
        let colon = skipSpace(value.upperBound)
        guard colon < range.upperBound, bytes[colon] == UInt8(ascii: ":"),
          let named = self.value(from: skipSpace(colon + 1), to: range.upperBound), !named.isEmpty
        else { break }
        value = named
      }
      found.append((key, value))
      place = skipSpace(value.upperBound)
      if place < range.upperBound, bytes[place] == UInt8(ascii: ",") {
        place = skipSpace(place + 1)
      }
    }
    return found
  }

  private mutating func line(of offset: Int) -> Int {
    if offset < counted.offset { counted = (0, 1) }
    counted.line += bytes[counted.offset..<offset].count { $0 == 0x0A }
    counted.offset = offset
    return counted.line
  }

  private func skipSpace(_ start: Int) -> Int {
    var place = start
    while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
    return place
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
