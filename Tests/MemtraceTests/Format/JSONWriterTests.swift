// The writer puts commas and escapes where they belong.
import Testing

@testable import Memtrace

struct JSONWriterTests {
  @Test func `commas come by themselves`() {
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("a")
      writer.integer(-3)
      writer.key("b")
      writer.array { writer in
        writer.bool(true)
        writer.null()
        writer.object { _ in }
        writer.array { _ in }
        writer.double(0.1)
        writer.double(1)
        writer.raw(RawJSON(["x": 1]))
      }
      writer.key("c")
      writer.string("")
      writer.key("d")
      writer.value(["y": [1, "z"]])
    }
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == #"{"a":-3,"b":[true,null,{},[],0.1,1.0,{"x":1}],"c":"","d":{"y":[1,"z"]}}"#)
  }

  @Test func `only what JSON demands is escaped`() {
    var writer = JSONWriter()
    writer.string("\u{0}\u{8}\t\n\u{B}\u{C}\r\u{1F} \"\\/\u{7F}é\u{2028}😀")
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == #""\u0000\b\t\n\u000b\f\r\u001f \"\\/"# + "\u{7F}é\u{2028}😀\"")
  }

  @Test func `an escape is found at every place of a word`() {
    for length in 0..<40 {
      for at in 0..<length {
        var text = [UInt8](repeating: 0x61, count: length)
        text[at] = 0x22
        let string = String(decoding: text, as: UTF8.self)
        #expect(JSON.string(string).bytes.count == length + 3)
        #expect(try! JSON(parsing: JSON.string(string).bytes) == .string(string))
      }
    }
  }

  @Test(arguments: [
    0, 1, 0.5, 0.1, 0.07, 0.55, 0.125, 1.0 / 3, .leastNonzeroMagnitude, 1e22, 1e-7,
    .greatestFiniteMagnitude, -0.0, -1.5,
  ])
  func `a double comes back bit by bit`(_ value: Double) throws {
    var writer = JSONWriter()
    writer.double(value)
    let back = try #require(try JSON(parsing: writer.bytes).double)
    #expect(back.bitPattern == value.bitPattern)
  }

  @Test func `hundredths are written as Swift writes them`() {
    for count in 0...200 {
      for value in [Double(count) / 100, (Double(count) / 100).nextUp, -Double(count) / 100] {
        var writer = JSONWriter()
        writer.double(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == value.description)
      }
    }
  }

  @Test func `what no number can say is null`() {
    var writer = JSONWriter()
    writer.array { writer in
      writer.double(.infinity)
      writer.double(.nan)
    }
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "[null,null]")
  }
}
