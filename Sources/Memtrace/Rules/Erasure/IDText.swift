// Ids of commits in text: logs, notes of ours, lists that Git prints.

import Git

enum IDText {
  /// Calls `body` with every word of 40 hexadecimal digits.
  static func each(in bytes: [UInt8], _ body: (ObjectID) -> Void) {
    visit(bytes) { body($0) }
  }

  static func mapped(_ bytes: [UInt8], _ map: (ObjectID) -> ObjectID?) -> [UInt8] {
    var places: [(at: Int, id: ObjectID)] = []
    visit(bytes) { id, at in if let new = map(id) { places.append((at, new)) } }
    if places.isEmpty { return bytes }
    var result = bytes
    for (at, id) in places { result.replaceSubrange(at..<at + 40, with: id.description.utf8) }
    return result
  }

  static func withoutLines(endingIn words: String, _ bytes: [UInt8]) -> [UInt8] {
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    let ending = Array(words.utf8)
    guard lines.contains(where: { $0.suffix(ending.count).elementsEqual(ending) }) else {
      return bytes
    }
    return Array(
      lines.filter { !$0.suffix(ending.count).elementsEqual(ending) }.joined(separator: [10]))
  }

  private static func visit(_ bytes: [UInt8], _ body: (ObjectID) -> Void) {
    visit(bytes) { id, _ in body(id) }
  }

  private static func visit(_ bytes: [UInt8], _ body: (ObjectID, Int) -> Void) {
    var start = 0
    for at in 0...bytes.count {
      let isHex =
        at < bytes.count && ((48...57).contains(bytes[at]) || (97...102).contains(bytes[at]))
      if isHex { continue }
      if at - start == 40,
        let id = ObjectID(hex: String(decoding: bytes[start..<at], as: UTF8.self))
      {
        body(id, start)
      }
      start = at + 1
    }
  }
}
