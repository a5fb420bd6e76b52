// Fixed numbers in one piece of memory, or in a file that is mapped into it.

/// An immutable array of plain values that is read without checks or counting.
final class Column<Element: BitwiseCopyable>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  let count: Int
  /// What the memory belongs to; nil where it is this column's own.
  private let owner: AnyObject?

  init(_ elements: [Element]) {
    count = elements.count
    owner = nil
    start = .allocate(capacity: max(1, count))
    elements.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { start.initialize(from: base, count: count) }
    }
  }

  /// Values that lie in memory of somebody else, which is never written to and stays as long as its owner.
  init(_ elements: UnsafeBufferPointer<Element>, in owner: AnyObject) {
    count = elements.count
    self.owner = owner
    start = elements.baseAddress.map { UnsafeMutablePointer(mutating: $0) } ?? .nothing()
  }

  deinit {
    if owner == nil { start.deallocate() }
  }

  var bytes: Int { count * MemoryLayout<Element>.stride }

  var buffer: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: start, count: count) }

  @inline(__always)
  subscript(i: Int) -> Element { start[i] }

  /// A piece of it, which keeps the whole alive.
  func slice(_ range: Range<Int>) -> Column {
    Column(UnsafeBufferPointer(rebasing: buffer[range]), in: owner ?? self)
  }

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

extension UnsafeMutablePointer {
  /// For no elements at all: nobody reads it.
  fileprivate static func nothing() -> UnsafeMutablePointer {
    UnsafeMutablePointer(bitPattern: MemoryLayout<Pointee>.alignment)!
  }
}
