// Memory of many megabytes, for which the system is asked for large pages.

internal import Glibc

/// Pages of 2 MB for memory of many megabytes, where the system gives them when asked: a fault for each 4 KB costs more than
/// what is read into it.
package enum LargePages {
  package static func ask(at start: UnsafeMutableRawPointer, _ count: Int) {
    let page: UInt = 2 << 20
    let first = (UInt(bitPattern: start) + page - 1) / page * page
    let end = (UInt(bitPattern: start) + UInt(count)) / page * page
    guard first + 2 * page <= end else { return }
    madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), MADV_HUGEPAGE)
  }
}
