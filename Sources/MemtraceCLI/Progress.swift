// Progress of the one call that this process performs: a bar for each label, one at a time.

import Synchronization

/// Shows the bar of whatever is being done now.
final class Progress: Sendable {
  private let screen: Screen
  private let current = Mutex<(label: String, bar: ProgressBar)?>(nil)

  init(screen: Screen) {
    self.screen = screen
  }

  func update(_ label: String, done: Int, total: Int?) {
    let bar = current.withLock { current in
      if let current, current.label == label { return current.bar }
      current?.bar.clear()
      let bar = ProgressBar(label: label, screen: screen)
      current = (label, bar)
      return bar
    }
    bar.update(done: done, total: total)
  }

  func clear() {
    current.withLock { $0?.bar.clear() }
  }
}
