// Ids in bytes that are not taken apart: whether a file can hold an erased line, in one pass over its underscores.

internal import Glibc

enum IDScan {
  enum Kind {
    case session
    case record(RecordID.Kind)
  }

  /// Whether `test` says so of any id of ours that the bytes hold, however they hold it.
  static func any(in bytes: UnsafeRawBufferPointer, _ test: (Kind, ULID) -> Bool) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    let text = bytes.bindMemory(to: UInt8.self)
    var at = 0
    while at < bytes.count,
      let found = memchr(base + at, Int32(UInt8(ascii: "_")), bytes.count - at)
    {
      let place = UnsafeRawPointer(found) - base
      at = place + 1
      guard place + 1 + ULID.textLength <= bytes.count, let kind = kind(text, before: place),
        let ulid = ULID(text: text[(place + 1)..<(place + 1 + ULID.textLength)])
      else { continue }
      if test(kind, ulid) { return true }
    }
    return false
  }

  private static func kind(_ text: UnsafeBufferPointer<UInt8>, before place: Int) -> Kind? {
    if place >= 4, text[(place - 4)..<place].elementsEqual("sess".utf8) { return .session }
    guard place >= 3 else { return nil }
    let prefix = text[(place - 3)...place]
    return RecordID.Kind.allCases.first { prefix.elementsEqual($0.prefix.utf8) }.map(Kind.record)
  }
}
