// JSON values as text, and text that was checked as values.

extension JSON {
  /// Compact text.
  public var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return writer.bytes
  }

  /// How many arrays and objects stand within each other: 0 for a scalar, 1 for `{}`.
  public var depth: Int {
    switch self {
    case .array(let values): 1 + (values.lazy.map(\.depth).max() ?? 0)
    case .object(let members): 1 + (members.lazy.map(\.value.depth).max() ?? 0)
    default: 0
    }
  }
}

extension RawJSON {
  /// The value's compact text.
  public init(_ json: JSON) {
    self.init(trusted: json.bytes)
  }

  /// The value itself; null only if the one who vouched for the bytes was wrong.
  public var json: JSON {
    (try? JSON(parsing: bytes, depth: bytes.count)) ?? .null
  }
}
