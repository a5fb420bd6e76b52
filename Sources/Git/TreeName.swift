// Names in trees are bytes, and paths here are text: how one becomes the other without loss.

/// A name that is UTF-8 is itself. In any other each byte beyond ASCII stands as a scalar of its own from the end of
/// Unicode's last private plane, so that it goes back into a tree as it came out of one.
enum TreeName {
  private static let base: UInt32 = 0x10_FF00

  static func text(_ name: UnsafeRawBufferPointer) -> String {
    if let text = String(validating: name, as: UTF8.self), !isOdd(text) { return text }
    var text = String.UnicodeScalarView()
    for byte in name {
      text.append(byte < 0x80 ? Unicode.Scalar(byte) : Unicode.Scalar(base + UInt32(byte))!)
    }
    return String(text)
  }

  static func bytes(_ text: some StringProtocol) -> [UInt8] {
    // The lead byte of those scalars; nothing else needs a look.
    guard text.utf8.contains(0xF4) else { return Array(text.utf8) }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if scalar.value >= base {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar)!)
      }
    }
    return bytes
  }

  static func isOdd(_ text: some StringProtocol) -> Bool {
    text.utf8.contains(0xF4) && text.unicodeScalars.contains { $0.value >= base }
  }
}
