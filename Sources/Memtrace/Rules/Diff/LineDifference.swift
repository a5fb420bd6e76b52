// What a line said before somebody edited it, in words.

enum LineDifference {
  /// `it said: …; its importance was 0.9; it had no tags`
  static func text(from before: [JSON.Member], to after: [JSON.Member]) -> String {
    func value(_ key: String, of fields: [JSON.Member]) -> JSON? {
      fields.first { $0.key == key }?.value
    }
    var (said, parts): ([String], [String]) = ([], [])
    for field in before where value(field.key, of: after) != field.value {
      let text = field.value.scalarText ?? String(decoding: field.value.bytes, as: UTF8.self)
      if field.key == "content" {
        said = ["it said: \(text)"]
      } else {
        parts.append("its \(field.key) was \(text)")
      }
    }
    for field in after where value(field.key, of: before) == nil {
      parts.append("it had no \(field.key)")
    }
    return (said + parts).joined(separator: "; ")
  }

  /// Of a line; none where it is no object.
  static func fields(_ line: [UInt8]) -> [JSON.Member] {
    (try? JSON(parsing: line))?.members ?? []
  }
}
