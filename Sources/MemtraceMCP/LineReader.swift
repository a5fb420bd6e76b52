// Lines out of a descriptor.

internal import System

/// Reads line after line; empty ones are passed over.
struct LineReader: ~Copyable {
  enum Line {
    /// Without its line feed.
    case text([UInt8])
    /// It was longer than is taken and is gone.
    case tooLong
  }

  /// Bytes of one line.
  static let longest = 8 << 20

  private let descriptor: Int32
  private var bytes: [UInt8] = []
  /// Up to here no line feed was found.
  private var searched = 0
  private var hasEnded = false

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Nil at the end.
  mutating func next() -> Line? {
    var isTooLong = false
    while true {
      if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(bytes[..<end])
        bytes.removeFirst(end + 1)
        searched = 0
        if isTooLong || line.count > Self.longest { return .tooLong }
        if line.contains(where: { !Self.isSpace($0) }) { return .text(line) }
        continue
      }
      if bytes.count > Self.longest {
        isTooLong = true
        bytes = []
      }
      searched = bytes.count
      guard fill() else {
        guard !bytes.isEmpty, !isTooLong else { return isTooLong ? .tooLong : nil }
        let line = bytes
        bytes = []
        searched = 0
        return line.contains(where: { !Self.isSpace($0) }) ? .text(line) : nil
      }
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  /// False at the end, and where the descriptor fails.
  private mutating func fill() -> Bool {
    guard !hasEnded, let chunk = try? Descriptor.readSome(descriptor, 65_536), !chunk.isEmpty else {
      hasEnded = true
      return false
    }
    bytes += chunk
    return true
  }
}
