// How the tests feed the decoder.

@testable import MemtraceHTTP

/// The steps that a stream gives when it comes in pieces; the last is `.incomplete` or a rejection.
func steps(
  _ pieces: [ArraySlice<UInt8>], limits: RequestLimits = RequestLimits()
) -> [RequestDecoder.Step] {
  var decoder = RequestDecoder(limits: limits)
  var steps: [RequestDecoder.Step] = []
  for piece in pieces {
    piece.withUnsafeBytes { decoder.feed($0) }
    loop: while true {
      let step = decoder.next()
      switch step {
      case .incomplete: break loop
      case .rejected: return steps + [step]
      case .request: steps.append(step)
      }
    }
  }
  return steps + [.incomplete]
}

func steps(_ bytes: [UInt8], limits: RequestLimits = RequestLimits()) -> [RequestDecoder.Step] {
  steps([bytes[...]], limits: limits)
}

func requests(_ text: String) -> [Request] {
  steps(Array(text.utf8)).compactMap {
    if case .request(let request) = $0 { request } else { nil }
  }
}

/// The status of a refusal; nil if there was none.
func refusal(_ text: String, limits: RequestLimits = RequestLimits()) -> Int? {
  if case .rejected(let rejection) = steps(Array(text.utf8), limits: limits).last {
    rejection.status
  } else {
    nil
  }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
