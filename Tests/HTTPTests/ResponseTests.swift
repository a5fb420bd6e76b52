// How answers look on the wire, and how addresses are read.

import Testing

@testable import MemtraceHTTP

struct ResponseTests {
  private func text(
    _ response: Response, isHead: Bool = false, persistence: Response.Persistence = .implied
  ) -> String {
    var bytes: [UInt8] = []
    response.append(to: &bytes, date: Array("D".utf8), isHead: isHead, persistence: persistence)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `head and body make one text`() {
    let response = Response(status: 201, body: Array("{}".utf8), headers: [("X-A", "b")])
    #expect(
      text(response)
        == "HTTP/1.1 201 Created\r\nDate: D\r\nContent-Type: application/json\r\nContent-Length: 2\r\nX-A: b\r\n\r\n{}"
    )
    #expect(text(response, isHead: true).hasSuffix("Content-Length: 2\r\nX-A: b\r\n\r\n"))
    #expect(text(response, persistence: .close).contains("\r\nConnection: close\r\n\r\n{}"))
  }

  @Test func `204 has neither length nor body`() {
    #expect(text(Response(status: 204)) == "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n")
  }

  @Test func `a value cannot begin a header of its own`() {
    let response = Response(status: 200, headers: [("X", "a\r\nSet-Cookie: b")])
    #expect(text(response).contains("X: a  Set-Cookie: b\r\n"))
  }

  @Test func `an error is JSON with its hint`() {
    let error = Response.error(400, "bad \"q\" \\ \n é", hint: "try")
    #expect(
      String(decoding: error.body, as: UTF8.self)
        == #"{"error":"bad \"q\" \\ \n é","hint":"try"}"#)
  }

  @Test func `a date is written as RFC 9110 has it`() {
    #expect(DateHeader.format(784_111_777) == Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8))
  }

  @Test(arguments: [
    ("127.0.0.1:9100", "127.0.0.1:9100"), ("[::1]:0", "[::1]:0"), ("localhost:80", "127.0.0.1:80"),
    ("unix:/tmp/a b", "unix:/tmp/a b"),
  ])
  func `addresses are read`(text: String, address: String) {
    #expect(ListenAddress(text)?.description == address)
  }

  @Test(arguments: [
    "", ":80", "127.0.0.1", "::1:80", "[127.0.0.1]:80", "example.org:80", "1.2.3.4:65536", "unix:",
  ])
  func `other addresses are not`(text: String) {
    #expect(ListenAddress(text) == nil)
  }
}
