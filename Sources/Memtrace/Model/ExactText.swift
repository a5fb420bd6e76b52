// Text that is compared byte by byte.

/// Swift takes canonical equivalents for equal: "é" in one scalar and in two. What people and programs name (keys, values,
/// dedup keys, sources) is equal only where its bytes are, in every clone and in any other implementation.
struct ExactText: Hashable, Comparable, Sendable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (a: ExactText, b: ExactText) -> Bool { a.text.isExactly(b.text) }

  static func < (a: ExactText, b: ExactText) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension String {
  /// Whether both are the same bytes of UTF-8.
  func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension String? {
  /// Whether both are the same bytes, or both are nothing.
  func isExactly(_ other: String?) -> Bool {
    switch (self, other) {
    case (let a?, let b?): a.isExactly(b)
    case (nil, nil): true
    default: false
    }
  }
}
