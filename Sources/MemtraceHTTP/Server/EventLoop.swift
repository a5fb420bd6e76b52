// The server's thread: waits, and hands each event to the part that deals with it.

import CLinux
import Glibc
import Memtrace
import System

/// All that only the server's thread touches. Extensions: accepting, exchanges, time-outs.
final class EventLoop {
  /// Tags of the descriptors that are no connection; serials begin at 1.
  enum Tag {
    static let listener: UInt64 = 1
    static let mailbox: UInt64 = 2
    static let stop: UInt64 = 3
  }

  let handler: any Handler
  let configuration: ServerConfiguration
  let mailbox = Mailbox()
  let pool: WorkPool
  let input: UnsafeMutableRawBufferPointer
  var poller = Poller()
  /// By descriptor.
  var connections: [Connection?] = []
  var lastSerial: UInt32 = 0
  /// Answers to one connection before they are sent.
  var output: [UInt8] = []
  var date = DateHeader()
  var counters = Counters()
  /// Bytes of bodies that all connections make us hold.
  var bodies = 0
  /// Nanoseconds, as of the last wake.
  var now = Clock.monotonic()
  var nextSweep: Int64 = 0
  /// Descriptors that this process may have open.
  var descriptorLimit = 1_024
  /// Set while no descriptor is left for another connection.
  var acceptsAgainAt: Int64?
  /// When the requests under way are given up; nil until the server is asked to stop.
  var stopDeadline: Int64?

  init(handler: any Handler, configuration: ServerConfiguration, pool: WorkPool) {
    self.handler = handler
    self.configuration = configuration
    self.pool = pool
    input = .allocate(byteCount: 64 * 1024, alignment: 16)
    descriptorLimit = EventLoop.raisedDescriptorLimit()
  }

  deinit { input.deallocate() }

  func run(_ listener: borrowing Listener, stop: borrowing Wakeup) {
    poller.require(listener.descriptor.raw, Poller.readable, tag: Tag.listener)
    poller.require(mailbox.wakeup.descriptor.raw, Poller.readable, tag: Tag.mailbox)
    poller.require(stop.descriptor.raw, Poller.readable, tag: Tag.stop)
    while stopDeadline == nil || counters.open > 0 {
      let count = poller.wait(patience)
      now = Clock.monotonic()
      date.refresh()
      for index in 0..<count {
        let (tag, events) = poller.event(index)
        switch tag {
        case Tag.listener: accept(listener)
        case Tag.mailbox: deliver()
        case Tag.stop:
          stop.clear()
          beginStop(listener)
        default:
          if let connection = connection(tag) { handle(events, connection) }
        }
      }
      if now >= nextSweep { sweep(listener) }
    }
    pool.close(threads: configuration.workers)
  }

  /// Nil where the connection that an event was for is gone; its number may belong to another by now.
  func connection(_ tag: UInt64) -> Connection? {
    let index = Int(tag & 0xFFFF_FFFF)
    guard index < connections.count, let found = connections[index], found.tag == tag else {
      return nil
    }
    return found
  }

  private func handle(_ events: UInt32, _ connection: Connection) {
    if connection.isLingering {
      discardInput(connection)
    } else if events & Poller.writable != 0 {
      send(connection)
      advance(connection)
    } else if events & Poller.readable != 0, connection.takesRequests {
      receive(connection)
    } else if events & Poller.broken != 0 {
      close(connection)
    } else {
      // Input while an answer is awaited: it stays in the socket, and the poller need not tell again.
      noteHangUp(connection)
      watch(connection, exactly: true)
    }
  }

  /// Tells the poller what to watch for. Input that is not wanted just now is left watched unless `exactly`,
  /// since most requests are answered before the next one comes.
  func watch(_ connection: Connection, exactly: Bool = false) {
    var wanted = connection.pending.isEmpty ? 0 : Poller.writable
    if connection.takesRequests || connection.isLingering
      || (!exactly && connection.pending.isEmpty && connection.interest == Poller.readable)
    {
      wanted |= Poller.readable
    }
    guard wanted != connection.interest, !connection.isClosed else { return }
    connection.interest = wanted
    poller.change(connection.descriptor, wanted, tag: connection.tag)
  }

  func close(_ connection: Connection) {
    guard !connection.isClosed else { return }
    connection.isClosed = true
    connection.underway?.interest?.end()
    if let stream = connection.stream { end(stream, connection) }
    account(connection)
    connections[Int(connection.descriptor)] = nil
    counters.open -= 1
    Glibc.close(connection.descriptor)
  }

  /// Answers that other threads have ready.
  private func deliver() {
    for (ticket, delivery) in mailbox.takeAll() {
      let tag = UInt64(ticket.serial) << 32 | UInt64(UInt32(bitPattern: ticket.connection))
      guard let connection = connection(tag), connection.requests == ticket.request else {
        continue
      }
      guard case .answer(let response) = delivery else {
        if case .piece(let bytes) = delivery { deliver(bytes, connection) }
        continue
      }
      guard let underway = connection.underway, underway.number == ticket.request else { continue }
      connection.underway = nil
      answer(connection, stopDeadline == nil ? underway : underway.closing, response)
      send(connection)
      advance(connection)
    }
  }
}
