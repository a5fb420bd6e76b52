// Stage three: the text of an argument as the JSON value of its field.

import Memtrace

/// A number where the text is one in JSON's grammar; a verb names the fault of anything else (`NaN`).
func jsonValue(of text: String, for kind: Field.Kind) -> JSON {
  switch kind {
  case .integer, .number: isJSONNumber(text) ? .number(text) : .string(text)
  case .flag: .bool(true)
  case .list: .array([.string(text)])
  case .text, .body, .id, .interval, .choice, .moment, .object, .path: .string(text)
  }
}

/// One `K=V`: the first `=` splits, and the value stays text.
func member(of text: String, flag: String) throws(UsageError) -> JSON.Member {
  let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
  guard parts.count == 2, !parts[0].isEmpty else {
    throw UsageError(
      "\(flag) needs KEY=VALUE, not '\(text.cut(to: 60))'",
      hint: "for example \(flag.hasPrefix("-") ? flag + " " : "")customer_id=12345")
  }
  return JSON.Member(String(parts[0]), .string(String(parts[1])))
}

/// RFC 8259: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
func isJSONNumber(_ text: String) -> Bool {
  var rest = Substring(text).utf8
  func skip(_ accepted: String) -> Bool {
    guard let byte = rest.first, accepted.utf8.contains(byte) else { return false }
    rest.removeFirst()
    return true
  }
  func digits() -> Bool {
    guard skip("0123456789") else { return false }
    while skip("0123456789") {}
    return true
  }
  _ = skip("-")
  guard skip("0") || digits() else { return false }
  if skip("."), !digits() { return false }
  if skip("eE") {
    _ = skip("+-")
    guard digits() else { return false }
  }
  return rest.isEmpty
}
