// The bytes of a Git index file, versions 2 to 4, taken apart (gitformat-index).

/// An index where it lies. Entries always lie as in version 2 and 3, padded and with whole names; version 4,
/// which shortens names, is expanded on reading and shortened again on writing.
struct IndexFile: Sendable {
  /// 2, 3 or 4, kept on writing; 2 becomes 3 with an entry that is left out of the work tree.
  let version: UInt32
  let count: Int
  /// All entries, one after the other.
  let entries: IndexBytes
  /// They again, by the dozen: most changes concern few of a large index.
  let blocks: [IndexBlock]
  /// The optional parts, by their four-letter names.
  let extensions: [(name: String, body: IndexBytes)]
  /// False where `index.skipHash` left the checksum out.
  let hasChecksum: Bool

  /// An index without entries.
  init() {
    (version, count, entries, blocks, extensions, hasChecksum) = (2, 0, IndexBytes(), [], [], true)
  }

  /// - Throws: `.unsupported` for a split or sparse index, `.invalid` for damage.
  init(_ file: IndexBytes) throws(GitError) {
    guard file.count >= 32, file.starts(with: "DIRC".utf8) else { throw IndexFile.damaged }
    version = file[4...].bigEndian32
    count = Int(file[8...].bigEndian32)
    guard (2...4).contains(version) else {
      throw IndexFile.unsupported("version \(version)", "git update-index --index-version 4")
    }
    let end = file.count - 20
    hasChecksum = file[end...].contains { $0 != 0 }
    let body = file[12..<end]
    var rest: IndexBytes
    if version == 4 {
      (entries, rest) = try IndexFile.expand(body, count)
      (blocks, _) = try IndexBlock.all(of: entries, count)
    } else {
      let length: Int
      (blocks, length) = try IndexBlock.all(of: body, count)
      entries = body.prefix(length)
      rest = body.dropFirst(length)
    }
    var extensions: [(name: String, body: IndexBytes)] = []
    while !rest.isEmpty {
      guard rest.count >= 8 else { throw IndexFile.damaged }
      let name = String(decoding: rest.prefix(4), as: UTF8.self)
      let size = Int(rest.dropFirst(4).bigEndian32)
      guard rest.count >= 8 + size else { throw IndexFile.damaged }
      if name == "link" {
        throw IndexFile.unsupported("a split index", "git update-index --no-split-index")
      }
      if name == "sdir" {
        throw IndexFile.unsupported(
          "a sparse index", "git sparse-checkout reapply --no-sparse-index")
      }
      guard rest.first! >= 65, rest.first! <= 90 else {
        throw IndexFile.unsupported("the extension \(name)", "git read-tree HEAD")
      }
      extensions.append((name, rest.dropFirst(8).prefix(size)))
      rest = rest.dropFirst(8 + size)
    }
    self.extensions = extensions
  }

  /// Writes a whole file, checksum included.
  /// - Parameter pieces: the entries, as version 2 and 3 lay them out.
  func write(
    _ pieces: [IndexBytes], count: Int, extensions: [(name: String, body: [UInt8])],
    hasFlags: Bool, to lock: borrowing LockFile
  ) throws(GitError) {
    var head = Array("DIRC".utf8)
    head.append(bigEndian32: hasFlags ? max(version, 3) : version)
    head.append(bigEndian32: UInt32(count))
    var tail: [UInt8] = []
    for (name, body) in extensions {
      tail.append(contentsOf: name.utf8)
      tail.append(bigEndian32: UInt32(body.count))
      tail.append(contentsOf: body)
    }
    let pieces =
      version == 4 ? [IndexBytes(copying: IndexFile.shorten(Array(pieces.joined())))] : pieces
    let all = [IndexBytes(copying: head)] + pieces + [IndexBytes(copying: tail)]
    // While it is written, for both take long.
    let sum = hasChecksum ? IndexSum(all) : nil
    for piece in all { try lock.write(piece) }
    try lock.write(sum?.take() ?? [UInt8](repeating: 0, count: 20))
  }

  static let damaged = GitError(
    code: .invalid, call: "read index", message: "the index file is damaged", errorClass: 10)

  private static func unsupported(_ what: String, _ command: String) -> GitError {
    GitError(
      code: .unsupported, call: "read index",
      message: "the index uses \(what); '\(command)' turns that off", errorClass: 10)
  }

  /// Whether each entry of the block at `place` has a lesser name.
  func isBefore(_ name: [UInt8], block place: Int) -> Bool {
    place + 1 < blocks.count && order(name, firstOf: place + 1) > 0
  }

  /// A name beside the first one of a block: negative, zero or positive.
  func order(_ name: [UInt8], firstOf place: Int) -> Int {
    entries.withUnsafeBytes { bytes in
      var scanner = IndexScanner(bytes, from: blocks[place].offset)
      guard let entry = scanner.next() else { return -1 }
      return name.withUnsafeBytes { treeOrder($0, false, entry.name, false) }
    }
  }

  /// The names of some entries, one behind the other, from one that lies at `offset` behind the first.
  func names(from offset: Int, _ count: Int) -> [[UInt8]] {
    entries.withUnsafeBytes { bytes in
      var scanner = IndexScanner(bytes, from: offset)
      return (0..<count).compactMap { _ in scanner.next().map { Array($0.name) } }
    }
  }

  /// Calls with each entry of a block, and where it lies in `entries`.
  func withEntries(of block: IndexBlock, _ body: (RawIndexEntry, Range<Int>) -> Void) {
    entries.withUnsafeBytes { bytes in
      var scanner = IndexScanner(bytes, from: block.offset)
      for _ in 0..<block.count {
        let start = entries.startIndex + scanner.offset
        guard let entry = scanner.next() else { return }
        body(entry, start..<entries.startIndex + scanner.offset)
      }
    }
  }
}

/// Up to 64 entries, one behind the other.
struct IndexBlock: Sendable {
  /// In bytes, behind the first entry of all.
  let offset: Int
  private(set) var count = 0
  /// Seconds of the newest modification time of a file.
  private(set) var newest: UInt32 = 0

  /// - Returns: also how many bytes all entries take.
  static func all(of body: IndexBytes, _ count: Int) throws(GitError) -> (
    blocks: [IndexBlock], length: Int
  ) {
    let found = body.withUnsafeBytes { bytes -> ([IndexBlock], Int)? in
      var scanner = IndexScanner(bytes)
      var blocks: [IndexBlock] = []
      var left = count
      while left > 0 {
        var block = IndexBlock(offset: scanner.offset)
        for _ in 0..<min(64, left) {
          guard let entry = scanner.next() else { return nil }
          block.count += 1
          if entry.holdsFile { block.newest = max(block.newest, entry.modificationSeconds) }
        }
        blocks.append(block)
        left -= block.count
      }
      return (blocks, scanner.offset)
    }
    guard let found else { throw IndexFile.damaged }
    return found
  }
}

/// One entry where it lies.
struct RawIndexEntry {
  static let sizeOffset = 36

  /// From the first byte to the last of the padding.
  let bytes: UnsafeRawBufferPointer
  let name: UnsafeRawBufferPointer

  func word(_ offset: Int) -> UInt32 {
    UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  var modificationSeconds: UInt32 { word(8) }
  var size: UInt32 { word(Self.sizeOffset) }
  var mode: FileMode { FileMode(rawValue: word(24)) }
  var id: ObjectID { ObjectID(at: bytes.baseAddress! + 40) }
  var flags: UInt16 { UInt16(bytes[60]) << 8 | UInt16(bytes[61]) }
  /// 0, or 1 to 3 for the sides of a conflict.
  var stage: Int { Int(flags >> 12 & 3) }
  /// It is no side of a conflict, and Git may take a file for unchanged by its time.
  var holdsFile: Bool { size != 0 && stage == 0 }
  /// Bits that only version 3 and later have, "skip the work tree" among them.
  var extendedFlags: UInt16 {
    flags & 0x4000 == 0 ? 0 : UInt16(bytes[62]) << 8 | UInt16(bytes[63])
  }
}

/// Steps through entries of version 2 and 3.
struct IndexScanner {
  let bytes: UnsafeRawBufferPointer
  private(set) var offset: Int

  init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
    (self.bytes, self.offset) = (bytes, offset)
  }

  /// Nil at the end, and where an entry is cut off.
  mutating func next() -> RawIndexEntry? {
    guard offset + 63 <= bytes.count else { return nil }
    let flags = UInt16(bytes[offset + 60]) << 8 | UInt16(bytes[offset + 61])
    let start = offset + (flags & 0x4000 == 0 ? 62 : 64)
    var length = Int(flags & 0xFFF)
    if length == 0xFFF {
      while start + length < bytes.count, bytes[start + length] != 0 { length += 1 }
    }
    let total = (start - offset + length + 8) & ~7
    guard offset + total <= bytes.count, bytes[start + length] == 0 else { return nil }
    let entry = RawIndexEntry(
      bytes: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + total]),
      name: UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
    offset += total
    return entry
  }
}

extension Collection<UInt8> where SubSequence: RandomAccessCollection {
  /// The first four bytes as a number; there must be four.
  var bigEndian32: UInt32 { prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
}

extension [UInt8] {
  mutating func append(bigEndian32 value: UInt32) {
    Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
  }
}
