// The text of an HTML body, as a person reads it in a mail program.

enum PlainText {
  /// Blocks and `<br>` end lines, quotations begin theirs with `> `, images and links say where they lead.
  static func of(html: String) -> String {
    var reader = HTMLReader()
    reader.read(Array(html.utf8))
    return tidy(reader.text)
  }

  /// Lines without white space at their ends, at most one empty line in a row.
  static func tidy(_ text: String) -> String {
    var lines: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = line.last == "\r" ? line.dropLast() : line
      while line.last == " " || line.last == "\t" { line.removeLast() }
      if line.isEmpty, lines.last?.isEmpty ?? true { continue }
      lines.append(line)
    }
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}

private struct HTMLReader {
  private(set) var text = ""
  private var (isLineStart, wantsSpace, quotes, raw) = (true, false, 0, 0)
  /// Tags whose end ends a quotation: how many `div`s are open within it.
  private var quoteDivs: [Int] = []
  private var link: (target: String, start: String.Index)?

  private static let blocks: Set<String> = [
    "p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr",
    "blockquote",
    "section", "article", "header", "footer", "dt", "dd", "body",
  ]

  mutating func read(_ bytes: [UInt8]) {
    var place = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "<"), let end = Self.endOfTag(bytes, place) {
        let tag = String(decoding: bytes[place + 1..<end], as: UTF8.self)
        place = end + 1
        let name = Self.name(tag)
        if ["script", "style", "head", "title"].contains(name), !tag.hasPrefix("/") {
          place = Self.end(of: name, bytes, place)
        } else if !tag.hasPrefix("!") {
          take(tag, name)
        }
      } else {
        let next = bytes[(place + 1)...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        add(Entities.decoded(String(decoding: bytes[place..<next], as: UTF8.self)))
        place = next
      }
    }
  }

  private mutating func take(_ tag: String, _ name: String) {
    let isEnd = tag.hasPrefix("/")
    switch name {
    case "br": newLine(always: true)
    case "img": if let alt = Self.attribute("alt", tag), !alt.isEmpty { add("[image: \(alt)]") }
    case "td", "th": if !isEnd, !isLineStart { wantsSpace = true }
    case "a":
      if !isEnd {
        link = Self.attribute("href", tag).map { ($0, text.endIndex) }
      } else if let (target, start) = link {
        link = nil
        let shown = text[min(start, text.endIndex)...]
        if target.hasPrefix("http"), !shown.contains(target) { add(" (\(target))") }
      }
    default: break
    }
    let isQuote =
      name == "blockquote"
      || name == "div" && (Self.attribute("class", tag)?.contains("gmail_quote") == true)
    if Self.blocks.contains(name) { newLine(always: false) }
    if name == "p", isEnd { newLine(always: true) }
    if name == "li", !isEnd { add("- ") }
    if name == "pre" { raw += isEnd ? -1 : 1 }
    if isQuote, !isEnd {
      quotes += 1
      quoteDivs.append(name == "div" ? 1 : 0)
    } else if name == "blockquote", isEnd, quoteDivs.last == 0 {
      quotes -= 1
      quoteDivs.removeLast()
    } else if name == "div", let open = quoteDivs.last, open > 0 {
      quoteDivs[quoteDivs.count - 1] += isEnd ? -1 : 1
      if quoteDivs.last == 0 {
        quotes -= 1
        quoteDivs.removeLast()
      }
    }
  }

  private mutating func add(_ run: String) {
    for character in run {
      if character.isWhitespace, raw <= 0 || !character.isNewline {
        wantsSpace = wantsSpace || !isLineStart
        if raw > 0 { text.append(character) }
        continue
      }
      if character.isNewline {
        newLine(always: true)
        continue
      }
      if isLineStart { text += String(repeating: "> ", count: max(0, quotes)) }
      if wantsSpace, !isLineStart, raw <= 0 { text.append(" ") }
      (isLineStart, wantsSpace) = (false, false)
      text.append(character)
    }
  }

  private mutating func newLine(always: Bool) {
    wantsSpace = false
    if isLineStart, !always { return }
    if isLineStart, quotes > 0 { text += ">" }
    text.append("\n")
    isLineStart = true
  }

  /// The `>` of a tag, quotation marks of attributes heeded; nil for a `<` that begins none.
  private static func endOfTag(_ bytes: [UInt8], _ start: Int) -> Int? {
    guard start + 1 < bytes.count else { return nil }
    let first = bytes[start + 1]
    guard
      first == UInt8(ascii: "/") || first == UInt8(ascii: "!")
        || (first | 0x20) >= UInt8(ascii: "a") && (first | 0x20) <= UInt8(ascii: "z")
    else { return nil }
    if bytes[(start + 1)...].starts(with: "!--".utf8) {
      var place = start + 4
      while place + 2 < bytes.count,
        !(bytes[place] == 0x2D && bytes[place + 1] == 0x2D && bytes[place + 2] == 0x3E)
      { place += 1 }
      return min(place + 2, bytes.count - 1)
    }
    var quote: UInt8?
    // No tag is so long; looking further for each of many that never end would take for ever.
    for place in (start + 1)..<min(bytes.count, start + 8_192) {
      let byte = bytes[place]
      if quote == byte {
        quote = nil
      } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if quote == nil, byte == UInt8(ascii: ">") {
        return place
      }
    }
    return nil
  }

  /// Behind the end tag of an element whose text is not read.
  private static func end(of name: String, _ bytes: [UInt8], _ start: Int) -> Int {
    var place = start
    while let next = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
      if let end = endOfTag(bytes, next) {
        let tag = String(decoding: bytes[next + 1..<end], as: UTF8.self)
        if tag.hasPrefix("/"), self.name(tag) == name { return end + 1 }
      }
      place = next + 1
    }
    return bytes.count
  }

  private static func name(_ tag: String) -> String {
    tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }.lowercased()
  }

  private static func attribute(_ name: String, _ tag: String) -> String? {
    var rest = tag[...]
    while let equals = rest.firstIndex(of: "=") {
      let key = rest[..<equals].split(whereSeparator: \.isWhitespace).last.map { $0.lowercased() }
      rest = rest[rest.index(after: equals)...].drop(while: \.isWhitespace)
      let value: Substring
      if let quote = rest.first, quote == "\"" || quote == "'" {
        rest = rest.dropFirst()
        value = rest.prefix { $0 != quote }
        rest = rest[value.endIndex...].dropFirst()
      } else {
        value = rest.prefix { !$0.isWhitespace }
        rest = rest[value.endIndex...]
      }
      if key == name { return Entities.decoded(String(value)) }
    }
    return nil
  }
}
