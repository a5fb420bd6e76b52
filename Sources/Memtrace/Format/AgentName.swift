// How an agent's name becomes its id, the same in every clone.

public enum AgentName {
  /// The name itself where it is a legal id and no reserved Windows name, else its slug, `-` and 8 hex digits of
  /// the SHA-256 of the name in Unicode's NFC.
  public static func id(of name: String) -> String {
    if Limits.isIdentifier(name.utf8), !isReserved(name) { return name }
    let slug = slug(name)
    let start = slug.utf8.first.map { (97...122).contains($0) } == true ? slug : "agent-\(slug)"
    let trimmed = start.hasSuffix("-") ? String(start.dropLast()) : start
    return "\(trimmed)-\(SHA256.hex(composed(name).utf8).prefix(8))"
  }

  /// ASCII letters and digits in lower case, one `-` for each run of anything else, at most 40 bytes, no `-` at
  /// either end; `x` where nothing is left.
  static func slug(_ name: String) -> String {
    var bytes: [UInt8] = []
    for byte in composed(name).utf8 {
      switch byte {
      case 65...90: bytes.append(byte | 0x20)
      case 97...122, 48...57: bytes.append(byte)
      default:
        if !bytes.isEmpty, bytes.last != UInt8(ascii: "-") { bytes.append(UInt8(ascii: "-")) }
      }
      if bytes.count == 40 { break }
    }
    if bytes.last == UInt8(ascii: "-") { bytes.removeLast() }
    return bytes.isEmpty ? "x" : String(decoding: bytes, as: UTF8.self)
  }

  /// Names that Windows gives to devices, whatever their case: no file of that name can be checked out there.
  static func isReserved(_ name: String) -> Bool {
    let lower = name.lowercased()
    if ["con", "prn", "aux", "nul"].contains(lower) { return true }
    return lower.utf8.count == 4 && (lower.hasPrefix("com") || lower.hasPrefix("lpt"))
      && lower.utf8.last.map { (48...57).contains($0) } == true
  }
}
