// The name of a Git object: 20 bytes held inline, ordered as Git orders them.

internal import CGit2

/// A SHA-1 object id. Twenty bytes without an allocation, so that arrays and tables of ids stay small.
public struct ObjectID: Hashable, Comparable, Sendable {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// The id of all zeros: "no object" in reflogs and push reports.
  public static let zero = ObjectID(high: 0, middle: 0, low: 0)

  private init(high: UInt64, middle: UInt64, low: UInt32) {
    self.high = high
    self.middle = middle
    self.low = low
  }

  /// Reads 20 bytes at `address`, which need not be aligned.
  init(at address: UnsafeRawPointer) {
    high = UInt64(bigEndian: address.loadUnaligned(as: UInt64.self))
    middle = UInt64(bigEndian: address.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    low = UInt32(bigEndian: address.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
  }

  init(_ raw: git_oid) {
    self = withUnsafeBytes(of: raw) { ObjectID(at: $0.baseAddress!) }
  }

  /// Nil unless `bytes` holds exactly 20.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 20 else { return nil }
    self = Array(bytes).withUnsafeBytes { ObjectID(at: $0.baseAddress!) }
  }

  /// Nil unless `hex` is exactly 40 hexadecimal digits of either case.
  public init?(hex: some StringProtocol) {
    var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    var count = 0
    for byte in hex.utf8 {
      let digit: UInt64
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte) - 48
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt64(byte) - 87
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = UInt64(byte) - 55
      default: return nil
      }
      switch count {
      case 0..<16: words.0 = words.0 << 4 | digit
      case 16..<32: words.1 = words.1 << 4 | digit
      case 32..<40: words.2 = words.2 << 4 | digit
      default: return nil
      }
      count += 1
    }
    guard count == 40 else { return nil }
    self.init(high: words.0, middle: words.1, low: UInt32(words.2))
  }

  public var bytes: [UInt8] {
    withUnsafeBytes(of: raw) { Array($0) }
  }

  /// The form that libgit2 takes.
  var raw: git_oid {
    var value = git_oid()
    withUnsafeMutableBytes(of: &value) {
      $0.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
      $0.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
      $0.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
    }
    return value
  }

  public static func < (left: ObjectID, right: ObjectID) -> Bool {
    if left.high != right.high { return left.high < right.high }
    if left.middle != right.middle { return left.middle < right.middle }
    return left.low < right.low
  }
}

extension ObjectID: CustomStringConvertible {
  /// 40 lower-case hexadecimal digits.
  public var description: String {
    String(unsafeUninitializedCapacity: 40) { text in
      var at = 0
      withUnsafeBytes(of: raw) {
        for byte in $0 {
          for digit in [byte >> 4, byte & 15] {
            text[at] = digit < 10 ? digit + 48 : digit + 87
            at += 1
          }
        }
      }
      return at
    }
  }
}
