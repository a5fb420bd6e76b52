// The C library's allocator, told how a process behaves that runs for long and holds much.

internal import CLinux

enum Allocator {
  /// Gives each piece of 256 KB or more pages of its own for good, which go back to the system as soon as it is freed.
  /// Left alone, the allocator puts large pieces between small ones once it has seen a few, and keeps the gaps.
  static func keepLargePiecesApart() {
    _ = clinux_mallopt(CLINUX_M_MMAP_THRESHOLD, 256 << 10)
    // Setting the one stops the other from growing by itself: what a query has freed is kept for the next.
    _ = clinux_mallopt(CLINUX_M_TRIM_THRESHOLD, 4 << 20)
  }

  /// Hands what a large piece of work has freed back to the system.
  static func giveBack() {
    _ = clinux_malloc_trim(0)
  }
}
