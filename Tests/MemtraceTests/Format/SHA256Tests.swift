// SHA-256 and base 32 against their standards.
import Testing

@testable import Memtrace

struct SHA256Tests {
  /// FIPS 180-4 examples, and the million of NIST's long message.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func `published hashes are met`(_ text: String, _ expected: String) {
    #expect(SHA256.hex(text.utf8) == expected)
    #expect(SHA256.hash(text.utf8).count == 32)
  }

  @Test func `pieces hash like the whole`() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for length in 0...bytes.count {
      let whole = SHA256.hash(bytes.prefix(length))
      for cut in stride(from: 0, through: length, by: 29) {
        var hash = SHA256()
        hash.update(bytes[..<cut])
        hash.update(bytes[cut..<length])
        if hash.finalized() != whole { Issue.record("\(length) bytes, cut at \(cut)") }
      }
    }
  }

  /// RFC 4648, section 10, in lower case without padding.
  @Test(arguments: [
    ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"),
    ("fooba", "mzxw6ytb"), ("foobar", "mzxw6ytboi"),
  ])
  func `base 32 is as published`(_ text: String, _ expected: String) {
    #expect(Base32.text(text.utf8) == expected)
  }
}
