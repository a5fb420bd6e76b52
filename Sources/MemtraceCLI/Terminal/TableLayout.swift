// Columns that fit the terminal.

import Memtrace

/// A table with its widths on a terminal. Long text wraps within its column; where it would be cut there, or have next to no
/// room, it stands below its row. An id that is much longer than others overhangs: what follows it in its row stands on the
/// next line. Elsewhere values with tabs between them, whole, and no titles.
struct TableLayout {
  private let columns: [Display.Column]
  private let titles: [String]
  private let cells: [[String]]
  /// Of columns with nothing that must stay whole.
  private let cuttable: [Bool]
  private let widths: [Int]
  /// The column of text that stands below its row.
  private let below: Int?
  private let screen: Screen

  /// Between two columns.
  private static let gap = 2
  /// What a column keeps, if it has so much, however narrow the terminal is.
  private static let least = 10
  /// What text must have beside other columns, if it has so much.
  private static let readable = 24
  /// What other columns give up before text does; an id beyond it overhangs.
  private static let most = 32
  private static let indent = 2
  /// Lines that a text takes before it is cut.
  private static let mostLines = 4

  init(_ columns: [Display.Column], rows: [[Display.Cell]], on screen: Screen, now: Timestamp) {
    let kept = columns.indices.filter { column in
      guard screen.isTerminal, columns[column].isDroppable else { return true }
      return Set(rows.compactMap { $0.count > column ? $0[column] : nil })
        .subtracting([.text("")]).count > 1
    }
    let rows = rows.map { row in kept.filter { $0 < row.count }.map { row[$0] } }
    self.columns = kept.map { columns[$0] }
    self.screen = screen
    titles = self.columns.map { harmlessLine($0.title) }
    let longest = screen.isTerminal ? screen.width * 8 : nil
    cells = rows.map { row in row.map { $0.text(on: screen, now: now, scalars: longest) } }
    cuttable = self.columns.indices.map { index in
      rows.allSatisfy { $0.count <= index || $0[index].isCuttable || $0[index] == .none }
    }
    guard screen.isTerminal else {
      (below, widths) = (nil, [])
      return
    }
    var fit = TableFit(self.columns, titles: titles, cells: cells, cuttable: cuttable)
    let beside = fit.widths(for: screen.width)
    below = self.columns.indices.first { [columns = self.columns, cuttable, cells] column in
      columns[column].isFlexible && cuttable[column] && columns.count > 1
        && Self.goesBelow(
          cells.compactMap { $0.count > column ? $0[column] : nil }, beside[column], screen.width)
    }
    if let below { fit.remove(below) }
    widths = below == nil ? beside : fit.widths(for: screen.width)
  }

  /// Whether texts are read better in the lines below than in a column of this width.
  private static func goesBelow(_ texts: [String], _ column: Int, _ screen: Int) -> Bool {
    let below = screen - indent
    return texts.contains { (text: String) -> Bool in
      guard text.displayWidth > column else { return false }
      if column < readable { return true }
      let isBroken = text.split(separator: " ").contains { word in
        let width = String(word).displayWidth
        return width > column && width <= below && !word.contains { $0.displayWidth > 1 }
      }
      if isBroken { return true }
      guard folded(text, width: column).count > mostLines else { return false }
      return 2 * column < below || folded(text, width: below).count <= mostLines
    }
  }

  var text: String {
    guard screen.isTerminal else {
      return cells.map { $0.joined(separator: "\t") + "\n" }.joined()
    }
    var text = titles.allSatisfy(\.isEmpty) ? "" : line(titles, style: .heading)
    // Of the row that another one goes on from.
    var indent = Self.indent
    for row in cells {
      guard let below, below < row.count else {
        text += lines(of: row)
        continue
      }
      var beside = row
      beside[below] = ""
      guard let first = row.first, !first.isEmpty else {
        text += paragraph(row[below], indent, after: beside.filter { !$0.isEmpty })
        continue
      }
      indent = first.prefix { $0 == " " }.count + Self.indent
      text += lines(of: beside) + paragraph(row[below], indent)
    }
    return text
  }

  /// - Parameter words: what its first line begins with, if they leave it room.
  private func paragraph(_ text: String, _ indent: Int, after words: [String] = []) -> String {
    let label = words.map { $0 + "  " }.joined()
    let hanging = indent + label.displayWidth
    func block(_ text: String, _ indent: Int) -> [String] {
      guard !text.isEmpty else { return [] }
      return lines(of: text, width: max(Self.least, screen.width - indent))
        .map { String(repeating: " ", count: indent) + $0 }
    }
    if 2 * hanging > screen.width || text.isEmpty {
      return (block(words.joined(separator: "  "), indent) + block(text, indent + Self.indent)).map
      { $0 + "\n" }.joined()
    }
    var shown = block(text, hanging)
    shown[0] = String(repeating: " ", count: indent) + label + shown[0].dropFirst(hanging)
    return shown.map { $0 + "\n" }.joined()
  }

  /// A row on its lines: text of a flexible column on several; what follows an overhanging id on further ones.
  private func lines(of row: [String]) -> String {
    let overhanging = row.indices.first { index in
      !cuttable[index] && row[index].displayWidth > widths[index]
        && row[(index + 1)...].contains { !$0.isEmpty }
    }
    if let overhanging {
      let behind = row.enumerated().map { $0 > overhanging ? $1 : "" }
      return line(row.enumerated().map { $0 > overhanging ? "" : $1 }) + lines(of: behind)
    }
    let parts = row.enumerated().map { index, cell in
      columns[index].isFlexible && widths[index] > Self.least
        ? lines(of: cell, width: widths[index]) : [cell]
    }
    return (0..<(parts.map(\.count).max() ?? 0))
      .map { number in line(parts.map { number < $0.count ? $0[number] : "" }) }.joined()
  }

  private func lines(of cell: String, width: Int) -> [String] {
    if cell.displayWidth <= width { return [cell] }
    let lines = folded(cell, width: width)
    guard lines.count > Self.mostLines else { return lines }
    return lines.prefix(Self.mostLines - 1) + [(lines[Self.mostLines - 1] + "…").cut(to: width)]
  }

  private func line(_ row: [String], style: Style? = nil) -> String {
    var line = ""
    let shown = row.indices.filter { $0 != below }
    for index in shown {
      let isLast = index == shown.last
      let cell = cuttable[index] ? row[index].cut(to: widths[index]) : row[index]
      let padded = cell.padded(to: widths[index], right: columns[index].alignsRight)
      let filled = isLast && !columns[index].alignsRight ? cell : padded
      line += style.map { screen.styled(filled, $0) } ?? filled
      if !isLast { line += String(repeating: " ", count: Self.gap) }
    }
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }

  /// Widths by what stands in the columns and by what room there is.
  private struct TableFit {
    private var natural: [Int]
    /// The same without a minority of ids that are much longer.
    private var usual: [Int]
    private var isThere: [Bool]
    private let columns: [Display.Column]
    private let cuttable: [Bool]

    init(_ columns: [Display.Column], titles: [String], cells: [[String]], cuttable: [Bool]) {
      self.columns = columns
      self.cuttable = cuttable
      isThere = columns.map { _ in true }
      (natural, usual) = ([], [])
      for (column, title) in titles.enumerated() {
        let widths = cells.compactMap { $0.count > column ? $0[column].displayWidth : nil }
        let most = ([title.displayWidth] + widths).max() ?? 0
        let short = widths.filter { $0 <= TableLayout.most }
        let isRare = !cuttable[column] && 2 * short.count > widths.count
        natural.append(most)
        usual.append(isRare ? ([title.displayWidth] + short).max() ?? 0 : most)
      }
    }

    mutating func remove(_ column: Int) { isThere[column] = false }

    /// Takes what is too much from what is longer than usual, then from other columns as far as they are wide, from the
    /// flexible ones, and from the others again.
    func widths(for screen: Int) -> [Int] {
      let shown = columns.indices.filter { isThere[$0] }
      func excess(_ widths: [Int]) -> Int {
        shown.reduce(gap * max(0, shown.count - 1) - screen) { $0 + widths[$1] }
      }
      var widths = excess(natural) > 0 ? usual : natural
      var left = excess(widths)
      let flexible = shown.filter { columns[$0].isFlexible && cuttable[$0] }
      let others = shown.filter { !columns[$0].isFlexible && cuttable[$0] }
      for (group, least) in [(others, most), (flexible, least), (others, least)] {
        while left > 0, let widest = group.max(by: { widths[$0] < widths[$1] }),
          widths[widest] > least
        {
          widths[widest] -= 1
          left -= 1
        }
      }
      return widths
    }
  }
}
