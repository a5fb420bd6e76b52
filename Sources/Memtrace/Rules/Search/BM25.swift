// The formula that scores a term, and what is fixed when an index is built.

import Glibc

/// What is fixed when an index is built, for its blocks' bounds depend on it.
enum BM25 {
  static let k1 = 0.7
  static let b = 0.75

  /// ln(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.
  static func idf(documents: Int, with count: Int) -> Double {
    let (n, df) = (Double(documents), Double(min(count, documents)))
    return log(1 + (n - df + 0.5) / (df + 0.5))
  }

  /// The part of a term with weight 1. Frequency and norm may be scaled alike.
  @inline(__always)
  static func part(_ frequency: Double, _ norm: Double) -> Double {
    frequency * (k1 + 1) / (frequency + norm)
  }
}

/// What a document's length adds to a frequency under the fraction: k1 (1 - b + b length / mean), times a scale.
struct LengthNorm {
  let mean: Double
  private let constant: Double
  private let factor: Double

  /// - Parameter scale: what a frequency of 1 is counted as.
  init(mean: Double, scale: Double = 1) {
    self.mean = max(1, mean)
    constant = scale * BM25.k1 * (1 - BM25.b)
    factor = scale * BM25.k1 * BM25.b / max(1, mean)
  }

  @inline(__always)
  subscript(length: Double) -> Double { constant + factor * length }
}

/// The virtual document: what a record's and its neighbours' terms weigh, in twentieths, so that sums are exact.
enum Neighbourhood {
  static let own: Int32 = 20
  /// By distance in the session: of the record before, the second and the third before.
  static let before: (Int32, Int32, Int32) = (10, 4, 1)
  /// Of the record after, and the second after.
  static let after: (Int32, Int32) = (4, 2)
  /// One occurrence of a term in a record's text.
  static let occurrence: Int32 = 20
  /// One occurrence in its agent's name.
  static let agentName: Int32 = 6
  /// A virtual frequency counts four hundredths.
  static let unit = 400.0
}
