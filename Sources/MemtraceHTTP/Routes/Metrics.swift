// Counts of requests by route and status, and their latency, as Prometheus reads them.

import Memtrace
import Synchronization

public final class Metrics: Sendable {
  /// Upper bounds in microseconds.
  private static let bounds = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    5_000_000,
  ]

  private struct Series: Hashable {
    let method: String
    let route: String
    let status: Int
  }

  private struct Counts {
    var requests: [Series: Int] = [:]
    /// One more than bounds, for what is slower than all.
    var buckets = [Int](repeating: 0, count: Metrics.bounds.count + 1)
    var microseconds = 0
  }

  /// What is true at this moment.
  struct State {
    let uptime: Int
    let counters: Counters
    let repositories: [(organisation: String, figures: LiveStore.Figures)]
  }

  private let counts = Mutex(Counts())
  private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]

  /// Counts one answered request.
  func record(_ exchange: Exchange) {
    // A client's own words must not make series without end.
    let method = Self.methods.contains(exchange.method) ? exchange.method : "other"
    let route = exchange.route.isEmpty ? "none" : exchange.route
    let bucket =
      Self.bounds.firstIndex { exchange.microseconds <= $0 } ?? Self.bounds.count
    counts.withLock { counts in
      counts.requests[Series(method: method, route: route, status: exchange.status), default: 0] +=
        1
      counts.buckets[bucket] += 1
      counts.microseconds += exchange.microseconds
    }
  }

  /// The text format of Prometheus, 0.0.4.
  func text(_ state: State) -> String {
    let counts = counts.withLock { $0 }
    var text = ""
    func metric(_ name: String, _ type: String, _ help: String, _ rows: [(String, String)]) {
      text += "# HELP memtrace_\(name) \(help)\n# TYPE memtrace_\(name) \(type)\n"
      for (labels, value) in rows { text += "memtrace_\(name)\(labels) \(value)\n" }
    }
    metric(
      "requests_total", "counter", "Answered requests.",
      counts.requests.map { series, count in
        (
          "{method=\"\(series.method)\",route=\"\(series.route)\",status=\"\(series.status)\"}",
          "\(count)"
        )
      }.sorted { $0.0 < $1.0 })
    var total = 0
    var rows: [(String, String)] = []
    for (bound, count) in zip(Self.bounds, counts.buckets) {
      total += count
      rows.append(("_bucket{le=\"\(Double(bound) / 1_000_000)\"}", "\(total)"))
    }
    total += counts.buckets.last ?? 0
    rows.append(("_bucket{le=\"+Inf\"}", "\(total)"))
    rows.append(("_sum", "\(Double(counts.microseconds) / 1_000_000)"))
    rows.append(("_count", "\(total)"))
    metric(
      "request_duration_seconds", "histogram", "From the last byte of a request to its answer.",
      rows)
    metric("uptime_seconds", "gauge", "Since the start.", [("", "\(state.uptime)")])
    metric("connections", "gauge", "Open connections.", [("", "\(state.counters.open)")])
    metric(
      "connections_refused_total", "counter", "Turned away for want of descriptors.",
      [("", "\(state.counters.refused)")])
    metric(
      "requests_rejected_total", "counter", "Refused by the decoder.",
      [("", "\(state.counters.rejected)")])
    func gauge(_ name: String, _ help: String, _ value: (LiveStore.Figures) -> Int?) {
      let rows = state.repositories.compactMap { repository in
        value(repository.figures).map {
          ("{org=\(Self.quoted(repository.organisation))}", "\($0)")
        }
      }
      if !rows.isEmpty { metric(name, "gauge", help, rows) }
    }
    gauge("memories", "Memories and decisions.") { $0.memories }
    gauge("sessions", "Sessions.") { $0.sessions }
    gauge("agents", "Agents.") { $0.agents }
    gauge("backlog_writes", "Writes that wait for the journal.") { $0.waiting }
    gauge("backlog_records", "Durable records that wait for their commit.") { $0.uncommitted }
    gauge("sync_age_seconds", "Since the last successful sync.") { $0.syncAge }
    gauge("sync_failures", "Syncs that failed since one succeeded.") { $0.syncFailures }
    return text
  }

  /// In quotes. Prometheus escapes as JSON does, as long as there is no control character.
  private static func quoted(_ label: String) -> String {
    let visible = String(label.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })
    return String(decoding: JSON.string(visible).bytes, as: UTF8.self)
  }
}
