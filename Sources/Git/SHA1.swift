// SHA-1 (FIPS 180-4), for the checksum at the end of index files: libgit2 hashes only whole objects.

internal import CLinux

struct SHA1 {
  private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0
  )
  /// Four times as fast, for an index may have fifty million bytes.
  private static let hasInstructions = clinux_has_sha1() != 0

  /// The 20 bytes of the hash of `bytes`.
  ///
  /// - Parameter byInstructions: false leaves those of the processor out.
  static func hash(_ bytes: UnsafeRawBufferPointer, byInstructions: Bool = hasInstructions)
    -> [UInt8]
  {
    var hash = SHA1()
    let whole = bytes.count & ~63
    hash.absorb(UnsafeRawBufferPointer(rebasing: bytes[..<whole]), byInstructions)
    var tail = Array(bytes[whole...])
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    withUnsafeBytes(of: (UInt64(bytes.count) << 3).bigEndian) { tail.append(contentsOf: $0) }
    tail.withUnsafeBytes { hash.absorb($0, byInstructions) }
    let s = hash.state
    return [s.0, s.1, s.2, s.3, s.4].flatMap { word in
      withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }
  }

  /// Whole blocks.
  private mutating func absorb(_ bytes: UnsafeRawBufferPointer, _ byInstructions: Bool) {
    guard byInstructions, let base = bytes.baseAddress else {
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
        for block in stride(from: 0, to: bytes.count, by: 64) {
          absorb(UnsafeRawBufferPointer(rebasing: bytes[block..<block + 64]), words)
        }
      }
      return
    }
    withUnsafeMutableBytes(of: &state) { state in
      clinux_sha1(
        state.bindMemory(to: UInt32.self).baseAddress!, base.assumingMemoryBound(to: UInt8.self),
        bytes.count / 64)
    }
  }

  private mutating func absorb(
    _ block: UnsafeRawBufferPointer, _ words: UnsafeMutableBufferPointer<UInt32>
  ) {
    let w = words.baseAddress!
    for at in 0..<16 {
      w[at] = UInt32(
        bigEndian: block.loadUnaligned(fromByteOffset: at &* 4, as: UInt32.self))
    }
    for at in 16..<80 {
      let mixed = w[at &- 3] ^ w[at &- 8] ^ w[at &- 14] ^ w[at &- 16]
      w[at] = mixed &<< 1 | mixed &>> 31
    }
    var (a, b, c, d, e) = state
    @inline(__always)
    func step(_ mix: UInt32, _ constant: UInt32, _ word: UInt32) {
      let next = (a &<< 5 | a &>> 27) &+ mix &+ e &+ constant &+ word
      e = d
      d = c
      c = b &<< 30 | b &>> 2
      b = a
      a = next
    }
    for at in 0..<20 { step(d ^ (b & (c ^ d)), 0x5A82_7999, w[at]) }
    for at in 20..<40 { step(b ^ c ^ d, 0x6ED9_EBA1, w[at]) }
    for at in 40..<60 { step((b & c) | (d & (b | c)), 0x8F1B_BCDC, w[at]) }
    for at in 60..<80 { step(b ^ c ^ d, 0xCA62_C1D6, w[at]) }
    state.0 &+= a
    state.1 &+= b
    state.2 &+= c
    state.3 &+= d
    state.4 &+= e
  }
}
