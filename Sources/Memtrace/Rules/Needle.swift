// Text that is looked for in many texts, whatever its case: folded once, and each look takes linear time.

internal import CLinux

/// Case does not matter, nor how a letter with its marks is composed.
public struct Needle: Hashable, Sendable, ExpressibleByStringLiteral {
  private let bytes: [UInt8]
  private let isASCII: Bool

  public init(_ text: String) {
    bytes = Self.folded(text)
    isASCII = bytes.allSatisfy { $0 < 0x80 }
  }

  public init(stringLiteral text: String) { self.init(text) }

  func isIn(_ text: String) -> Bool {
    var text = text
    let found = text.withUTF8 { hay -> Bool? in
      guard hay.allSatisfy({ $0 < 0x80 }) else { return nil }
      guard isASCII, bytes.count <= hay.count else { return false }
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: hay.count) { lowered in
        for place in hay.indices {
          let byte = hay[place]
          lowered[place] = byte &- 0x41 < 26 ? byte | 0x20 : byte
        }
        return isIn(UnsafeBufferPointer(lowered))
      }
    }
    if let found { return found }
    return Self.folded(text).withUnsafeBufferPointer { isIn($0) }
  }

  /// The C library's search is linear in the longer of the two ("two-way", Crochemore and Perrin, 1991).
  private func isIn(_ hay: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.isEmpty
      || clinux_memmem(
        hay.baseAddress, UInt(hay.count), bytes, UInt(bytes.count)) != nil
  }

  private static func folded(_ text: String) -> [UInt8] {
    Array(AgentName.composed(text.lowercased()).utf8)
  }
}
