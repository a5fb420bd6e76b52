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
