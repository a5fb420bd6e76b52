// JSON inside a recorded text, mostly the output of a tool: its labelled values, shown without quotes and blanks.

/// `{"id": "A1", "to": {"city": "Berlin"}}` is shown as `id:A1,to{city:Berlin}`; of values that are left out, their labels
/// and whatever then holds nothing go too.
struct JSONOutline {
  private indirect enum Node {
    case leaf(Int)
    case object([(key: [UInt8], node: Node)], Range<Int>)
    case array([Node], Range<Int>)

    var leaves: Range<Int> {
      switch self {
      case .leaf(let at): at..<(at + 1)
      case .object(_, let leaves), .array(_, let leaves): leaves
      }
    }
  }

  /// A value with the nearest key above it.
  struct Leaf {
    let label: [UInt8]
    let value: [UInt8]
  }

  private(set) var leaves: [Leaf] = []
  private var root = Node.leaf(0)

  private static let depth = 32
  /// A longer list of values is cut as text.
  private static let most = 4_000

  /// The JSON object or array that a text is or ends with, and where it begins.
  static func find(in bytes: [UInt8]) -> (start: Int, outline: JSONOutline)? {
    guard let last = bytes.last(where: { $0 > 0x20 }),
      last == UInt8(ascii: "}") || last == UInt8(ascii: "]"),
      let start = start(in: bytes),
      let json = try? JSON(parsing: Array(bytes[start...]), depth: depth)
    else { return nil }
    var outline = JSONOutline()
    outline.root = outline.node(json, [])
    guard !outline.leaves.isEmpty, outline.leaves.count <= most else { return nil }
    return (start, outline)
  }

  /// Of a bracket at the beginning, or else of the first that opens as JSON does: `{"`, `[{`, `["`.
  private static func start(in bytes: [UInt8]) -> Int? {
    let quote = UInt8(ascii: "\"")
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }) else { return nil }
    if bytes[first] == UInt8(ascii: "{") || bytes[first] == UInt8(ascii: "[") { return first }
    return bytes.indices.dropLast().first {
      let next = bytes[$0 + 1]
      return bytes[$0] == UInt8(ascii: "{") && next == quote
        || bytes[$0] == UInt8(ascii: "[") && (next == quote || next == UInt8(ascii: "{"))
    }
  }

  private mutating func node(_ json: JSON, _ label: [UInt8]) -> Node {
    let first = leaves.count
    switch json {
    case .object(let members) where !members.isEmpty:
      let entries = members.map { member in
        let key = Array(member.key.utf8)
        return (key, node(member.value, key))
      }
      return .object(entries, first..<leaves.count)
    case .array(let values) where !values.isEmpty:
      let nodes = values.map { node($0, label) }
      return .array(nodes, first..<leaves.count)
    default:
      let text = json.scalarText ?? (json.array == nil ? "{}" : "[]")
      leaves.append(Leaf(label: label, value: Array(text.utf8)))
      return .leaf(first)
    }
  }

  /// Writes the values that are chosen with all their labels.
  func write(_ isChosen: [Bool], into bytes: inout [UInt8]) {
    switch root {
    case .object(let entries, _): members(entries, isChosen, &bytes)
    default: write(root, isChosen, &bytes)
    }
  }

  private func write(_ node: Node, _ isChosen: [Bool], _ bytes: inout [UInt8]) {
    switch node {
    case .leaf(let at): bytes.append(contentsOf: leaves[at].value)
    case .object(let entries, _):
      bytes.append(UInt8(ascii: "{"))
      members(entries, isChosen, &bytes)
      bytes.append(UInt8(ascii: "}"))
    case .array(let nodes, _):
      bytes.append(UInt8(ascii: "["))
      var isFirst = true
      for node in nodes where isChosen[node.leaves].contains(true) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        write(node, isChosen, &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    }
  }

  private func members(
    _ entries: [(key: [UInt8], node: Node)], _ isChosen: [Bool], _ bytes: inout [UInt8]
  ) {
    var isFirst = true
    for (key, node) in entries where isChosen[node.leaves].contains(true) {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      bytes.append(contentsOf: key)
      if case .leaf = node { bytes.append(UInt8(ascii: ":")) }
      write(node, isChosen, &bytes)
    }
  }
}
