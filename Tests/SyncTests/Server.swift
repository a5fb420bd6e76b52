// The servers that sync talks to, as processes of a test.

import Foundation
import Testing

/// Ends with its owner.
final class Server {
  let port: Int
  private let processes: [pid_t]

  init(port: Int, _ processes: [pid_t]) throws {
    self.port = port
    self.processes = processes
    try #require(SyncWorld.waitForPort(port), "the server does not listen")
  }

  deinit {
    for process in processes {
      kill(process, SIGTERM)
      waitpid(process, nil, 0)
    }
  }

  /// `git daemon`, which takes pushes from anybody.
  static func git(_ world: SyncWorld) throws -> Server {
    let port = SyncWorld.freePort()
    let daemon = try world.start([
      "git", "daemon", "--reuseaddr", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1",
      "--port=\(port)", "--base-path=\(world.path)",
    ])
    return try Server(port: port, [daemon])
  }

  /// Passes bytes on to another port and cuts every connection once so many went through it: the number stands in
  /// the file `cut` of the world.
  static func cutting(_ world: SyncWorld, before port: Int) throws -> Server {
    let own = SyncWorld.freePort()
    try """
    import socket, threading, sys
    own, target, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    listener = socket.create_server(("127.0.0.1", own))
    def serve(client):
        left = [int(open(path).read())]
        lock = threading.Lock()
        server = socket.create_connection(("127.0.0.1", target))
        def end():
            for s in (client, server):
                try: s.shutdown(socket.SHUT_RDWR)
                except OSError: pass
        def pump(a, b):
            try:
                while True:
                    data = a.recv(4096)
                    if not data: break
                    with lock:
                        part = data[:max(0, left[0])]
                        left[0] -= len(data)
                    b.sendall(part)
                    if left[0] <= 0: break
            except OSError: pass
            end()
        threading.Thread(target=pump, args=(server, client), daemon=True).start()
        pump(client, server)
        client.close(); server.close()
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()

    """.write(toFile: "\(world.path)/cut.py", atomically: true, encoding: .utf8)
    try "1000000000".write(toFile: "\(world.path)/cut", atomically: true, encoding: .utf8)
    let proxy = try world.start([
      "python3", "\(world.path)/cut.py", "\(own)", "\(port)", "\(world.path)/cut",
    ])
    return try Server(port: own, [proxy])
  }
}
