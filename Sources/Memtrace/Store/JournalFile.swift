// Acknowledged lines that are not committed yet: one checksummed entry a write, synced before the answer.

internal import Glibc
internal import System

/// One file of the journal, preallocated so that a sync has no file size to write.
///
/// An entry is 32 bytes of head (magic, payload length, generation, position in the generation, checksum), then the
/// payload: `path`, NUL, line, for each line of the write; before the lines that were meant for a branch, an empty path,
/// NUL and the branch's name. Entries stand back to back; the first one that is torn, or
/// of another generation than the first of all, ends the journal. Emptying it begins a new generation at the start.
final class JournalFile {
  private let file: Descriptor
  private let path: String
  private(set) var generation: UInt64 = 0
  private var count: UInt64 = 0
  private var end = 0
  private var allocated = 0
  /// Bytes of the last generation that held an entry.
  private var usual = 0
  /// Begins the count of generations where the file holds none that can be read.
  private let seed: UInt64

  private static let magic: UInt32 = 0x4D54_4A31
  private static let headLength = 32
  /// Bytes that the file grows by: at first, and at most.
  private static let step = 256 * 1024
  private static let largestStep = 16 * step

  /// Opens the journal for writing, under the lock.
  init(_ path: String, seed: UInt64) throws {
    self.path = path
    self.seed = seed
    file = try Descriptor(opening: path, O_RDWR | O_CREAT, mode: 0o600)
    allocated = try file.size()
  }

  /// What a reader sees, without a lock: empty where there is no such file.
  static func read(_ path: String) throws -> (lines: [PendingLine], generation: UInt64) {
    let bytes: [UInt8]? = try missingIsNil { try Descriptor(opening: path, O_RDONLY).readAll() }
    guard let bytes else { return ([], 0) }
    let found = entries(in: bytes)
    return (found.lines, found.generation)
  }

  /// Everything in it, and the place where the next entry goes.
  func load() throws -> [PendingLine] {
    let found = Self.entries(in: try file.readAll())
    generation = found.count == 0 ? seed : found.generation
    count = found.count
    end = found.end
    return found.lines
  }

  /// Adds one entry and syncs it: from here on the lines survive a power cut.
  /// - Throws: where that fails; then nobody reads the entry, or the error says that somebody may.
  func append(_ lines: [PendingLine]) throws {
    var payload: [UInt8] = []
    payload.reserveCapacity(lines.reduce(0) { $0 + $1.path.utf8.count + 1 + $1.bytes.count })
    var branch: String?
    for line in lines {
      if line.branch != branch {
        payload.append(0)
        payload += (line.branch ?? "").utf8
        payload.append(UInt8(ascii: "\n"))
        branch = line.branch
      }
      payload += line.path.utf8
      payload.append(0)
      payload += line.bytes
    }
    var entry: [UInt8] = []
    entry.reserveCapacity(Self.headLength + payload.count)
    Self.put(UInt64(Self.magic) | UInt64(payload.count) << 32, into: &entry)
    Self.put(generation, into: &entry)
    Self.put(count, into: &entry)
    Self.put(Self.checksum(generation, count, payload), into: &entry)
    entry += payload
    try reserve(end + entry.count)
    do {
      try file.write(entry, at: end)
      try file.syncData()
    } catch {
      try takeBack(after: error)
      throw error
    }
    end += entry.count
    count += 1
  }

  /// Whoever was told that a write failed writes again, so the entry must not be read by the next one: without its head it
  /// is none.
  private func takeBack(after failure: SystemError) throws {
    do {
      try file.write([UInt8](repeating: 0, count: Self.headLength), at: end)
      try file.syncData()
    } catch {
      let failure = MemtraceError(failure, path: path)
      throw MemtraceError(
        failure.kind, "\(failure.message); what was written may have been stored all the same",
        hint: "memtrace recall shows whether it was, before you write it again")
    }
  }

  /// Begins a new generation: what was in it is committed. Not synced, since lines that come back after a power
  /// cut are found in the commit and dropped.
  func empty() throws {
    try begin(generation &+ 1)
  }

  /// Begins a generation at the start of the file, over whatever is in it.
  func begin(_ generation: UInt64) throws {
    // Room for the next generation to be as long; what only a burst took goes back to the disk.
    if count > 1 { usual = end }
    let kept = max(Self.step, Self.rounded(usual * 2))
    self.generation = generation
    count = 0
    end = 0
    var head: [UInt8] = []
    Self.put(UInt64(Self.magic), into: &head)
    Self.put(generation, into: &head)
    Self.put(count, into: &head)
    Self.put(Self.checksum(generation, count, []), into: &head)
    try file.write(head, at: 0)
    count = 1
    end = Self.headLength
    if allocated > kept * 2, ftruncate(file.raw, off_t(kept)) == 0 { allocated = kept }
  }

  /// Takes away what earlier generations left behind the last entry.
  func scrub() throws {
    try retrying("ftruncate", path) { ftruncate(file.raw, off_t(end)) }
    allocated = end
    try file.sync()
  }

  private func reserve(_ size: Int) throws {
    guard size > allocated else { return }
    let least = Self.rounded(size)
    var wanted = max(least, Self.rounded(min(allocated * 2, allocated + Self.largestStep)))
    var code = posix_fallocate(file.raw, off_t(allocated), off_t(wanted - allocated))
    if code == ENOSPC, wanted > least {
      wanted = least
      code = posix_fallocate(file.raw, off_t(allocated), off_t(wanted - allocated))
    }
    if code != 0 { throw SystemError(call: "posix_fallocate", path: path, code: code) }
    // The new size itself must be on the disk before an entry counts on it, and at first the name.
    try file.sync()
    if allocated == 0 { try Descriptor.syncFolder(folder) }
    allocated = wanted
  }

  private static func rounded(_ size: Int) -> Int { (size + step - 1) / step * step }

  private var folder: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

  private static func entries(
    in bytes: [UInt8]
  ) -> (lines: [PendingLine], generation: UInt64, count: UInt64, end: Int) {
    var lines: [PendingLine] = []
    var generation: UInt64 = 0
    var count: UInt64 = 0
    var end = 0
    while bytes.count - end >= headLength {
      let first = get(bytes, end)
      let entryGeneration = get(bytes, end + 8)
      let length = Int(first >> 32)
      guard UInt32(truncatingIfNeeded: first) == magic, count == 0 || entryGeneration == generation,
        get(bytes, end + 16) == count, length <= bytes.count - end - headLength
      else { break }
      let payload = Array(bytes[(end + headLength)..<(end + headLength + length)])
      guard get(bytes, end + 24) == checksum(entryGeneration, count, payload) else { break }
      generation = entryGeneration
      count += 1
      end += headLength + length
      lines += split(payload)
    }
    return (lines, generation, count, end)
  }

  private static func split(_ payload: [UInt8]) -> [PendingLine] {
    var lines: [PendingLine] = []
    var rest = payload[...]
    var branch: String?
    while let zero = rest.firstIndex(of: 0),
      let feed = rest[zero...].firstIndex(of: UInt8(ascii: "\n"))
    {
      let path = String(decoding: rest[..<zero], as: UTF8.self)
      if path.isEmpty {
        branch = zero + 1 == feed ? nil : String(decoding: rest[(zero + 1)..<feed], as: UTF8.self)
      }
      if let slash = path.lastIndex(of: "/"), let file = FileName(path[path.index(after: slash)...])
      {
        lines.append(
          PendingLine(
            folder: String(path[..<slash]), file: file, bytes: Array(rest[(zero + 1)...feed]),
            branch: branch))
      }
      rest = rest[(feed + 1)...]
    }
    return lines
  }

  /// FNV-1a, 64 bits, over eight bytes at a step (Fowler, Noll, Vo): it finds torn writes, not forgeries.
  private static func checksum(_ generation: UInt64, _ count: UInt64, _ payload: [UInt8]) -> UInt64
  {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0x0000_0100_0000_01B3
      hash ^= hash >> 29
    }
    mix(generation)
    mix(count)
    mix(UInt64(payload.count))
    var position = 0
    while position + 8 <= payload.count {
      mix(get(payload, position))
      position += 8
    }
    for byte in payload[position...] { mix(UInt64(byte)) }
    return hash
  }

  private static func put(_ word: UInt64, into bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { bytes += $0 }
  }

  private static func get(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
    bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
  }
}
