// Which ASCII characters may stand in a part of a key.

/// A set of ASCII bytes, looked up without a branch.
struct ByteSet: Hashable, Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  init(_ text: String) { for byte in text.utf8 { insert(byte) } }

  mutating func insert(_ byte: UInt8) {
    if byte < 64 { low |= 1 << UInt64(byte) } else if byte < 128 { high |= 1 << UInt64(byte & 63) }
  }

  func contains(_ byte: UInt8) -> Bool {
    guard byte < 128 else { return false }
    return ((byte < 64 ? low : high) >> UInt64(byte & 63)) & 1 == 1
  }

  /// In the order of their codes.
  var members: [UInt8] { (0..<128).filter(contains) }

  static let digits = "0123456789"
  static let small = "abcdefghijklmnopqrstuvwxyz"
  static let capital = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

  /// The letters that patterns use for sets.
  static let named: [UInt8: ByteSet] = [
    "d": digits, "x": digits + "abcdef", "X": digits + "ABCDEF", "h": digits + "abcdefABCDEF",
    "l": small, "L": capital, "k": small + capital, "a": digits + small, "A": digits + capital,
    "w": digits + small + capital, "u": digits + small + capital + "_-",
    "c": digits + small + capital + "-", "b": digits + small + capital + "+/=",
    "p": digits + small + capital + "_.=-", "v": digits + small + capital + "_~.-",
    "e": digits + small + capital + "%", "t": digits + small + capital + "./",
    "s": "234567" + capital,
    "z": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "q": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", "r": "qpzry9x8gf2tvdw0s3jn54khce6mua7l",
    "y": digits + small + capital + "!#$%&()*+,-./:;=?@[]^_{|}~",
  ].reduce(into: [:]) { $0[$1.key.utf8.first!] = ByteSet($1.value) }
}
