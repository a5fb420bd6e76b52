// How many tokens of a language model a text takes, without the model's vocabulary.

public enum Tokens {
  /// An estimate.
  public static func estimate(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { estimate($0) }
  }

  /// The same of UTF-8.
  public static func estimate(_ bytes: some Sequence<UInt8>) -> Int {
    var count = 0
    for _ in bytes { count += 1 }
    return count / 2
  }
}
