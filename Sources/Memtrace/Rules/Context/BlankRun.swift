// What a run of white space costs in tokens.

/// Lines, then what stands before the next character. Costs are in sixteenths of a token.
struct BlankRun {
  private let followsSigns: Bool
  private var lines = 0
  /// Line ends right after signs, which are one token with them.
  private var joined = 0
  /// Carriage returns among them.
  private var returns = 0
  /// Blanks since the last line end.
  private var trailing = 0
  /// Sixteenths of a token beyond the first.
  private var more = 0
  private var moreInLines = 0

  init(afterSigns: Bool = false) {
    followsSigns = afterSigns
  }

  mutating func add(_ byte: UInt8, after last: UInt8) {
    if trailing > 0, byte != last { more += 10 }
    trailing += 1
  }

  mutating func addLine(_ byte: UInt8) {
    if followsSigns, trailing == 0, moreInLines == 0, lines == joined {
      joined += 1
    } else if trailing > 0, lines > joined {
      more += more == 0 ? 11 : 15
    }
    lines += 1
    if byte == 0x0D { returns += 1 }
    trailing = 0
    moreInLines = more
  }

  /// - Parameters:
  ///   - next: how many of its last characters count with the next piece.
  ///   - isNumber: digits take no blank before them.
  func cost(without next: Int, beforeNumber isNumber: Bool) -> Int {
    var cost = joined < 7 ? 0 : 16 + (joined - 7) / 5 * 16
    if lines > joined { cost += 16 + (lines - joined) / 11 * 14 + returns / 4 * 12 + moreInLines }
    let left = trailing - next
    if left > 0 { cost += 16 + left / 80 * 16 + (more - moreInLines) }
    if isNumber, left > 1 { cost += 16 }
    return cost
  }
}
