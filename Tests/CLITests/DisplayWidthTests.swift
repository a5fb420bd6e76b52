// Columns of text, held against the C library's.

import Glibc
import Testing

@testable import MemtraceCLI

struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("router", 6), ("Grüße", 5), ("Gru\u{308}\u{DF}e", 5), ("日本語", 6), ("한국어", 6),
    ("\u{1112}\u{1161}\u{11AB}", 2), ("ｆｕｌｌ", 8), ("ﾊﾝｶｸ", 4), ("👍", 2), ("👍🏽", 2),
    ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("❤", 1), ("a\u{200D}b", 2), ("नमस्ते", 4), ("สวัสดี", 4),
    ("…", 1), ("␛", 1), ("\u{301}", 0),
  ])
  func `wide characters count two columns and marks none`(text: String, columns: Int) {
    #expect(text.displayWidth == columns)
  }

  /// But for a handful that one Unicode version moved to another category.
  @Test func `every letter and ideograph has the width that the C library gives it`() throws {
    let symbol = try #require(dlsym(nil, "wcwidth"))
    let wcwidth = unsafeBitCast(symbol, to: (@convention(c) (wchar_t) -> Int32).self)
    let utf8 = try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
    let before = uselocale(utf8)
    defer {
      uselocale(before)
      freelocale(utf8)
    }
    var differing: [Unicode.Scalar] = []
    for value in Array(UInt32(0x20)...0x3FFF) + stride(from: 0x4000, to: 0x32000, by: 7) {
      guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic else { continue }
      let expected = wcwidth(wchar_t(value))
      if expected >= 0, String(scalar).displayWidth != Int(expected) { differing.append(scalar) }
    }
    #expect(differing.count < 5, "\(differing.prefix(50))")
  }

  @Test(arguments: [
    ("router", 6, "router"), ("router", 5, "rout…"), ("router", 1, "…"), ("router", 0, ""),
    ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("red LED on", 5, "red…"),
    ("👩‍👩‍👧👩‍👩‍👧", 3, "👩‍👩‍👧…"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
  ])
  func `text is cut between characters`(text: String, width: Int, shown: String) {
    #expect(text.cut(to: width) == shown)
    #expect(text.cut(to: width).displayWidth <= width)
  }

  @Test func `padding goes by columns`() {
    #expect("日本".padded(to: 6) == "日本  ")
    #expect("7".padded(to: 3, right: true) == "  7")
    #expect("long".padded(to: 2) == "long")
  }

  @Test func `words wrap at the width`() {
    #expect(wrapped("one two three", width: 7) == ["one two", "three"])
    #expect(wrapped("incomprehensible to me", width: 5) == ["incomprehensible", "to me"])
    #expect(wrapped(["a", "b c", "d"], width: 5, indent: 2) == ["a b c", "  d"])
    #expect(wrapped("", width: 5) == [])
  }

  @Test(arguments: [
    ("one two three", 7, ["one two", "three"]), ("", 5, []),
    ("see https://example.org/a for it", 10, ["see", "https://ex", "ample.org/", "a for it"]),
    ("客户报告网速很慢。诊断：路由", 8, ["客户报告", "网速很", "慢。诊", "断：路由"]),
    ("id 客户报告网速", 8, ["id 客户", "报告网速"]), ("日本", 1, ["日", "本"]),
  ])
  func `text folds where it must, and writing without spaces anywhere`(
    text: String, width: Int, lines: [String]
  ) {
    #expect(folded(text, width: width) == lines)
  }
}
