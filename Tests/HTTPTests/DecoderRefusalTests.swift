// What the decoder does not take, and the status each gets.

import Testing

@testable import MemtraceHTTP

struct DecoderRefusalTests {
  @Test(arguments: [
    "GET /\r\n", "GET  / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n", " GET / HTTP/1.1\r\n",
    "GET / HTTP/11\r\n",
    "GET / http/1.1\r\n", "GE(T / HTTP/1.1\r\n", "GET / HTTP/1.1\n", "\n", "\r\r", "\0",
    "\u{16}\u{3}\u{1}",
    "GET a HTTP/1.1\r\n", "GET http:// HTTP/1.1\r\n", "GET http://u@h/ HTTP/1.1\r\n",
    "CONNECT h:1 HTTP/1.1\r\n",
    "GET /a#b HTTP/1.1\r\n", "GET /\u{1} HTTP/1.1\r\n", "GET /\u{7F} HTTP/1.1\r\n", "{\"a\":1}\r\n",
  ])
  func `a bad request line is refused`(line: String) {
    #expect(refusal(line + "Host: h\r\n\r\n") == 400)
  }

  @Test(arguments: [
    "/%", "/%1", "/%zz", "/%00", "/a?b=%00", "/a?%0", "/%C0%AF", "/%E0%80%AF", "/%FF",
    "/?a=%ED%A0%80", "/%F4%90%80%80",
  ])
  func `bad encoding in a target is refused`(target: String) {
    #expect(refusal("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n") == 400)
  }

  @Test func `raw bytes in a target that are no UTF-8 are refused`() {
    let bytes = Array("GET /".utf8) + [0xC0, 0xAF] + Array(" HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
    guard case .rejected(let rejection) = steps(bytes).last else { return #expect(Bool(false)) }
    #expect(rejection.status == 400)
  }

  @Test(arguments: [
    "Host : h\r\n", "Host: h\r\nHost: h\r\n", "", ": x\r\nHost: h\r\n", "Host: h\r\nA\r\n",
    "Host: h\r\nA: b\r\n folded\r\n", "Host: h\r\n\tA: b\r\n", "Host: h\r\nA: b\0c\r\n",
    "Host: h\r\nA: b\rc\r\n",
    "Host: h\r\nA: b\nB: c\r\n", "Host: h\r\nA\u{E9}: b\r\n", "Host: h\r\nA: \u{7F}\r\n",
    "Host: a b\r\n",
    "Host: a/b\r\n", "Host: u@h\r\n", "Host: h\r\nContent-Length: \r\n",
    "Host: h\r\nContent-Length: -1\r\n",
    "Host: h\r\nContent-Length: +1\r\n", "Host: h\r\nContent-Length: 0x1\r\n",
    "Host: h\r\nContent-Length: 1, 1\r\n",
    "Host: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
    "Host: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
    "Host: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
    "Host: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n",
    "Host: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
  ])
  func `bad headers are refused`(headers: String) {
    #expect(refusal("POST / HTTP/1.1\r\n\(headers)\r\n") == 400)
  }

  @Test func `chunked in HTTP 1.0 is refused`() {
    #expect(refusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400)
  }

  @Test(arguments: [
    "x\r\n", "\r\n", "-1\r\n", "0x1\r\na\r\n", "1 a\r\na\r\n", " 1\r\na\r\n", "1\na\r\n",
    "1\r\nab\r\n", "1\r\na\n",
    "1;\0\r\na\r\n", "1\r\na\r\n0\r\nbad trailer\r\n\r\n", "0\r\n folded: x\r\n\r\n", "1\r\na\r\nx",
    "1;\(String(repeating: "e", count: 1_100))\r\n",
  ])
  func `bad chunks are refused`(chunks: String) {
    let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(refusal(head + chunks + "\r\n") == 400)
  }

  @Test(arguments: [
    ("Transfer-Encoding: gzip, chunked", 501), ("Transfer-Encoding: identity", 501),
    ("Expect: cake", 417),
  ])
  func `what is unknown has a status of its own`(header: String, status: Int) {
    #expect(refusal("POST / HTTP/1.1\r\nHost: h\r\n\(header)\r\n\r\n") == status)
  }

  @Test(arguments: ["HTTP/2.0", "HTTP/0.9", "HTTP/3.0"])
  func `other versions are refused`(version: String) {
    #expect(refusal("GET / \(version)\r\nHost: h\r\n\r\n") == 505)
    #expect(refusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505)
  }

  @Test func `sizes are bounded`() {
    let end = " HTTP/1.1\r\nHost: h\r\n"
    let long = { (count: Int) in String(repeating: "a", count: count) }
    #expect(refusal("GET /\(long(81_919))\(end)\r\n") == nil)
    #expect(refusal("GET /\(long(81_920))\(end)\r\n") == 414)
    #expect(refusal("GET /\(long(90_000))") == 414)
    #expect(refusal(long(90_000)) == 414)
    #expect(refusal("GET /\(end)A: \(long(114_600))\r\n\r\n") == nil)
    #expect(refusal("GET /\(end)A: \(long(114_700))") == 431)
    let many = (1...99).map { "A\($0): b\r\n" }.joined()
    #expect(refusal("GET /\(end)\(many)\r\n") == nil)
    #expect(refusal("GET /\(end)\(many)B: c\r\n\r\n") == 431)
  }

  @Test func `bodies are bounded, counted or chunked`() {
    let post = "POST / HTTP/1.1\r\nHost: h\r\n"
    var limits = RequestLimits()
    limits.body = 10
    #expect(refusal(post + "Content-Length: 10\r\n\r\n", limits: limits) == nil)
    #expect(refusal(post + "Content-Length: 11\r\n\r\n", limits: limits) == 413)
    let huge = String(repeating: "9", count: 500)
    #expect(refusal(post + "Content-Length: \(huge)\r\n\r\n") == 413)
    let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
    #expect(refusal(chunked + "a\r\n0123456789\r\n0\r\n\r\n", limits: limits) == nil)
    #expect(refusal(chunked + "9\r\n012345678\r\n2\r\n", limits: limits) == 413)
    #expect(refusal(chunked + String(repeating: "F", count: 500) + "\r\n") == 413)
    #expect(refusal(chunked + "1;" + String(repeating: "F", count: 5_000)) == 400)
    #expect(refusal(chunked + "0\r\n" + String(repeating: "t: u\r\n", count: 101)) == 431)
  }
}
