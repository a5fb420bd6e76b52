// Memory for the inner loops of one query.

/// Plain values without checks, all 0 at first.
final class Scratch<Element: BitwiseCopyable & Numeric> {
  let start: UnsafeMutablePointer<Element>
  let count: Int

  init(count: Int) {
    self.count = count
    start = .allocate(capacity: max(1, count))
    start.initialize(repeating: 0, count: max(1, count))
  }

  deinit {
    start.deallocate()
  }

  @inline(__always)
  subscript(i: Int) -> Element {
    get { start[i] }
    set { start[i] = newValue }
  }
}
