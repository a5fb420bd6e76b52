// A bar for long work, seen by a person only.

import Glibc
import Synchronization

/// One line on standard error while work goes on. Writes nothing where that is no terminal.
final class ProgressBar: Sendable {
  private let label: String
  private let screen: Screen
  private let output: Output
  private let start = ContinuousClock.now
  /// When the line was drawn last; nil where there is none to clear.
  private let drawn = Mutex<ContinuousClock.Instant?>(nil)

  private let delay: Duration

  /// Between two drawings.
  private static let interval = Duration.milliseconds(100)

  /// Work that is done within `delay` shows no bar.
  init(
    label: String, screen: Screen, output: Output = .error, delay: Duration = .milliseconds(300)
  ) {
    self.label = label
    self.screen = screen
    self.output = output
    self.delay = delay
  }

  /// May be called as often as there is news, from any thread. `total` is nil where it is not known.
  func update(done: Int, total: Int?) {
    guard screen.isTerminal else { return }
    let now = ContinuousClock.now
    drawn.withLock { last in
      if now - (last ?? start) < (last == nil ? delay : Self.interval) { return }
      last = now
      let line = progressLine(
        label: label, done: done, total: total, elapsed: now - start, width: screen.width)
      show("\r" + line + "\u{1B}[K")
    }
  }

  /// Takes the line away again. More updates may follow.
  func clear() {
    drawn.withLock { last in
      if last != nil { show("\r\u{1B}[K") }
      last = nil
    }
  }

  /// A bar that cannot be drawn must not stop the work.
  private func show(_ text: String) {
    _ = try? output.write(text)
  }
}

/// `importing  [=====>      ]  41 %  41,000 of 100,000  52,000/s`, as much of it as fits the width.
func progressLine(
  label: String, done: Int, total: Int?, elapsed: Duration, width: Int
) -> String {
  let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
  let rate = seconds >= 1 ? Int(Double(done) / seconds) : 0
  let speed = rate > 0 ? "  \(grouped(rate))/s" : ""
  guard let total, total > 0 else {
    return "\(harmlessLine(label))  \(grouped(done))\(speed)".cut(to: width - 1)
  }
  let part = min(1, max(0, Double(done) / Double(total)))
  let percent = "\(Int(part * 100)) %".padded(to: 5, right: true)
  let counts = "\(percent)  \(grouped(done)) of \(grouped(total))\(speed)"
  let room = width - 1 - harmlessLine(label).displayWidth - counts.displayWidth - 6
  guard room >= 10 else { return "\(harmlessLine(label))  \(counts)".cut(to: width - 1) }
  let length = min(room, 40)
  let filled = Int(part * Double(length))
  let head = filled < length && filled > 0 ? ">" : ""
  let bar = String(repeating: "=", count: filled - head.count) + head
  return "\(harmlessLine(label))  [\(bar.padded(to: length))]  \(counts)"
}

/// `1,234,567`
func grouped(_ number: Int) -> String {
  var text = ""
  let digits = String(number.magnitude)
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return number < 0 ? "-" + text : text
}
