// A few values by the bytes that they were read from.
import Glibc

/// Keeps one value a place, the place drawn from the bytes: a lookup is one comparison.
struct Recent<Value> {
  /// Longer ones are not kept.
  private static var longest: Int { 128 }
  private let keys: UnsafeMutablePointer<UInt8>
  private let lengths: UnsafeMutablePointer<Int>
  private let values: UnsafeMutablePointer<Value>
  private let places: Int

  /// - Parameter places: a power of two.
  init(places: Int, empty: Value) {
    self.places = places
    keys = .allocate(capacity: places * Self.longest)
    lengths = .allocate(capacity: places)
    lengths.initialize(repeating: 0, count: places)
    values = .allocate(capacity: places)
    values.initialize(repeating: empty, count: places)
  }

  func deallocate() {
    values.deinitialize(count: places)
    values.deallocate()
    lengths.deallocate()
    keys.deallocate()
  }

  /// The value of these bytes, read anew where the place holds another; nil where `read` says so.
  @inline(__always)
  func value(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ read: (UnsafeBufferPointer<UInt8>) throws(JSONFault) -> Value?
  ) throws(JSONFault) -> Value? {
    guard let base = bytes.baseAddress, bytes.count >= 8, bytes.count <= Self.longest else {
      return try read(bytes)
    }
    let place = Self.hash(base, bytes.count) & (places &- 1)
    let key = keys + place &* Self.longest
    if lengths[place] == bytes.count, memcmp(key, base, bytes.count) == 0 { return values[place] }
    guard let value = try read(bytes) else { return nil }
    key.update(from: base, count: bytes.count)
    lengths[place] = bytes.count
    values[place] = value
    return value
  }

  /// Of at least eight bytes: their ends and their middle.
  @inline(__always)
  private static func hash(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let raw = UnsafeRawPointer(base)
    let first = raw.loadUnaligned(as: UInt64.self)
    let middle = raw.loadUnaligned(fromByteOffset: (count &- 8) &>> 1, as: UInt64.self)
    let last = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    let mixed = (first ^ middle &* 31 ^ last &* 17 &+ UInt64(count)) &* 0x9E37_79B9_7F4A_7C15
    return Int(mixed &>> 40)
  }
}
