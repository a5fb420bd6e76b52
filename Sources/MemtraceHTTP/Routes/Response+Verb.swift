// What a verb came to, as a response: the one table from kinds of error to statuses.

import Memtrace

extension MemtraceError.Kind {
  var httpStatus: Int {
    switch self {
    case .usage, .invalid: 400
    case .unauthorized: 401
    case .forbidden: 403
    case .notFound: 404
    case .conflict: 409
    case .internal, .corrupt: 500
    case .remote: 502
    case .busy: 503
    case .full: 507
    }
  }
}

extension Response {
  init(_ result: Result<any Answer, any Error>, for route: Route) {
    switch result {
    case .success(let answer):
      if route.operation.status == 204 {
        self.init(status: 204)
      } else if let list = answer as? any ListAnswer {
        self.init(status: route.operation.status, of: list)
      } else {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1_024)
        var json = JSONWriter(appendingTo: consume bytes)
        answer.write(to: &json)
        let good = answer.isUpdate ? 200 : route.operation.status
        self.init(status: answer.failure?.httpStatus ?? good, body: json.bytes)
      }
    case .failure(let refusal as Refusal): self = refusal.response
    case .failure(let error as MemtraceError): self.init(error)
    case .failure: self.init(MemtraceError(.internal, "internal error"))
    }
    self.route = route.operation.pattern
  }

  init(_ error: MemtraceError) {
    let error = error.namingRoute
    self.init(
      status: error.kind.httpStatus, body: error.json.bytes,
      headers: error.kind == .busy ? [("Retry-After", "1")] : [])
  }
}
