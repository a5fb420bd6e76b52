// One term's weight in each virtual document of a block.

/// Spreads own weights over the neighbours, in four hundredths of an occurrence. Sums of integers, so their order
/// is no matter.
struct VirtualWeights {
  private(set) var weights: [UInt32]
  private(set) var touched: [Int] = []

  init(count: Int) {
    weights = Array(repeating: 0, count: count)
    touched.reserveCapacity(count)
  }

  /// For documents that stand side by side.
  @inline(__always)
  mutating func add(_ weight: UInt32, at local: Int, edges: UInt8) {
    add(weight, edges: edges) { local + $0 }
  }

  /// - Parameters:
  ///   - edges: as in `IndexPart.edges`.
  ///   - place: where the document lies that stands so many before or after this one.
  @inline(__always)
  mutating func add(_ weight: UInt32, edges: UInt8, at place: (_ distance: Int) -> Int) {
    put(weight * Neighbourhood.own, place(0))
    // For those after this one, it is the record before.
    let after = edges >> 2
    if after > 0 { put(weight * Neighbourhood.before.0, place(1)) }
    if after > 1 { put(weight * Neighbourhood.before.1, place(2)) }
    if after > 2 { put(weight * Neighbourhood.before.2, place(3)) }
    let before = edges & 3
    if before > 0 { put(weight * Neighbourhood.after.0, place(-1)) }
    if before > 1 { put(weight * Neighbourhood.after.1, place(-2)) }
  }

  @inline(__always)
  private mutating func put(_ weight: UInt32, _ local: Int) {
    if weights[local] == 0 { touched.append(local) }
    weights[local] &+= weight
  }

  mutating func clear() {
    for local in touched { weights[local] = 0 }
    touched.removeAll(keepingCapacity: true)
  }
}
