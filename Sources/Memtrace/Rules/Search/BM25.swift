// The formula that scores a term, and what is fixed when an index is built.

import Glibc

enum BM25 {
  /// Fixed when an index is built, for its blocks' bounds depend on it.
  static let b = 0.75

  /// k1: how slowly a frequency saturates. A word said twice in a chat turn says little more than one said once; in
  /// records of hundreds of words it does.
  /// - Parameter meanLength: of all records, in terms.
  static func saturation(meanLength: Double) -> Double { min(2, max(0.5, meanLength / 25)) }

  /// ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.
  static func idf(documents: Int, with count: Int) -> Double {
    let (n, df) = (Double(documents), Double(min(count, documents)))
    return log(1 + (n - df + 0.5) / (df + 0.5))
  }
}

/// What a document's length adds to a frequency under the fraction: k1 (1 - b + b length / mean), times a scale.
struct LengthNorm {
  let mean: Double
  let k1: Double
  private let gain: Double
  private let constant: Double
  private let factor: Double

  /// - Parameter scale: what a frequency of 1 is counted as.
  init(mean: Double, k1: Double, scale: Double = 1) {
    self.mean = max(1, mean)
    self.k1 = k1
    gain = k1 + 1
    constant = scale * k1 * (1 - BM25.b)
    factor = scale * k1 * BM25.b / max(1, mean)
  }

  /// The part of a term with weight 1. Frequency and norm may be scaled alike.
  @inline(__always)
  func part(_ frequency: Double, _ norm: Double) -> Double {
    frequency * gain / (frequency + norm)
  }

  @inline(__always)
  subscript(length: Double) -> Double { constant + factor * length }
}

/// The virtual document: what a record's and its neighbours' terms weigh, in 320ths, so that sums are exact.
enum Neighbourhood {
  static let own: Int32 = 320
  /// Of 16, how much a record of so many terms gives to its neighbours: a long one speaks of much that they do not.
  static func share(terms: Int) -> UInt8 {
    let square = max(1, terms * terms)
    return UInt8(min(16, (16 * 16 * 16 + square / 2) / square))
  }
  /// Times the giving record's share. By distance in the session: of the record before, the second and the third before.
  static let before: (Int32, Int32, Int32) = (10, 4, 1)
  /// Of the record after, and the second after.
  static let after: (Int32, Int32) = (4, 2)
  /// One occurrence of a term in a record's text.
  static let occurrence: Int32 = 20
  /// One occurrence in its agent's name.
  static let agentName: Int32 = 6
  /// A virtual frequency counts so many parts.
  static let unit = 6_400.0
}
