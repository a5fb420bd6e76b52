// A term's identity in the index: a hash of its bytes.

/// Terms are compared by 48 bits, so the vocabulary needs no text. Among ten million different terms there is
/// about one pair that shares a hash; such a pair counts as one term, everywhere alike.
enum TermHash {
  /// FNV-1a (Fowler, Noll, Vo), 64 bits.
  static let start: UInt64 = 0xcbf2_9ce4_8422_2325

  @inline(__always)
  static func adding(_ byte: UInt8, to hash: UInt64) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
  }

  /// Mixes (the finalizer of MurmurHash3) and keeps 48 bits, never 0.
  @inline(__always)
  static func finished(_ hash: UInt64) -> UInt64 {
    var h = hash
    h = (h ^ (h >> 33)) &* 0xff51_afd7_ed55_8ccd
    h = (h ^ (h >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return max((h ^ (h >> 33)) >> 16, 1)
  }

  static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    finished(bytes.reduce(start) { adding($1, to: $0) })
  }
}
