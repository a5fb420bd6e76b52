// By what two lines of a file are the same record.

/// The id of a line, of any type: one that this version does not know merges like the others, so that clones of
/// different versions make the same bytes.
struct MergeKey: Hashable, Comparable {
  /// What stands before the ULID, underscore included: `mem_`.
  let prefix: String
  let ulid: ULID

  /// Nil for a line that is no record: no valid JSON, no id, or an id past the year 2200.
  init?(_ line: Line) {
    guard let text = (try? line.fields())?.text(.id) else { return nil }
    self.init(text: text)
  }

  /// `mem_` and a ULID; nil for anything else.
  init?(text: String) {
    guard let underscore = text.utf8.lastIndex(of: UInt8(ascii: "_")),
      let ulid = ULID(text: Array(text.utf8[underscore...].dropFirst())), ulid.isPlausible
    else { return nil }
    prefix = String(text[...underscore])
    self.ulid = ulid
  }

  init(prefix: String, ulid: ULID) {
    self.prefix = prefix
    self.ulid = ulid
  }

  var text: String { prefix + ulid.description }

  /// As `RecordID` orders: by ULID, and by prefix only between equal ones.
  static func < (a: MergeKey, b: MergeKey) -> Bool {
    a.ulid != b.ulid ? a.ulid < b.ulid : a.prefix.utf8.lexicographicallyPrecedes(b.prefix.utf8)
  }
}
