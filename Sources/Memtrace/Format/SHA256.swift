// SHA-256, for names that every clone must draw alike.

/// FIPS 180-4, section 6.2. Fed piece by piece, or in one call of `hash`.
public struct SHA256 {
  private var state: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Bytes that do not fill a block yet: the first `pending` count.
  private var block = InlineArray<64, UInt8>(repeating: 0)
  private var pending = 0
  private var total: UInt64 = 0

  init() {}

  /// 32 bytes.
  public static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalized()
  }

  /// 64 lower-case hexadecimal digits.
  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = hash(bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  mutating func update(_ bytes: some Sequence<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { feed($0) }
    if done == nil { Array(bytes).withUnsafeBufferPointer { feed($0) } }
  }

  private mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let base = bytes.baseAddress else { return }
    total &+= UInt64(bytes.count)
    var at = 0
    while pending > 0, at < bytes.count {
      append(base[at])
      at += 1
    }
    while at + 64 <= bytes.count {
      Self.compress(&state, UnsafeRawPointer(base + at))
      at += 64
    }
    while at < bytes.count {
      append(base[at])
      at += 1
    }
  }

  private mutating func append(_ byte: UInt8) {
    block[pending] = byte
    pending += 1
    if pending == 64 {
      withUnsafeBytes(of: block) { Self.compress(&state, $0.baseAddress!) }
      pending = 0
    }
  }

  /// Pads (section 5.1.1) and returns the 32 bytes.
  consuming func finalized() -> [UInt8] {
    let bits = total &* 8
    append(0x80)
    while pending != 56 { append(0) }
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: bits >> shift))
    }
    var digest: [UInt8] = []
    digest.reserveCapacity(32)
    for i in 0..<8 {
      for shift in stride(from: UInt32(24), through: 0, by: -8) {
        digest.append(UInt8(truncatingIfNeeded: state[i] >> shift))
      }
    }
    return digest
  }
}
