// An answer as text for the screen that it goes to.

import Memtrace

/// The whole text with its last line feed. Times are relative to `now` on a terminal, and RFC 3339
/// elsewhere.
func render(_ display: Display, on screen: Screen, now: Timestamp) -> String {
  switch display {
  case .text(let text):
    let shown = harmless(text)
    return shown.isEmpty || shown.hasSuffix("\n") ? shown : shown + "\n"
  case .raw(let bytes):
    return String(decoding: bytes, as: UTF8.self)
  case .line(let text):
    return harmlessLine(text) + "\n"
  case .note(let text):
    return screen.isTerminal ? harmlessLine(text) + "\n" : ""
  case .heading(let cells):
    return cells.map { $0.text(on: screen, now: now) }.joined(separator: " · ") + "\n"
  case .table(_, let rows, let empty) where rows.isEmpty:
    // A program that reads a table finds no row that is none.
    return empty.isEmpty || !screen.isTerminal ? "" : harmlessLine(empty) + "\n"
  case .table(let columns, let rows, _):
    return TableLayout(columns, rows: rows, on: screen, now: now).text
  case .properties(let properties):
    return render(properties, on: screen, now: now)
  case .list(let parts):
    return render(parts, on: screen, now: now)
  }
}

/// Lines stay together with what they introduce; a blank line follows everything else.
private func render(_ parts: [Display], on screen: Screen, now: Timestamp) -> String {
  var text = ""
  var isAfterLine = true
  for part in parts {
    let piece = render(part, on: screen, now: now)
    guard !piece.isEmpty else { continue }
    text += isAfterLine ? piece : "\n" + piece
    switch part {
    case .line, .note, .heading: isAfterLine = true
    default: isAfterLine = false
    }
  }
  return text
}

/// Labels in one column; on a terminal long values wrap within theirs.
private func render(_ properties: [Display.Property], on screen: Screen, now: Timestamp) -> String {
  let labels = properties.map { harmlessLine($0.label) }
  let indent = (labels.map(\.displayWidth).max() ?? 0) + 2
  var text = ""
  for (label, property) in zip(labels, properties) {
    let value = property.value.text(on: screen, now: now)
    var lines = [value]
    if screen.isTerminal, property.value.isCuttable, value.displayWidth > screen.width - indent {
      lines = folded(value, width: max(20, screen.width - indent))
    }
    text += screen.styled(label.padded(to: indent - 2), .heading) + "  "
    text += lines.joined(separator: "\n" + String(repeating: " ", count: indent)) + "\n"
  }
  return text
}

extension Display.Cell {
  /// One line, harmless, at its full length, or cut to so many scalars where no more can be shown.
  func text(on screen: Screen, now: Timestamp, scalars limit: Int? = nil) -> String {
    switch self {
    case .id(let text), .record(let text): harmlessLine(text)
    case .text(let text):
      if let limit,
        let end = text.unicodeScalars.index(
          text.startIndex, offsetBy: limit, limitedBy: text.endIndex), end < text.endIndex
      {
        harmlessLine(String(text[..<end])) + "…"
      } else {
        harmlessLine(text)
      }
    case .number(let number): String(number)
    case .time(let moment):
      screen.isTerminal ? peoplesTime(moment, now: now, zone: screen.zone) : moment.description
    case .age(let moment):
      screen.isTerminal
        ? peoplesAge(moment, now: now)
        : String(max(0, now.milliseconds - moment.milliseconds) / 1_000)
    case .none: "-"
    }
  }

  /// Only free text may lose its end or break over lines.
  var isCuttable: Bool {
    if case .text = self { true } else { false }
  }
}
