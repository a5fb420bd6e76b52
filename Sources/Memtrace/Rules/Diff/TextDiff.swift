// Two texts, line by line: for what the next agent reads before and after a change.

/// Lines that only one of two texts has, in the order in which they stand, with what is around them.
enum TextDiff {
  /// Lines of the same on either side.
  private static let around = 2

  /// `- ` before what is gone, `+ ` before what is new; empty where both are the same.
  static func text(_ old: String, _ new: String) -> String {
    let (before, after) = (lines(old), lines(new))
    let difference = after.difference(from: before) { $0.utf8.elementsEqual($1.utf8) }
    if difference.isEmpty { return "" }
    var (removed, added): (Set<Int>, Set<Int>) = ([], [])
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var rows: [(mark: String, text: Substring)] = []
    var (i, j) = (0, 0)
    while i < before.count || j < after.count {
      if i < before.count, removed.contains(i) {
        rows.append(("- ", before[i]))
        i += 1
      } else if j < after.count, added.contains(j) {
        rows.append(("+ ", after[j]))
        j += 1
      } else {
        rows.append(("  ", after[j]))
        i += 1
        j += 1
      }
    }
    let changed = rows.indices.filter { rows[$0].mark != "  " }
    var shown: Set<Int> = []
    for place in changed {
      shown.formUnion(max(0, place - around)...min(rows.count - 1, place + around))
    }
    var text = ""
    var last: Int?
    for place in shown.sorted() {
      if let last, place > last + 1 { text += "…\n" }
      text += rows[place].mark + rows[place].text + "\n"
      last = place
    }
    return text
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }
}
