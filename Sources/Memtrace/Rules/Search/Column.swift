// Fixed numbers in one piece of memory.

/// An immutable array of plain values that is read without checks or counting, and can lie in a file one day.
final class Column<Element: BitwiseCopyable>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    count = elements.count
    start = .allocate(capacity: max(1, count))
    elements.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { start.initialize(from: base, count: count) }
    }
  }

  deinit {
    start.deallocate()
  }

  var bytes: Int { count * MemoryLayout<Element>.stride }

  @inline(__always)
  subscript(i: Int) -> Element { start[i] }

  /// The first place in `range` whose element is not below `value`; the elements ascend.
  @inline(__always)
  func firstIndex(notBelow value: Element, in range: Range<Int>) -> Int where Element: Comparable {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) >> 1
      if start[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
