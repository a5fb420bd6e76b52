// SHA-1 (FIPS 180-4), for the checksum at the end of index files: libgit2 hashes only whole objects.

internal import CLinux
internal import Synchronization
internal import System

struct SHA1 {
  private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0
  )
  /// Four times as fast, for an index may have fifty million bytes.
  private static let hasInstructions = clinux_has_sha1() != 0

  private let byInstructions: Bool
  /// What came after the last whole block.
  private var rest: [UInt8] = []
  private var count = 0

  /// - Parameter byInstructions: false leaves those of the processor out.
  init(byInstructions: Bool = hasInstructions) { self.byInstructions = byInstructions }

  /// The 20 bytes of the hash of `bytes`.
  static func hash(_ bytes: UnsafeRawBufferPointer, byInstructions: Bool = hasInstructions)
    -> [UInt8]
  {
    var hash = SHA1(byInstructions: byInstructions)
    hash.add(bytes)
    return hash.finish()
  }

  /// Takes what follows.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count
    let first = rest.isEmpty ? 0 : min(64 - rest.count, bytes.count)
    rest.append(contentsOf: bytes[..<first])
    if rest.count == 64 {
      let block = rest
      block.withUnsafeBytes { absorb($0) }
      rest.removeAll(keepingCapacity: true)
    }
    let end = first + (bytes.count - first) & ~63
    absorb(UnsafeRawBufferPointer(rebasing: bytes[first..<end]))
    rest.append(contentsOf: bytes[end...])
  }

  consuming func finish() -> [UInt8] {
    rest.append(0x80)
    while rest.count % 64 != 56 { rest.append(0) }
    withUnsafeBytes(of: (UInt64(count) << 3).bigEndian) { rest.append(contentsOf: $0) }
    let tail = rest
    tail.withUnsafeBytes { absorb($0) }
    return [state.0, state.1, state.2, state.3, state.4].flatMap { word in
      withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }
  }

  /// Whole blocks.
  private mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
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

/// The checksum at the end of an index, made on another thread where that is long, while its bytes are written here.
final class IndexSum: Sendable {
  private let sum = Mutex<[UInt8]>([])
  private let isDone = Signal()

  init(_ pieces: [IndexBytes]) {
    let work: @Sendable () -> Void = { [self] in
      var hash = SHA1()
      for piece in pieces { piece.withUnsafeBytes { hash.add($0) } }
      let made = hash.finish()
      sum.withLock { $0 = made }
      isDone.post()
    }
    let isLong = pieces.reduce(0) { $0 + $1.count } >= IndexBytes.large
    let isStarted: Void? = isLong ? try? startThread(work) : nil
    if isStarted == nil { work() }
  }

  /// Waits; once only.
  func take() -> [UInt8] {
    isDone.wait()
    return sum.withLock { $0 }
  }
}
