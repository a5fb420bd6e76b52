// The estimate beside the counts of public vocabularies.

import Testing

@testable import Memtrace

@Suite struct TokensTests {
  @Test func `nothing is no token`() {
    #expect(Tokens.estimate("") == 0)
  }

  @Test func `bytes that are no UTF-8 are counted too`() {
    #expect(Tokens.estimate([0xFF, 0xC3, 0x80, 0xE2, 0x82]) >= 4)
  }
}
