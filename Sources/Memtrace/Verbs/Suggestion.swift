// "Did you mean …?" for a mistyped verb, flag, field or parameter.

/// The nearest candidates, those that a person may have meant; at most three.
package func suggestions(for typed: String, among candidates: [String]) -> [String] {
  let limit = min(2, max(1, typed.count / 2))
  let bare = lettersAndDigits(of: typed)
  var found: [(name: String, distance: Int)] = []
  for name in candidates where !found.contains(where: { $0.name == name }) {
    // `sessionId`, `session-id` and `tags[]` are `session_id` and `tags` in other notations.
    if !bare.isEmpty, bare == lettersAndDigits(of: name) {
      found.append((name, 0))
      continue
    }
    let isClose = abs(typed.count - name.count) <= limit
    let distance = isClose ? editDistance(typed, name) : limit + 1
    if distance <= limit {
      found.append((name, distance))
    } else if typed.count >= 3, name.hasPrefix(typed) {
      found.append((name, limit + 1))
    }
  }
  let nearest = found.map(\.distance).min()
  return found.filter { $0.distance == nearest }.prefix(3).map(\.name)
}

private func lettersAndDigits(of name: String) -> [UInt8] {
  name.utf8.compactMap { byte in
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
    default: nil
    }
  }
}

/// "did you mean 'a' or 'b'?"; nil without a candidate.
package func didYouMean(_ typed: String, among candidates: [String]) -> String? {
  didYouMean(suggestions(for: typed, among: candidates))
}

/// The same of names that are near.
func didYouMean(_ near: [String]) -> String? {
  let names = near.prefix(3).map { "'\($0)'" }
  guard let last = names.last else { return nil }
  let others = names.dropLast().joined(separator: ", ")
  return "did you mean \(others.isEmpty ? last : "\(others) or \(last)")?"
}

/// Insertions, deletions, substitutions and swaps of neighbours that lead from one text to the other,
/// no part edited twice (Damerau–Levenshtein, optimal string alignment).
package func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var beforePrevious: [Int] = []
  var previous = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var best = min(row[j] + 1, previous[j + 1] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, beforePrevious[j - 1] + 1)
      }
      row.append(best)
    }
    (beforePrevious, previous) = (previous, row)
  }
  return previous[b.count]
}
