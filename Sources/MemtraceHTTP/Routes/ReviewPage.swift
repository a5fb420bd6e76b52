// The page for people, put together once from its parts: one answer, which fetches nothing but this bridge's routes.

import Memtrace
internal import Templates

enum ReviewPage {
  static func response(isOpen: Bool) -> Response {
    var response = Response(
      status: 200, contentType: "text/html; charset=utf-8", body: isOpen ? open : locked,
      headers: headers)
    response.route = "/"
    return response
  }

  private static let open = made(isOpen: true)
  private static let locked = made(isOpen: false)
  private static let style = PageParts.style
  private static let script =
    Array("\"use strict\";\n(() => {\n".utf8)
    + Array(PageParts.scripts.joined(separator: Array("\n".utf8))) + Array("\n})();".utf8)

  /// Only the very bytes of this script and this style count, whatever a record says.
  private static let headers = [
    (
      "Content-Security-Policy",
      "default-src 'none'; script-src 'sha256-\(base64(SHA256.hash(script)))'; "
        + "style-src 'sha256-\(base64(SHA256.hash(style)))'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'"
    ),
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"), ("Cache-Control", "no-cache"),
  ]

  private static func made(isOpen: Bool) -> [UInt8] {
    var page: [UInt8] = []
    var rest = PageParts.frame[...]
    for (mark, part) in [
      ("{{open}}", Array("\(isOpen)".utf8)), ("{{style}}", style), ("{{script}}", script),
    ] {
      let mark = Array(mark.utf8)
      guard let place = rest.indices.first(where: { rest[$0...].starts(with: mark) }) else {
        continue
      }
      page += rest[..<place] + part
      rest = rest[(place + mark.count)...]
    }
    return page + rest
  }

  /// RFC 4648, 4.
  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let piece = bytes[start..<min(start + 3, bytes.count)]
      let bits = (0..<3).reduce(UInt32(0)) { sum, place in
        sum << 8 | UInt32(place < piece.count ? piece[start + place] : 0)
      }
      for place in 0..<4 {
        text.append(
          place <= piece.count ? letters[Int(bits >> (18 - 6 * UInt32(place)) & 63)] : 0x3D)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
