// Folds what a reply repeats of the mail before it, which is a record of its own already.

enum QuotedReply {
  /// Each run of lines that begin with `>`, with the line that introduces it, becomes `[quoted: N lines]`; so does all that
  /// follows "Original Message". A message that is nothing but a quotation stays whole.
  static func folded(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var kept: [String] = []
    var place = 0
    while place < lines.count {
      if isOriginalMessage(lines[place]) {
        kept.append(fold(lines.count - place))
        break
      }
      guard lines[place].hasPrefix(">") else {
        kept.append(String(lines[place]))
        place += 1
        continue
      }
      let start = place
      while place < lines.count, lines[place].hasPrefix(">") || isGap(lines, place) { place += 1 }
      let count = lines[start..<place].count { !$0.allSatisfy { $0 == ">" || $0 == " " } }
      while kept.last?.isEmpty == true { kept.removeLast() }
      if let last = kept.last, isIntroduction(last) {
        kept.removeLast()
      } else if kept.count > 1, isIntroduction(kept.suffix(2).joined(separator: " ")) {
        kept.removeLast(2)
      }
      while kept.last?.isEmpty == true { kept.removeLast() }
      kept.append(fold(count))
    }
    let isAllQuoted = kept.allSatisfy { $0.isEmpty || $0.hasPrefix("[quoted: ") }
    return isAllQuoted ? text : kept.joined(separator: "\n")
  }

  private static func fold(_ count: Int) -> String {
    "[quoted: \(count) \(count == 1 ? "line" : "lines")]"
  }

  /// An empty line between two that are quoted.
  private static func isGap(_ lines: [Substring], _ place: Int) -> Bool {
    lines[place].isEmpty && place + 1 < lines.count && lines[place + 1].hasPrefix(">")
  }

  private static func isOriginalMessage(_ line: Substring) -> Bool {
    let words = [
      "Original Message", "Ursprüngliche Nachricht", "Mensaje original", "Message d'origine",
      "Mensagem original", "Forwarded message",
    ]
    return line.hasPrefix("-----") && words.contains { line.contains($0) }
  }

  /// "On 20 November Ana wrote:", as mail programs of five languages say it.
  private static func isIntroduction(_ line: String) -> Bool {
    let words = ["wrote", "schrieb", "escribió", "a écrit", "escreveu", "ha scritto"]
    return line.hasSuffix(":") && line.count < 300 && words.contains { line.contains($0) }
  }
}
