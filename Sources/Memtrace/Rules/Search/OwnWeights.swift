// One term's weight in each record of a block, and what the virtual documents get of it.

/// The other way round than `VirtualWeights`: a document collects from its neighbours, which pays where few of a
/// block's documents matter. The same sums.
final class OwnWeights {
  /// Three places before the first document and after the last stay 0.
  private let weights: Scratch<Int32>
  private let touched: Scratch<Int32>
  private var touchedCount = 0

  init(count: Int) {
    weights = Scratch(count: count + 6)
    touched = Scratch(count: count)
  }

  var isEmpty: Bool { touchedCount == 0 }

  @inline(__always)
  func set(_ weight: Int32, at local: Int) {
    weights[local &+ 3] = weight
    touched[touchedCount] = Int32(truncatingIfNeeded: local &+ 3)
    touchedCount &+= 1
  }

  @inline(__always)
  subscript(local: Int) -> Int32 { weights[local &+ 3] }

  /// In 6,400ths of an occurrence.
  /// - Parameter shares: of the record and, beside it in memory, of its neighbours.
  @inline(__always)
  func virtual(_ local: Int, edges: UInt8, _ shares: UnsafePointer<UInt8>) -> Int32 {
    let at = weights.start + (local &+ 3)
    var sum = at[0] &* Neighbourhood.own
    let before = edges & 3
    if before > 0 { sum &+= at[-1] &* Int32(shares[-1]) &* Neighbourhood.before.0 }
    if before > 1 { sum &+= at[-2] &* Int32(shares[-2]) &* Neighbourhood.before.1 }
    if before > 2 { sum &+= at[-3] &* Int32(shares[-3]) &* Neighbourhood.before.2 }
    let after = edges >> 2
    if after > 0 { sum &+= at[1] &* Int32(shares[1]) &* Neighbourhood.after.0 }
    if after > 1 { sum &+= at[2] &* Int32(shares[2]) &* Neighbourhood.after.1 }
    return sum
  }

  @inline(__always)
  func clear() {
    for i in 0..<touchedCount { weights[Int(touched[i])] = 0 }
    touchedCount = 0
  }
}
