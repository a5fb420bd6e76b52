// Coverage-guided fuzzing of the request decoder: built by Tests/Fuzz/run, with the decoder's own sources.

/// What must hold for any bytes: nothing traps, the same bytes mean the same in pieces, and what comes out keeps to
/// the limits and holds no byte that could split a header or a path.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  // The first byte says where the stream is cut, so that a finding can be replayed.
  guard let cut = bytes.first.map(Int.init) else { return 0 }
  let stream = bytes.dropFirst()
  let whole = steps([stream])
  let pieces = stride(from: stream.startIndex, to: stream.endIndex, by: max(1, cut)).map {
    stream[$0..<min($0 + max(1, cut), stream.endIndex)]
  }
  precondition(steps(pieces) == whole, "it means something else in pieces")
  for case .request(let request) in whole { check(request) }
  return 0
}

private let limits: RequestLimits = {
  var limits = RequestLimits()
  limits.target = 64
  limits.head = 256
  limits.fields = 8
  limits.body = 128
  return limits
}()

private func steps(_ pieces: [ArraySlice<UInt8>]) -> [RequestDecoder.Step] {
  var decoder = RequestDecoder(limits: limits)
  var steps: [RequestDecoder.Step] = []
  for piece in pieces {
    piece.withUnsafeBytes { decoder.feed($0) }
    loop: while true {
      let step = decoder.next()
      switch step {
      case .incomplete: break loop
      case .rejected(let rejection):
        precondition((400...599).contains(rejection.status), "a refusal has an error's status")
        precondition(decoder.next() == step, "a refusal is final")
        return steps + [step]
      case .request: steps.append(step)
      }
    }
  }
  return steps + [.incomplete]
}

private func check(_ request: Request) {
  precondition(request.body.count <= limits.body, "a body past its limit")
  precondition(request.rawPath.utf8.count <= limits.target, "a target past its limit")
  precondition(!request.method.isEmpty && request.method.utf8.allSatisfy { $0 > 32 && $0 < 127 })
  precondition(request.rawPath.utf8.allSatisfy { $0 > 32 && $0 != 127 }, "a control in the path")
  for segment in request.path { precondition(!segment.utf8.contains(0), "a NUL in the path") }
  for name in ["host", "content-length", "transfer-encoding", "x-api-key", "a"] {
    guard let value = request.header(name) else { continue }
    precondition(!value.utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 }, "a header was split")
  }
  precondition(
    request.header("content-length") == nil || request.header("transfer-encoding") == nil,
    "two framings at once")
}
