// Words onto lines.

/// Lines of at most `width` columns where words allow; a longer word stands alone, uncut. All lines but
/// the first begin with `indent` spaces, which count.
func wrapped(_ words: [String], width: Int, indent: Int = 0) -> [String] {
  var lines: [String] = []
  var line = ""
  var columns = 0
  for word in words {
    let more = word.displayWidth
    if !line.isEmpty, columns + 1 + more > width {
      lines.append(line)
      line = String(repeating: " ", count: indent) + word
      columns = indent + more
    } else {
      columns += more + (line.isEmpty ? 0 : 1)
      line += line.isEmpty ? word : " " + word
    }
  }
  return line.isEmpty ? lines : lines + [line]
}

func wrapped(_ text: String, width: Int) -> [String] {
  wrapped(text.split(separator: " ").map(String.init), width: width)
}

/// Lines of at most `width` columns, of any text: a word longer than a line goes on in the next one, and what is written without
/// spaces begins where the line before ends. No line begins with the full stop or comma of such writing.
func folded(_ text: String, width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  var columns = 0
  func end() {
    lines.append(line)
    (line, columns) = ("", 0)
  }
  for word in text.split(separator: " ") {
    let more = String(word).displayWidth
    let runsOn = more > width && word.contains { $0.displayWidth > 1 }
    if columns > 0, columns + 1 + (runsOn ? 2 : more) > width { end() }
    if columns > 0 {
      line += " "
      columns += 1
    }
    for character in word {
      let next = character.displayWidth
      if columns > 0, columns + next > width {
        let last = character.endsText && line.count > 1 ? line.removeLast() : nil
        end()
        if let last {
          line.append(last)
          columns = last.displayWidth
        }
      }
      line.append(character)
      columns += next
    }
  }
  return line.isEmpty ? lines : lines + [line]
}

extension Character {
  /// A mark of writing without spaces that stays with what it ends.
  fileprivate var endsText: Bool { "、。，．：；！？）」』】》〉〕”’・ー".contains(self) }
}
