// SIGTERM and SIGINT as a wakeup.

import Glibc

/// A handler instead of a blocked mask: threads that began earlier would still die of an unmasked signal.
enum StopSignal {
  /// What the handler writes to, which can capture nothing; -1 while no server asked for it.
  nonisolated(unsafe) private static var descriptor: Int32 = -1

  /// The second signal of a kind has its default effect again: it ends the process.
  static func install(_ number: Int32) {
    descriptor = number
    // Whoever started us may have blocked them for itself.
    var both = sigset_t()
    sigemptyset(&both)
    for signal in [SIGTERM, SIGINT] {
      sigaddset(&both, signal)
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in
        let before = errno
        Wakeup.ring(StopSignal.descriptor)
        errno = before
      }
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_RESTART
      sigaction(signal, &action, nil)
    }
    pthread_sigmask(SIG_UNBLOCK, &both, nil)
  }

  static func uninstall() {
    for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
    descriptor = -1
  }
}
