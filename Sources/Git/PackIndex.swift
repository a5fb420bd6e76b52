// Which objects a pack holds, read from the index beside it.

internal import Glibc
internal import System

/// An index file of version 2 (Documentation/gitformat-pack).
struct PackIndex {
  private let bytes: [UInt8]
  let count: Int
  private static let names = 8 + 256 * 4

  /// Nil for a missing file, another version, or one that was cut short.
  init?(_ path: String) {
    guard let bytes = (try? FileBytes(path))?.bytes, bytes.count >= Self.names,
      bytes.starts(with: [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2])
    else { return nil }
    let count = bytes[(Self.names - 4)..<Self.names].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= Self.names + 20 * count else { return nil }
    (self.bytes, self.count) = (bytes, count)
  }

  /// In ascending order.
  subscript(position: Int) -> ObjectID {
    bytes.withUnsafeBytes { ObjectID(at: $0.baseAddress! + Self.names + 20 * position) }
  }

  var ids: [ObjectID] { (0..<count).map { self[$0] } }

  func contains(_ id: ObjectID) -> Bool {
    var raw = id.raw
    return bytes.withUnsafeBytes { bytes in
      withUnsafeBytes(of: &raw) { wanted in
        var (low, high) = (0, count)
        while low < high {
          let middle = (low + high) / 2
          let order = memcmp(
            bytes.baseAddress! + Self.names + 20 * middle, wanted.baseAddress!, 20)
          if order == 0 { return true }
          if order < 0 { low = middle + 1 } else { high = middle }
        }
        return false
      }
    }
  }
}
