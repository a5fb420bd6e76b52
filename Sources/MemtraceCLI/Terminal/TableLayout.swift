// Columns that fit the terminal.

import Memtrace

/// A table with its widths. Ids, numbers and times are never cut: where a terminal is too narrow even
/// for them, its lines wrap.
struct TableLayout {
  private let columns: [Display.Column]
  private let titles: [String]
  private let cells: [[String]]
  private let widths: [Int]
  private let screen: Screen

  /// Between two columns.
  private static let gap = 2
  /// What a column of text keeps, if it has so much, however narrow the terminal is.
  private static let leastText = 10
  /// In a file, longer cells push the rest of their line instead of padding all others.
  private static let mostPadding = 60

  init(_ columns: [Display.Column], rows: [[Display.Cell]], on screen: Screen, now: Timestamp) {
    self.columns = columns
    self.screen = screen
    titles = columns.map { harmlessLine($0.title) }
    let longest = screen.isTerminal ? screen.width * 8 : nil
    cells = rows.map {
      $0.prefix(columns.count).map { $0.text(on: screen, now: now, scalars: longest) }
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
    widths =
      screen.isTerminal
      ? Self.fitted(natural, to: screen.width, columns: columns, cuttable: cuttable)
      : natural.map { min($0, Self.mostPadding) }
  }

  var text: String {
    var text = line(titles, style: .heading)
    for row in cells { text += line(row, style: nil) }
    return text
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
      let shown = screen.isTerminal ? cell.cut(to: widths[index]) : cell
      let padded = shown.padded(to: widths[index], right: columns[index].alignsRight)
      let filled = isLast && !columns[index].alignsRight ? shown : padded
      line += style.map { screen.styled(filled, $0) } ?? filled
      if !isLast { line += String(repeating: " ", count: Self.gap) }
    }
    return line + "\n"
  }
}
