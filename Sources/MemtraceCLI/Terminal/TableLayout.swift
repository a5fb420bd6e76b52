// Columns that fit the terminal.

import Memtrace

/// A table with its widths on a terminal: long text wraps within its column, or below its row where the others leave it next
/// to nothing; ids are short, and where a terminal is too narrow even for them, its lines wrap. Elsewhere values with tabs between them, whole, and no titles.
struct TableLayout {
  private let columns: [Display.Column]
  private let titles: [String]
  private let cells: [[String]]
  private let widths: [Int]
  /// The column of text that stands below its row.
  private let below: Int?
  private let screen: Screen

  /// Between two columns.
  private static let gap = 2
  /// What a column of text keeps, if it has so much, however narrow the terminal is.
  private static let leastText = 10
  /// What text must have beside other columns, if it has so much.
  private static let readable = 16
  private static let indent = "  "
  /// Lines that a text takes before it is cut.
  private static let mostLines = 4
  /// Of a prefix and the time of an id: `mem_01M70Z86`.
  private static let shortID = 8

  init(_ columns: [Display.Column], rows: [[Display.Cell]], on screen: Screen, now: Timestamp) {
    self.columns = columns
    self.screen = screen
    titles = columns.map { harmlessLine($0.title) }
    let longest = screen.isTerminal ? screen.width * 8 : nil
    let ids = screen.isTerminal ? Self.shortened(rows) : [:]
    cells = rows.map { row in
      row.prefix(columns.count).map { cell in
        if case .record(let id) = cell, let short = ids[id] { return short }
        return cell.text(on: screen, now: now, scalars: longest)
      }
    }
    var natural = titles.map(\.displayWidth)
    for row in cells {
      for (index, cell) in row.enumerated() {
        natural[index] = max(natural[index], cell.displayWidth)
      }
    }
    let cuttable = columns.indices.map { index in
      rows.allSatisfy { $0.count <= index || $0[index].isCuttable || $0[index] == .none }
    }
    func fitted() -> [Int] {
      Self.fitted(natural, to: screen.width, columns: columns, cuttable: cuttable)
    }
    let beside = fitted()
    below = columns.indices.first {
      columns[$0].isFlexible && cuttable[$0] && beside[$0] < min(Self.readable, natural[$0])
    }
    if let below { natural[below] = 0 }
    widths = below == nil ? beside : fitted()
  }

  var text: String {
    guard screen.isTerminal else {
      return cells.map { $0.joined(separator: "\t") + "\n" }.joined()
    }
    var text = titles.allSatisfy(\.isEmpty) ? "" : line(taken(titles).row, style: .heading)
    for row in cells {
      let (row, rest) = taken(row)
      let parts = row.enumerated().map { lines(of: $1, column: $0) }
      for number in 0..<(parts.map(\.count).max() ?? 0) {
        text += line(parts.map { number < $0.count ? $0[number] : "" }, style: nil)
      }
      if rest.isEmpty { continue }
      for part in lines(of: rest, width: screen.width - Self.indent.count) {
        text += Self.indent + part + "\n"
      }
    }
    return text
  }

  /// A row without what stands below it.
  private func taken(_ row: [String]) -> (row: [String], rest: String) {
    guard let below, below < row.count else { return (row, "") }
    var row = row
    var rest = ""
    swap(&rest, &row[below])
    return (row, rest)
  }

  /// Text in a flexible column stands on several lines.
  private func lines(of cell: String, column: Int) -> [String] {
    let width = widths[column]
    guard columns[column].isFlexible, cell.displayWidth > width, width > Self.leastText else {
      return [cell]
    }
    return lines(of: cell, width: width)
  }

  private func lines(of cell: String, width: Int) -> [String] {
    let lines = wrapped(cell, width: width)
    guard lines.count > Self.mostLines else { return lines }
    let rest = lines[(Self.mostLines - 1)...].joined(separator: " ")
    return lines.prefix(Self.mostLines - 1) + [rest.cut(to: width)]
  }

  /// The beginnings of ids that tell them apart from all others of the table.
  private static func shortened(_ rows: [[Display.Cell]]) -> [String: String] {
    var ids: Set<String> = []
    for case .record(let id) in rows.joined() { ids.insert(id) }
    let sorted = ids.sorted()
    func common(_ a: String, _ b: String) -> Int {
      zip(a.utf8, b.utf8).prefix { $0 == $1 }.count
    }
    var short: [String: String] = [:]
    for (at, id) in sorted.enumerated() {
      guard let mark = id.firstIndex(of: "_") else { continue }
      let least = id.distance(from: id.startIndex, to: mark) + 1 + shortID
      let before = at > 0 ? common(sorted[at - 1], id) : 0
      let after = at + 1 < sorted.count ? common(id, sorted[at + 1]) : 0
      short[id] = String(id.prefix(max(least, before + 1, after + 1)))
    }
    return short
  }

  /// Takes what is too much from the flexible columns first, then from the widest other ones.
  private static func fitted(
    _ natural: [Int], to width: Int, columns: [Display.Column], cuttable: [Bool]
  ) -> [Int] {
    var widths = natural
    var excess = natural.reduce(0, +) + gap * max(0, natural.count - 1) - width
    let flexible = columns.indices.filter { columns[$0].isFlexible && cuttable[$0] }
    let others = columns.indices.filter { !columns[$0].isFlexible && cuttable[$0] }
    for group in [flexible, others] {
      while excess > 0, let widest = group.max(by: { widths[$0] < widths[$1] }),
        widths[widest] > leastText
      {
        widths[widest] -= 1
        excess -= 1
      }
    }
    return widths
  }

  private func line(_ row: [String], style: Style?) -> String {
    var line = ""
    for (index, cell) in row.enumerated() {
      let isLast = index == row.count - 1
      let shown = cell.cut(to: widths[index])
      let padded = shown.padded(to: widths[index], right: columns[index].alignsRight)
      let filled = isLast && !columns[index].alignsRight ? shown : padded
      line += style.map { screen.styled(filled, $0) } ?? filled
      if !isLast { line += String(repeating: " ", count: Self.gap) }
    }
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }
}
