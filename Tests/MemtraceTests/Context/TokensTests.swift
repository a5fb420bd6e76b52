// The estimate beside the counts of public vocabularies.

import Testing

@testable import Memtrace

@Suite struct TokensTests {
  @Test func `nothing is no token`() {
    #expect(Tokens.estimate("") == 0)
  }

  /// The larger count of `cl100k_base` and `o200k_base`, from PyPI's `bpe-openai`.
  @Test(arguments: [
    ("客户反映网络速度很慢，路由器需要更新固件。", 23), ("고객이 인터넷 속도가 느리다고 말했습니다.", 24),
    ("お客様はインターネットの速度が遅いと報告しています。", 24),
    ("Клиент сообщает о низкой скорости интернета.", 18), ("العميل يشتكي من بطء الإنترنت", 21),
    ("👍🎉😀🚒🧑‍🚀❤️", 22),
    ("QmFzZTY0IGlzIG5vdCBlbmNyeXB0aW9uLCBidXQgaXQgbG9va3MgbGlrZSBpdA==", 44),
    ("8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab91", 29),
    ("(mem_01KAPQ3X5M7R2Z8V4N6T0BJC9D) (dec_01KAPQ4Y6N8S3A9W5P7V1CKDAE)", 52),
    ("314159265358979323846264338327950288", 12),
    ("let total = items.reduce(0) { $0 + $1.count } // sum", 18),
    ("\t\t\t\n\n    \n  \t x", 4), (String(repeating: "a", count: 48), 6),
    (String(repeating: "]", count: 20) + String(repeating: "}", count: 18), 19),
    ("Nguyễn Văn Hùng, Trần Thị Mỹ Duyên, Lê Hoàng Phước, Đỗ Thị Thuỳ Dương", 39),
    ("Łukasz Żółć, Małgorzata Wiśniewska, Grzegorz Brzęczyszczykiewicz", 34),
    ("MAŁGORZATA WIŚNIEWSKA, TRẦN THỊ MỸ DUYÊN, JIŘÍ RŮŽIČKA", 43),
    ("Khách hàng báo mạng chậm, bộ định tuyến cần cập nhật phần mềm.", 32),
    ("Ο ΠΕΛΆΤΗΣ ΑΝΑΦΈΡΕΙ ΑΡΓΌ ΔΙΑΔΊΚΤΥΟ", 57),
    ("KUNDIN MELDET LANGSAMES INTERNET, ROUTER BRAUCHT NEUE FIRMWARE", 21),
    ("  54598   34210   25392   26109   84307   10293", 24),
    (
      "CUSTOMER CONTEXT\nOPEN\n  2026-11-05 20:22 retention_bot: call back\nTIMELINE\n  2026-11-05",
      37
    ),
    ("\t\tcustomer\n\t\treports\n\t\tslow\n\t\tspeeds", 15),
    ("~~~~~~~~~~~~~ ++++++++++++++ %%%%%%%%%%%% &&&&&&&", 14),
    ("Ryan, Gallagher and Fitzpatrick; Vasquez-Kowalczyk Inc; O'Connell Ltd", 20),
    ("qzjxkv wpfhtr mlbcdg xkqjwz", 17), ("XQZJ KVWPF HTRML BCDGX", 13),
  ])
  func `no kind of text is counted at less than nine tenths`(text: String, count: Int) {
    #expect(Double(Tokens.estimate(text)) >= 0.9 * Double(count))
  }

  @Test(arguments: [(false, 85), (true, 133)])
  func `English is within a tenth of the count`(inCapitals: Bool, count: Int) {
    let text = """
      Customer reports slow internet speeds. Diagnosed: router needs firmware update. Router on old \
      firmware version 2.1, update to 2.4 should resolve speed issues. Customer mentions TV buffering. \
      Likely related to internet issues from earlier today. Customer asking about HBO charge they \
      don't recognize. Transfer to billing department. HBO charge inquiry requires billing agent \
      expertise. Customer prefers email communication over phone. Customer satisfied with resolution.
      """
    #expect(
      abs(Double(Tokens.estimate(inCapitals ? text.uppercased() : text)) / Double(count) - 1) < 0.1)
  }

  @Test func `bytes that are no UTF-8 are counted too`() {
    #expect(Tokens.estimate([0xFF, 0xC3, 0x80, 0xE2, 0x82]) >= 4)
  }
}
