// The server as its owner sees it: bind, run, stop.

import Glibc
import Memtrace
import System

/// An HTTP/1.1 server on one thread of its own and a small pool.
public final class Server: Sendable {
  /// Where it listens, with the port the system chose if that was 0.
  public let address: ListenAddress
  private let configuration: ServerConfiguration
  private let handler: any Handler
  private let stopping = Wakeup()
  private let listener: Listener
  private let pool: WorkPool

  /// Binds the address and listens; clients may connect from now on and wait, and a signal that is to stop the server
  /// does. Throws `ListenError`, or where the system has no thread left.
  public init(
    listen address: ListenAddress, handler: any Handler,
    configuration: ServerConfiguration = ServerConfiguration()
  ) throws {
    self.configuration = configuration
    self.handler = handler
    listener = try Listener(address)
    pool = try WorkPool(threads: configuration.workers, capacity: configuration.waitingWork)
    self.address = listener.address
    // Not later: whoever reads the address may send one at once.
    if configuration.stopsOnSignals { StopSignal.install(stopping.descriptor.raw) }
  }

  /// Serves on the calling thread until `stop`, then finishes the requests under way. To be called once.
  /// Ignores signals of failed writes and raises the limit of descriptors, for the whole process.
  public func run() {
    for kind in ChildProcess.ignoredSignals { signal(kind, SIG_IGN) }
    EventLoop(handler: handler, configuration: configuration, pool: pool)
      .run(listener, stop: stopping)
    if configuration.stopsOnSignals { StopSignal.uninstall() }
  }

  /// Asks `run` to return: no new connections, requests under way are finished, at most `timeouts.stop` long.
  /// May be called from any thread, and more than once.
  public func stop() {
    stopping.ring()
  }
}
