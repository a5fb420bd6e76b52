// A value that lies elsewhere: a table with room to grow takes a reference for each place, and not the whole value.

/// Behaves as the value itself: a copy that is changed leaves the other as it was.
struct Boxed<Value: Sendable>: Sendable {
  private final class Storage: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  private var storage: Storage

  init(_ value: Value) { storage = Storage(value) }

  var value: Value { storage.value }

  /// In place, unless a copy shares it.
  mutating func change(_ body: (inout Value) -> Void) {
    if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.value) }
    body(&storage.value)
  }
}
