// RFC 3339 text of a moment, both ways.

extension Timestamp: CustomStringConvertible {
  /// `2026-11-22T14:03:11.123Z`: always UTC, always three digits of a second.
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  public func append(to bytes: inout [UInt8]) {
    let form: StaticString = "0000-00-00T00:00:00.000Z"
    var text = InlineArray<24, UInt8> { form.utf8Start[$0] }
    func digits(_ value: Int, _ start: Int, _ count: Int) {
      var value = value
      for i in stride(from: start + count - 1, through: start, by: -1) {
        text[i] &+= UInt8(truncatingIfNeeded: value % 10)
        value /= 10
      }
    }
    let at = civil
    digits(at.year, 0, 4)
    digits(at.month, 5, 2)
    digits(at.day, 8, 2)
    digits(at.hour, 11, 2)
    digits(at.minute, 14, 2)
    digits(at.second, 17, 2)
    digits(at.ms, 20, 3)
    withUnsafeBytes(of: &text) { bytes.append(contentsOf: $0) }
  }

  /// RFC 3339 with any offset and any number of digits after the second (cut to milliseconds); a leap
  /// second counts as the one before. Nil for anything else.
  public init?(rfc3339 text: some StringProtocol) {
    self.init(rfc3339: Array(text.utf8))
  }

  /// Years 0000…9999; a space or a small `t` between date and time is accepted, as RFC 3339 allows.
  public init?(rfc3339 bytes: some RandomAccessCollection<UInt8>) {
    var rest = bytes[...]
    func number(_ count: Int) -> Int? {
      guard rest.count >= count else { return nil }
      var value = 0
      for byte in rest.prefix(count) {
        guard byte >= 48, byte <= 57 else { return nil }
        value = value * 10 + Int(byte - 48)
      }
      rest = rest.dropFirst(count)
      return value
    }
    func skip(_ accepted: String) -> UInt8? {
      guard let byte = rest.first, accepted.utf8.contains(byte) else { return nil }
      rest = rest.dropFirst()
      return byte
    }
    guard let year = number(4), skip("-") != nil, let month = number(2), skip("-") != nil,
      let day = number(2), skip("Tt ") != nil, let hour = number(2), skip(":") != nil,
      let minute = number(2), skip(":") != nil, let second = number(2),
      (1...12).contains(month), (1...Self.length(ofMonth: month, year: year)).contains(day),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    var ms = 0
    if skip(".") != nil {
      var unit = 100
      guard let byte = rest.first, byte >= 48, byte <= 57 else { return nil }
      while let digit = skip("0123456789") {
        ms += Int(digit - 48) * unit
        unit /= 10
      }
    }
    var offset = 0
    guard let zone = skip("Zz+-") else { return nil }
    if zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-") {
      guard let hours = number(2), skip(":") != nil, let minutes = number(2), hours < 24,
        minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (zone == UInt8(ascii: "+") ? 1 : -1)
    }
    guard rest.isEmpty else { return nil }
    let seconds = (hour * 60 + minute - offset) * 60 + min(second, 59)
    milliseconds =
      Self.days(year: year, month: month, day: day) * 86_400_000 + Int64(seconds * 1_000 + ms)
    // An offset may push the first or last day out of the years that have four digits.
    guard (0...9_999).contains(civil.year) else { return nil }
  }

  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}
