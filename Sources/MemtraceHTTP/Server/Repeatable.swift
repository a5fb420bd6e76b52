// An answer that may be given again without being made again: clients that poll ask the same, byte for byte.

/// What one connection asked last, and the answer to it.
struct Repeatable {
  /// Larger ones are not kept: thousands of idle connections hold one each.
  private static let largestHead = 2_048
  private static let largestBody = 4_096

  let head: [UInt8]
  let response: Response
  let underway: Connection.Underway

  /// Nil for an answer that is for once only.
  init?(_ request: Request, _ response: Response, _ underway: Connection.Underway) {
    guard response.version != nil, response.rest == nil, response.body.count <= Self.largestBody,
      request.head.count <= Self.largestHead, request.isHeadAlone, underway.persistence == .implied
    else { return nil }
    head = request.head
    self.response = response
    self.underway = underway
  }
}
