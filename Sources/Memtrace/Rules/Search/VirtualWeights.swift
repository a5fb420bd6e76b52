// One term's weight in each virtual document of a block.

/// Spreads own weights over the neighbours, in 6,400ths of an occurrence. Sums of integers, so their order
/// is no matter. Scratch memory of one query or one build, without checks: places are below `count`.
final class VirtualWeights {
  let weights: UnsafeMutablePointer<Int32>
  /// Places whose weight is not 0, each once.
  private let touchedPlaces: UnsafeMutablePointer<Int32>
  private var touchedCount = 0

  init(count: Int) {
    weights = .allocate(capacity: max(1, count))
    weights.initialize(repeating: 0, count: max(1, count))
    touchedPlaces = .allocate(capacity: count + 1)
    touchedPlaces.initialize(repeating: 0, count: count + 1)
  }

  deinit {
    weights.deallocate()
    touchedPlaces.deallocate()
  }

  @inline(__always)
  var touched: UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: touchedPlaces, count: touchedCount)
  }

  /// For documents that stand side by side. A weight is above 0.
  @inline(__always)
  func add(_ weight: Int32, at local: Int, edges: UInt8, share: UInt8) {
    add(weight, edges: edges, share: share) { local + $0 }
  }

  /// - Parameters:
  ///   - edges: as in `IndexPart.edges`.
  ///   - share: see `Neighbourhood.share`.
  ///   - place: where the document lies that stands so many before or after this one.
  @inline(__always)
  func add(
    _ weight: Int32, edges: UInt8, share: UInt8, at place: (_ distance: Int) -> Int
  ) {
    put(weight * Neighbourhood.own, place(0))
    guard share > 0 else { return }
    let weight = weight * Int32(share)
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
  private func put(_ weight: Int32, _ local: Int) {
    let old = weights[local]
    touchedPlaces[touchedCount] = Int32(truncatingIfNeeded: local)
    touchedCount &+= old == 0 ? 1 : 0
    weights[local] = old &+ weight
  }

  @inline(__always)
  func clear() {
    for i in 0..<touchedCount { weights[Int(touchedPlaces[i])] = 0 }
    touchedCount = 0
  }
}
