// What came of a step that puts things in order.

internal import Git

/// Never thrown: no such step may stand before the step that keeps a promise.
enum Step {
  case nothing
  case done
  /// Why not, and what to do about it: the records wait.
  case failed(MemtraceError)

  /// - Parameter body: says whether there was something to do.
  init(_ body: () throws -> Bool) {
    do {
      self = try translating(body) ? .done : .nothing
    } catch let error as MemtraceError {
      self = .failed(error)
    } catch {
      self = .failed(MemtraceError(.internal, "\(error)"))
    }
  }
}
