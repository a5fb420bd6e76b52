// The fields of a line, as the writer puts them down.

extension JSONWriter {
  /// Appends an object and a line feed to `bytes`.
  @inline(__always)
  static func line(_ bytes: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    swap(&writer.bytes, &bytes)
    writer.object(body)
    writer.bytes.append(UInt8(ascii: "\n"))
    swap(&writer.bytes, &bytes)
  }

  @inline(__always)
  mutating func key(_ key: LineKey) {
    literalKey(key.name)
  }

  mutating func field(_ key: LineKey, _ text: String?) {
    guard let text else { return }
    self.key(key)
    string(text)
  }

  mutating func field(_ key: LineKey, _ time: Timestamp) {
    self.key(key)
    quoted { time.append(to: &$0) }
  }

  mutating func field(_ key: LineKey, _ session: SessionID?) {
    guard let session else { return }
    self.key(key)
    switch session {
    case .own(let ulid):
      quoted {
        $0.append(contentsOf: SessionID.prefix.utf8)
        ulid.append(to: &$0)
      }
    case .foreign(let text): string(text)
    }
  }

  mutating func field(_ key: LineKey, _ json: RawJSON?) {
    guard let json else { return }
    self.key(key)
    // Line feeds between tokens are legal JSON and would break the line in two.
    if json.bytes.contains(0x0A) || json.bytes.contains(0x0D) {
      value(json.json)
    } else {
      raw(json)
    }
  }

  mutating func field(_ key: LineKey, _ members: [JSON.Member]) {
    self.key(key)
    object { $0.members(members) }
  }

  mutating func field(_ id: RecordID) {
    key(.id)
    quoted { id.append(to: &$0) }
  }
}
