// The time of an imported row, in the spellings of the programs that rows come from.

enum RowTime {
  struct Problem: Error {
    let text: String
  }

  /// RFC 3339; the same without a zone, or a date, where `zone` says which; seconds, milliseconds, micro- or nanoseconds
  /// since 1970, told apart by their size.
  static func read(_ value: JSON, zone: String?) -> Result<Timestamp, Problem> {
    if case .number(let text) = value { return epoch(text) }
    guard let text = value.string else {
      return .failure(Problem(text: "must be text or a number"))
    }
    if let time = Timestamp(rfc3339: text) { return .success(time) }
    if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }) {
      return epoch(text)
    }
    if let time = [text, full(text)].lazy.compactMap({ Timestamp(rfc3339: $0) }).first {
      return .success(time)
    }
    guard Timestamp(rfc3339: full(text) + "Z") != nil else {
      return .failure(
        Problem(
          text: "'\(text.prefix(64))' must be RFC 3339 (2026-11-22T14:00:00Z) or seconds since 1970"
        ))
    }
    guard let zone else {
      return .failure(
        Problem(text: "'\(text)' names no time zone: import with --timezone Z, or +01:00"))
    }
    return Timestamp(rfc3339: full(text) + zone).map { .success($0) }
      ?? .failure(Problem(text: "'\(text)' is no time"))
  }

  /// `Z`, or `+01:00`; nil for what is no zone.
  static func zone(_ text: String) -> String? {
    let zone = ["UTC", "GMT"].contains(text.uppercased()) ? "Z" : text
    return Timestamp(rfc3339: "2026-01-01T00:00:00" + zone) == nil ? nil : zone
  }

  private static func epoch(_ text: String) -> Result<Timestamp, Problem> {
    guard let value = Double(text), value.isFinite, abs(value) < 1e19 else {
      return .failure(Problem(text: "'\(text.prefix(64))' is no time"))
    }
    // 1e11 seconds are the year 5138, 1e11 milliseconds 1973; and so on by thousands.
    let milliseconds =
      switch abs(value) {
      case ..<1e11: value * 1_000
      case ..<1e14: value
      case ..<1e17: value / 1_000
      default: value / 1_000_000
      }
    return .success(Timestamp(milliseconds: Int64(milliseconds.rounded(.down))))
  }

  /// A date and a time to the second, and an offset with its colon, where only those are missing.
  private static func full(_ text: String) -> String {
    var text = text.hasSuffix(" UTC") ? text.dropLast(4) + "Z" : text[...]
    if text.utf8.count == 10 { return text + "T00:00:00" }
    var offset = Substring()
    if text.utf8.count >= 5, text.utf8.dropLast(4).last.map("+-".utf8.contains) == true,
      text.utf8.suffix(4).allSatisfy({ (48...57).contains($0) }), text.utf8.count > 15
    {
      offset = text.suffix(5)
      text = text.dropLast(5)
    }
    if text.utf8.count == 16 { text += ":00" }
    return text + offset.prefix(3) + (offset.isEmpty ? "" : ":") + offset.suffix(2)
  }
}
