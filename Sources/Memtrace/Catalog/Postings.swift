// Rows of a segment by a hash of what they are found by.

/// Places by a hash, which may be that of something else too.
struct Postings: Sendable {
  private let hashes: Column<UInt64>
  private let places: Column<UInt32>

  init(_ hashes: Column<UInt64>, _ places: Column<UInt32>) {
    (self.hashes, self.places) = (hashes, places)
  }

  var count: Int { hashes.count }
  var all: UnsafeBufferPointer<UInt32> { places.buffer }

  /// Calls with each place where the hash stands of what does not count, and the hash before it that does.
  func eachBlank(
    where counts: (Int) -> Bool, _ body: (_ place: Int, _ neighbour: UInt64) -> Void
  ) {
    var neighbour: UInt64 = 0
    for place in 0..<hashes.count {
      if counts(Int(places[place])) { neighbour = hashes[place] } else { body(place, neighbour) }
    }
  }

  func find(_ hash: UInt64) -> UnsafeBufferPointer<UInt32> {
    let first = hashes.firstIndex(notBelow: hash, in: 0..<hashes.count)
    var end = first
    while end < hashes.count, hashes[end] == hash { end += 1 }
    return UnsafeBufferPointer(rebasing: places.buffer[first..<end])
  }
}

/// What records and sessions are found by. FNV-1a (Fowler, Noll, Vo).
enum CatalogHash {
  private static func of(_ pieces: [String.UTF8View]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for piece in pieces {
      for byte in piece { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01B3
    }
    return hash ^ hash >> 32
  }

  /// Nil for what is no scalar, which nobody asks for by its text.
  static func of(_ member: JSON.Member) -> UInt64? {
    member.value.scalarText.map {
      of([member.key.utf8, IdentityForm.of(member.key, $0).text.utf8])
    }
  }

  static func of(_ id: RecordID) -> UInt64 { of([id.description.utf8]) }

  static func of(key: String) -> UInt64 { of([key.utf8]) }

  /// Of a line.
  static func of(line: ArraySlice<UInt8>) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in line { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  }
}
