// Template text to nodes, with the place of every fault.

struct ContextTemplateParser {
  private let bytes: [UInt8]
  private var at = 0
  /// The sections that are open here.
  private var path: [ContextKey] = []

  /// Of sections within sections.
  private static let depth = 8

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  private struct Tag {
    enum Kind { case variable, section, inverted, end, comment }
    let kind: Kind
    let name: String
    let start: Int
    let end: Int
  }

  mutating func parse() throws -> [ContextTemplate.Node] {
    try nodes(until: nil)
  }

  private mutating func nodes(until open: Tag?) throws -> [ContextTemplate.Node] {
    var nodes: [ContextTemplate.Node] = []
    while let start = next("{{", from: at) {
      let tag = try tag(at: start)
      let (textEnd, resume) = extent(of: tag)
      if textEnd > at { nodes.append(.text(Array(bytes[at..<textEnd]))) }
      at = resume
      switch tag.kind {
      case .comment: break
      case .variable: nodes.append(.variable(try key(tag)))
      case .section, .inverted:
        let key = try key(tag)
        guard path.count < Self.depth else {
          throw fault("more than \(Self.depth) sections within one another", tag.start)
        }
        if tag.kind == .section, key.isList, let outer = path.last(where: \.isList) {
          throw fault("the list \(tag.name) stands within the list \(outer.rawValue)", tag.start)
        }
        path.append(key)
        let body = try self.nodes(until: tag)
        path.removeLast()
        nodes.append(.section(key, isInverted: tag.kind == .inverted, body))
      case .end:
        guard let open else { throw fault("nothing is open that /\(tag.name) ends", tag.start) }
        guard open.name == tag.name else {
          throw fault("/\(tag.name) stands where \(open.name) is still open", tag.start)
        }
        return nodes
      }
    }
    if let open { throw fault("\(open.name) is never ended with {{/\(open.name)}}", open.start) }
    if at < bytes.count { nodes.append(.text(Array(bytes[at...]))) }
    at = bytes.count
    return nodes
  }

  private func tag(at start: Int) throws -> Tag {
    guard let close = next("}}", from: start + 2) else { throw fault("{{ without }}", start) }
    var inside = bytes[(start + 2)..<close]
    var kind = Tag.Kind.variable
    switch inside.first {
    case UInt8(ascii: "#"): kind = .section
    case UInt8(ascii: "^"): kind = .inverted
    case UInt8(ascii: "/"): kind = .end
    case UInt8(ascii: "!"): kind = .comment
    default: break
    }
    if kind != .variable { inside.removeFirst() }
    let name = String(decoding: inside, as: UTF8.self)
      .split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
    return Tag(kind: kind, name: name, start: start, end: close + 2)
  }

  private func key(_ tag: Tag) throws -> ContextKey {
    if let key = ContextKey(rawValue: tag.name) { return key }
    let names = ContextKey.allCases.map(\.rawValue).joined(separator: ", ")
    throw fault(
      tag.name.isEmpty ? "a name is missing" : "unknown name '\(tag.name.prefix(64))'", tag.start,
      hint: "known: \(names)")
  }

  /// Where the text before a tag ends and where that after it begins: the whole line for a tag alone on it.
  private func extent(of tag: Tag) -> (Int, Int) {
    guard tag.kind != .variable else { return (tag.start, tag.end) }
    var from = tag.start
    while from > at, isBlank(bytes[from - 1]) { from -= 1 }
    let startsLine = from == 0 || bytes[from - 1] == 0x0A
    var to = tag.end
    while to < bytes.count, isBlank(bytes[to]) || bytes[to] == 0x0D { to += 1 }
    let endsLine = to == bytes.count || bytes[to] == 0x0A
    guard startsLine, endsLine else { return (tag.start, tag.end) }
    return (from, min(to + 1, bytes.count))
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private func next(_ pair: StaticString, from: Int) -> Int? {
    let (first, second) = (pair.utf8Start[0], pair.utf8Start[1])
    var i = from
    while i + 1 < bytes.count {
      if bytes[i] == first, bytes[i + 1] == second { return i }
      i += 1
    }
    return nil
  }

  private func fault(_ problem: String, _ at: Int, hint: String? = nil) -> MemtraceError {
    let before = bytes[..<at]
    let line = before.count { $0 == 0x0A } + 1
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    // Columns are characters: bytes that continue one are not counted.
    let column = bytes[lineStart..<at].count { $0 & 0xC0 != 0x80 } + 1
    let text = "line \(line), column \(column): \(problem)"
    return MemtraceError(
      .invalid, "template: \(text)", hint: hint, faults: [.init("template", text)])
  }
}
