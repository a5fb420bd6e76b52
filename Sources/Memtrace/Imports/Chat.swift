// A chat as messengers write it out: a date, a time, a name, a colon, and what was said, over several lines where it is long.

/// `[2026-11-20 10:00] Ana: text`, `20/11/2026, 10:00 - Ana: text`, `2026-11-20T10:00:00Z Ana: text`.
struct ChatReader {
  private let options: ImportOptions

  init(_ options: ImportOptions) { self.options = options }

  private struct Said {
    let line: Int
    let start: ChatLine
    var text: String
  }

  func rows(of bytes: [UInt8]) -> [SourceRow] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return [.bad("row", "is not UTF-8", SourcePiece(line: 1, bytes: bytes, page: []))]
    }
    var said: [Said] = []
    var lost: [SourceRow] = []
    for (place, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      if let start = ChatLine(line) {
        said.append(Said(line: place + 1, start: start, text: String(start.text)))
      } else if !said.isEmpty {
        said[said.count - 1].text += "\n" + line
      } else if !line.allSatisfy(\.isWhitespace) {
        lost.append(
          .bad(
            "time",
            "is missing; a line of a chat begins as '2026-11-20 10:00 Ana: …' or '[20/11/2026, 10:00] Ana: …'",
            SourcePiece(line: place + 1, bytes: Array(line.utf8), page: [])))
      }
    }
    guard let order = order(of: said) else {
      let first = said[0]
      return [
        .bad(
          "time", "may be day/month or month/day: write --map dates=:dmy, or dates=:mdy",
          SourcePiece(line: first.line, bytes: Array(first.text.utf8), page: []))
      ]
    }
    let team =
      options.mapped("agents", in: .null)?.string?.split(separator: ",").map(String.init) ?? []
    let session = options.mapped("session", in: .null)?.string ?? "chat:\(options.name)"
    var about: [JSON.Member]? = options.metadata(of: .null) + [.init("source", "chat")]
    return lost
      + said.map { said in
        let piece = SourcePiece(line: said.line, bytes: Array(said.text.utf8), page: [])
        let text = PlainText.tidy(said.text)
        guard let name = said.start.name, !text.isEmpty else { return .passed(piece) }
        let isTeam = team.contains(name)
        defer { about = nil }
        return .row(
          [
            .init(
              "agent_id", isTeam ? .string(name) : options.mapped("agent_id", in: .null) ?? "chat"),
            .init("content", .string(isTeam ? text : "\(name): \(text)")),
            .init("event_type", .string(isTeam ? "agent_reply" : "customer_message")),
            .init("time", .string(said.start.time(order))),
            .init("session", .string(session)),
            .init("session_metadata", about.map(JSON.object) ?? .null),
            .init("metadata", .object([.init("author", .string(name))])),
          ], piece)
      }
  }

  /// Which of a date's numbers is the day: as the option says, or as the dates themselves do. Nil where nothing tells.
  private func order(of said: [Said]) -> ChatLine.Order? {
    if let option = options.mapped("dates", in: .null)?.string {
      return option == "mdy" ? .monthFirst : .dayFirst
    }
    let dates = said.map(\.start.date).filter { $0[0] <= 31 }
    if dates.isEmpty || said.contains(where: { $0.start.hasDots }) { return .dayFirst }
    if dates.contains(where: { $0[0] > 12 }) { return .dayFirst }
    if dates.contains(where: { $0[1] > 12 }) { return .monthFirst }
    return nil
  }
}

/// The beginning of a message.
private struct ChatLine {
  enum Order { case dayFirst, monthFirst }

  private(set) var date: [Int] = []
  private(set) var hasDots = false
  private var clock: [Int] = []
  private var zone = ""
  /// Nil for what the messenger itself says.
  private(set) var name: String?
  private(set) var text: Substring = ""

  /// Nil for a line that goes on with the message before it.
  init?(_ line: Substring) {
    var rest = line.drop {
      $0.unicodeScalars.allSatisfy { ["\u{200E}", "\u{200F}", "\u{FEFF}"].contains($0) }
    }
    let isInBrackets = rest.first == "["
    if isInBrackets { rest = rest.dropFirst() }
    guard let date = Self.numbers(&rest, parted: "-/.", count: 3) else { return nil }
    hasDots = line.contains(".") && !line.prefix { $0 != ":" }.contains("/") && date[0] <= 31
    self.date = date
    rest = rest.drop { ", T\u{A0}\u{202F}".contains($0) }
    guard var clock = Self.numbers(&rest, parted: ":", count: 2...3) else { return nil }
    if rest.first == "." { rest = rest.dropFirst().drop(while: \.isNumber) }
    let half = rest.drop { " \u{A0}\u{202F}".contains($0) }.prefix(4).lowercased().filter {
      $0 != "."
    }
    if half.hasPrefix("am") || half.hasPrefix("pm") {
      rest = rest.drop { " \u{A0}\u{202F}".contains($0) }
      rest = rest.dropFirst(rest.prefix(4).contains(".") ? 4 : 2)
      clock[0] = clock[0] % 12 + (half.hasPrefix("pm") ? 12 : 0)
    }
    self.clock = clock
    if rest.first == "Z" {
      (zone, rest) = ("Z", rest.dropFirst())
    } else if let sign = rest.first, "+-".contains(sign),
      rest.dropFirst().prefix(5).count(where: \.isNumber) == 4
    {
      (zone, rest) = (String(rest.prefix(6)), rest.dropFirst(6))
    }
    if isInBrackets {
      guard rest.first == "]" else { return nil }
      rest = rest.dropFirst()
    }
    rest = rest.drop(while: \.isWhitespace)
    if rest.first == "-" || rest.first == "–" {
      rest = rest.dropFirst().drop(while: \.isWhitespace)
    }
    if let colon = rest.firstIndex(of: ":"), rest[..<colon].count <= 64, !rest[..<colon].isEmpty {
      name = String(rest[..<colon])
      text = rest[rest.index(after: colon)...].drop(while: \.isWhitespace)
    } else {
      text = rest
    }
  }

  /// As RFC 3339, without a zone where the line has none.
  func time(_ order: Order) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    var (year, month, day) = (date[0], date[1], date[2])
    if date[0] <= 31 {
      (day, month, year) =
        order == .dayFirst ? (date[0], date[1], date[2]) : (date[1], date[0], date[2])
    }
    if year < 100 { year += 2_000 }
    let seconds = clock.count > 2 ? clock[2] : 0
    return
      "\(year)-\(two(month))-\(two(day))T\(two(clock[0])):\(two(clock[1])):\(two(seconds))\(zone)"
  }

  private static func numbers(_ rest: inout Substring, parted: String, count: Int) -> [Int]? {
    numbers(&rest, parted: parted, count: count...count)
  }

  private static func numbers(_ rest: inout Substring, parted: String, count: ClosedRange<Int>)
    -> [Int]?
  {
    var found: [Int] = []
    var left = rest
    while found.count < count.upperBound {
      let digits = left.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits), digits.count <= 4 else { break }
      found.append(number)
      left = left[digits.endIndex...]
      rest = left
      guard found.count < count.upperBound, let sign = left.first, parted.contains(sign) else {
        break
      }
      left = left.dropFirst()
    }
    return count.contains(found.count) ? found : nil
  }
}
