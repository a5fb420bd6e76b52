// What the lines before had, since sessions, agents and tags repeat.

/// Values of earlier lines by their bytes, so that equal bytes are read once. One scan, one thread.
final class LineMemo {
  private struct Slot<Value> {
    var key: [UInt8] = []
    var value: Value
  }

  private var session: Slot<SessionID>?
  private var texts = [Slot<String>?](repeating: nil, count: 64)
  private var lists = [Slot<[String]>?](repeating: nil, count: 256)
  private var day: (key: [UInt8], milliseconds: Int64) = ([], 0)

  func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let at = Self.hash(bytes) & 63
    if let slot = texts[at], Self.equal(slot.key, bytes) { return slot.value }
    let text = String(decoding: bytes, as: UTF8.self)
    texts[at] = Slot(key: Array(bytes), value: text)
    return text
  }

  func session(_ bytes: UnsafeBufferPointer<UInt8>) -> SessionID? {
    if let session, Self.equal(session.key, bytes) { return session.value }
    guard let id = SessionID(String(decoding: bytes, as: UTF8.self)) else { return nil }
    session = Slot(key: Array(bytes), value: id)
    return id
  }

  /// The elements of an array that was checked; nil where one is not a string.
  func tags(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) -> [String]? {
    let at = Self.hash(bytes) & 255
    if let slot = lists[at], Self.equal(slot.key, bytes) { return slot.value }
    var cursor = try JSONCursor(UnsafeRawBufferPointer(bytes))
    var tags: [String] = []
    var isText = true
    try cursor.elements(depth: Line.depth) { (cursor, depth) throws(JSONFault) in
      let span = try cursor.value(depth: depth)
      if span.isString { tags.append(JSONText.string(cursor.base, span)) } else { isText = false }
    }
    guard isText else { return nil }
    lists[at] = Slot(key: Array(bytes), value: tags)
    return tags
  }

  func time(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    Timestamp(rfc3339: bytes)
  }

  @inline(__always)
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt32 = 2_166_136_261
    for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return Int(hash ^ hash >> 15)
  }

  @inline(__always)
  private static func equal(_ key: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard key.count == bytes.count else { return false }
    return key.elementsEqual(bytes)
  }
}
