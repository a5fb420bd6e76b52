// What must hold for any bytes: no crash, and the same steps wherever the stream is cut.

import Testing

@testable import MemtraceHTTP

struct DecoderPropertyTests {
  static let samples = [
    "GET /a%20b/c?d=e+f HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.0\r\n\r\n",
    "\r\nPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbodyDELETE /x HTTP/1.1\r\n"
      + "Host: h\r\nConnection: close\r\n\r\n",
    "PUT /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n"
      + "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET http://a:1/b HTTP/1.1\r\nHost: h\r\nX: \u{E9}\r\n\r\nGET / HTTP/1.1\r\nHost : h\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\n B: 2\r\n\r\n", "GET / HTTP/1.1\nHost: h\n\n",
  ].map { Array($0.utf8) }

  @Test(arguments: samples)
  func `every cut gives the same steps`(sample: [UInt8]) {
    let whole = steps(sample)
    #expect(steps(sample.indices.map { sample[$0...$0] }) == whole)
    for first in sample.indices {
      #expect(steps([sample[..<first], sample[first...]]) == whole)
      for second in stride(from: first, to: sample.count, by: 7) {
        #expect(steps([sample[..<first], sample[first..<second], sample[second...]]) == whole)
      }
    }
  }

  @Test func `limits fall at the same byte however it comes`() {
    var limits = RequestLimits()
    limits.target = 6
    limits.head = 60
    limits.fields = 3
    limits.body = 8
    for length in 0..<300 {
      let pad = String(repeating: "x", count: length)
      for text in [
        "GET /\(pad) HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nA: \(pad)\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(length)\r\n\r\n\(pad)",
      ] {
        let bytes = Array(text.utf8)
        #expect(
          steps(bytes, limits: limits)
            == steps(bytes.indices.map { bytes[$0...$0] }, limits: limits))
      }
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `mutated requests crash nothing and mean the same in pieces`(seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    let tokens = [
      "\r\n", "\n", "\0", " ", ":", "%", "%00", "Content-Length: 1\r\n", "0\r\n", "HTTP/1.1",
      "ffffffffffffffff",
    ]
    .map { Array($0.utf8) }
    for _ in 0..<400 {
      var bytes = Self.samples.randomElement(using: &generator)!
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(contentsOf: tokens.randomElement(using: &generator)!, at: at)
        case 3: bytes.removeSubrange(at..<min(at + 9, bytes.count))
        default: bytes.insert(contentsOf: bytes[at...].prefix(20), at: at)
        }
        if bytes.isEmpty { bytes = [0x47] }
      }
      let whole = steps(bytes)
      #expect(steps(bytes.indices.map { bytes[$0...$0] }) == whole)
      let cut = Int.random(in: 0...bytes.count, using: &generator)
      #expect(steps([bytes[..<cut], bytes[cut...]]) == whole)
    }
  }

  @Test(arguments: 100..<104 as Range<UInt64>)
  func `random bytes crash nothing`(seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    for _ in 0..<500 {
      let count = Int.random(in: 0..<200, using: &generator)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(steps(bytes.indices.map { bytes[$0...$0] }) == steps(bytes))
    }
  }
}
