// Merging text that is not ours, as Git does.

import Git

enum TextMerge {
  /// Nil where both sides changed the same lines.
  static func merge(_ base: [UInt8], _ one: [UInt8], _ other: [UInt8]) throws -> [UInt8]? {
    try Repository.mergeText(base: base, one, other)
  }
}
