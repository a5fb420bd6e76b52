// What the decoder reads out of good requests.

import Testing

@testable import MemtraceHTTP

struct DecoderTests {
  @Test func `a request line and headers are read`() throws {
    let request = try #require(
      requests("GET /api/v1/memories?limit=5 HTTP/1.1\r\nHost: a:1\r\nX-API-Key:  mtk_x \r\n\r\n")
        .first)
    #expect(request.method == "GET")
    #expect(request.path == ["api", "v1", "memories"])
    #expect(request.rawPath == "/api/v1/memories")
    #expect(request.query == [.init(name: "limit", value: "5")])
    #expect(request.header("x-api-key") == "mtk_x")
    #expect(request.header("x-api") == nil)
    #expect(request.authority == "a:1")
    #expect(request.body.isEmpty)
  }

  @Test(arguments: [
    ("/", []), ("/a", ["a"]), ("/a/", ["a", ""]), ("/a//b", ["a", "", "b"]),
    ("/a%2Fb/c", ["a/b", "c"]),
    ("/..%2f", ["../"]), ("/a+b", ["a+b"]), ("/%C3%A9", ["é"]), ("/é", ["é"]),
    ("http://h:80/a?b", ["a"]), ("http://h", []), ("HTTPS://h?q=1", []),
  ])
  func `a path is split before it is decoded`(target: String, path: [String]) {
    #expect(requests("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n").first?.path == path)
  }

  @Test func `a query is decoded, and plus is a space`() {
    let request = requests("GET /?a=b+c%2B&&d&=e&f=g=h&%61=%E2%82%AC HTTP/1.1\r\nHost:\r\n\r\n")
      .first
    let items = request?.query.map { "\($0.name)|\($0.value)" }
    #expect(items == ["a|b c+", "d|", "|e", "f|g=h", "a|€"])
    #expect(request?.queryValue("a") == "b c+")
  }

  @Test func `the authority of an absolute target wins over Host`() {
    let request = requests("GET http://evil:9/ HTTP/1.1\r\nHost: localhost\r\n\r\n").first
    #expect(request?.authority == "evil:9")
  }

  @Test(arguments: [
    ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
    ("HTTP/1.1", "Connection: x , CLOSE\r\n", false), ("HTTP/1.0", "", false),
    ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
    ("HTTP/1.1", "Connection: close\r\nConnection: keep-alive\r\n", false), ("HTTP/1.7", "", true),
  ])
  func `a connection stays open as the version and the client have it`(
    version: String, header: String, stays: Bool
  ) {
    #expect(requests("GET / \(version)\r\nHost: h\r\n\(header)\r\n").first?.keepAlive == stays)
  }

  @Test func `a counted body ends where it says`() {
    let found = requests(
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloPUT /b HTTP/1.1\r\nHost: h\r\n"
        + "Content-Length: 0\r\n\r\nGET /c HTTP/1.0\r\n\r\n")
    #expect(found.map(\.path) == [["a"], ["b"], ["c"]])
    #expect(found.first?.body == Array("hello".utf8))
  }

  @Test func `chunks are joined, extensions and trailers dropped`() {
    let found = requests(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n"
        + "00B ;x\r\n, wonderful\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n\r\nGET /n HTTP/1.1\r\nHost: h\r\n\r\n"
    )
    #expect(found.count == 2)
    #expect(found.first.map { String(decoding: $0.body, as: UTF8.self) } == "hello, wonderful")
    #expect(found.last?.path == ["n"])
  }

  @Test func `one empty line before a request is skipped`() {
    #expect(requests("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n").count == 1)
    #expect(refusal("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n") == 400)
  }

  @Test func `every method token is passed on, and OPTIONS may ask for everything`() {
    #expect(requests("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").first?.path == ["*"])
    #expect(requests("head / HTTP/1.1\r\nHost: h\r\n\r\n").first?.method == "head")
    #expect(refusal("GET * HTTP/1.1\r\nHost: h\r\n\r\n") == 400)
  }

  @Test func `100 Continue is due once, and only while the body is awaited`() {
    var decoder = RequestDecoder()
    let head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r"
    let due = [head, "\n", "", "ok", head + "\no"].map { feed($0, &decoder) }
    #expect(due.map(\.isDue) == [false, true, false, false, false])
    #expect(due.map { $0.step == .incomplete } == [true, true, true, false, true])
  }

  private func feed(_ text: String, _ decoder: inout RequestDecoder) -> (
    step: RequestDecoder.Step, isDue: Bool
  ) {
    Array(text.utf8).withUnsafeBytes { decoder.feed($0) }
    let step = decoder.next()
    return (step, decoder.takeContinue())
  }

  @Test func `the stage tells which time-out applies`() {
    var decoder = RequestDecoder()
    _ = feed("", &decoder)
    #expect(decoder.stage == .idle)
    _ = feed("P", &decoder)
    #expect(decoder.stage == .head)
    _ = feed("OST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n", &decoder)
    #expect(decoder.stage == .body)
    _ = feed("ok", &decoder)
    #expect(decoder.stage == .idle)
  }
}
