// The keys of one object, so that a second one of the same name is noticed.

/// Up to sixteen keys cost no memory; more cost a set, so that hostile objects stay linear.
struct DistinctKeys {
  private var first = InlineArray<16, JSONSpan>(repeating: .absent)
  private var count = 0
  private var more: Set<[UInt8]> = []

  /// False where the key is there already; `key` is a span of `base`, the same at each call.
  mutating func insert(_ key: JSONSpan, in base: UnsafePointer<UInt8>) -> Bool {
    if count < 16 {
      for i in 0..<count where Self.equal(first[i], key, base) { return false }
      first[count] = key
      count += 1
      return true
    }
    if more.isEmpty {
      for i in 0..<count { more.insert(JSONText.bytes(base, first[i])) }
    }
    return more.insert(JSONText.bytes(base, key)).inserted
  }

  private static func equal(_ a: JSONSpan, _ b: JSONSpan, _ base: UnsafePointer<UInt8>) -> Bool {
    if a.form == .plain, b.form == .plain {
      guard a.count == b.count else { return false }
      for i in 0..<a.count where base[Int(a.start) + i] != base[Int(b.start) + i] { return false }
      return true
    }
    return JSONText.bytes(base, a) == JSONText.bytes(base, b)
  }
}
