// What a client sent, as it may stand in a log.

/// Cut, and every byte that is not visible ASCII as `%XX`. A piece between two slashes may be a dedup key, which can be
/// long and somebody's own words: an id fits.
func loggable(_ path: String, to limit: Int = 256) -> String {
  var text = ""
  var piece = 0
  for byte in path.utf8 {
    if text.utf8.count >= limit { return text + "…" }
    if byte == UInt8(ascii: "/") { piece = -1 }
    piece += 1
    guard piece <= 40 else {
      if piece == 41 { text += "…" }
      continue
    }
    let isVisible = byte > 0x20 && byte < 0x7F
    let digits = Array("0123456789ABCDEF")
    text +=
      isVisible
      ? String(UnicodeScalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
  }
  return text
}
