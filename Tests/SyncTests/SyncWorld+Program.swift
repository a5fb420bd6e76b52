// The program itself and the servers that it talks to, as processes of a test.

import Foundation
import Testing

extension SyncWorld {
  /// The folder with the built program, beside the tests.
  static let programs: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let candidates = [
      ProcessInfo.processInfo.environment["MEMTRACE_BIN"],
      CommandLine.arguments.first.map { ($0 as NSString).deletingLastPathComponent },
      (own as NSString).deletingLastPathComponent,
      FileManager.default.currentDirectoryPath + "/.build/debug",
    ]
    return candidates.compactMap { $0 }.first { access($0 + "/memtrace", X_OK) == 0 } ?? ""
  }()

  static let hasProgram = !programs.isEmpty
  static let isLong = ProcessInfo.processInfo.environment["MEMTRACE_LONG"] == "1"

  static func has(_ program: String) -> Bool {
    ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin"].contains {
      access("\($0)/\(program)", X_OK) == 0
    }
  }

  static func path(of program: String) -> String {
    ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin"].map { "\($0)/\(program)" }
      .first { access($0, X_OK) == 0 } ?? program
  }

  static var searchPath: String {
    "\(programs):" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
  }

  @discardableResult
  func memtrace(_ arguments: [String], in folder: String, environment: [String: String] = [:])
    throws
    -> Outcome
  {
    try run(
      ["\(Self.programs)/memtrace"] + arguments, in: folder,
      environment: ["PATH": Self.searchPath].merging(environment) { $1 })
  }

  /// A port that nobody listens on at this moment.
  static func freePort() -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, length)
        _ = getsockname(descriptor, $0, &length)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Waits until somebody listens, at most five seconds.
  static func waitForPort(_ port: Int) -> Bool {
    for _ in 0..<250 {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      if result == 0 { return true }
      usleep(20_000)
    }
    return false
  }

  /// A server. Not by Foundation's `Process`, whose bookkeeping hangs where a child closes what it inherited.
  func start(_ arguments: [String]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    let environment = [
      "PATH=\(Self.searchPath)", "HOME=\(path)", "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C",
    ]
    let words = ([Self.path(of: arguments[0])] + arguments.dropFirst()).map { strdup($0) }
    let settings = environment.map { strdup($0) }
    defer { for text in words + settings { free(text) } }
    // Threads of a test block signals, and a child would go on doing so.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var process = pid_t()
    let result = posix_spawn(
      &process, words[0]!, &actions, &attributes, words + [nil], settings + [nil])
    try #require(result == 0, "\(arguments[0]) does not start")
    return process
  }
}

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

  /// `git http-backend` behind nginx: user `desk`, password `secret`; `/locked/` permits nobody.
  static func http(_ world: SyncWorld) throws -> Server {
    let port = SyncWorld.freePort()
    let socket = "\(world.path)/fcgi.sock"
    try "desk:{PLAIN}secret\n".write(
      toFile: "\(world.path)/htpasswd", atomically: true, encoding: .utf8)
    let user = getuid() == 0 ? "user root;" : ""
    try """
    \(user)
    daemon off; master_process off; pid \(world.path)/nginx.pid; error_log \(world.path)/nginx.log;
    events { worker_connections 64; }
    http {
      access_log off; client_max_body_size 0;
      client_body_temp_path \(world.path)/body; proxy_temp_path \(world.path)/proxy;
      fastcgi_temp_path \(world.path)/fcgi; uwsgi_temp_path \(world.path)/uwsgi; scgi_temp_path \(world.path)/scgi;
      server {
        listen 127.0.0.1:\(port);
        location /locked/ { return 403; }
        location / {
          auth_basic git; auth_basic_user_file \(world.path)/htpasswd;
          fastcgi_pass unix:\(socket);
          fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
          fastcgi_param GIT_PROJECT_ROOT \(world.path);
          fastcgi_param GIT_HTTP_EXPORT_ALL "";
          fastcgi_param HOME \(world.path);
          fastcgi_param REMOTE_USER $remote_user;
          fastcgi_param PATH_INFO $uri;
          fastcgi_param QUERY_STRING $query_string;
          fastcgi_param REQUEST_METHOD $request_method;
          fastcgi_param CONTENT_TYPE $content_type;
          fastcgi_param CONTENT_LENGTH $content_length;
        }
      }
    }

    """.write(toFile: "\(world.path)/nginx.conf", atomically: true, encoding: .utf8)
    let backend = try world.start(["fcgiwrap", "-s", "unix:\(socket)"])
    let nginx = try world.start(["nginx", "-p", world.path, "-c", "\(world.path)/nginx.conf"])
    return try Server(port: port, [nginx, backend])
  }

  /// A real `sshd` on loopback; the key and the known host are in the world's `.ssh`.
  static func ssh(_ world: SyncWorld) throws -> Server {
    let port = SyncWorld.freePort()
    let folder = "\(world.path)/.ssh"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try world.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/host"])
    try world.run([
      "ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f",
      "\(folder)/id_rsa",
    ])
    try world.run([
      "ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f",
      "\(folder)/host_rsa",
    ])
    try world.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", "\(folder)/host_ecdsa"])
    try world.run(["cp", "\(folder)/id_rsa.pub", "\(folder)/authorized_keys"])
    let keys = ["host", "host_rsa", "host_ecdsa"]
    let known = try keys.map { name in
      let key = try String(contentsOfFile: "\(folder)/\(name).pub", encoding: .utf8).split(
        separator: " ")
      return "[127.0.0.1]:\(port) \(key[0]) \(key[1].trimmed)\n"
    }
    try known.joined().write(toFile: "\(folder)/known_hosts", atomically: true, encoding: .utf8)
    try """
    Port \(port)
    ListenAddress 127.0.0.1
    \(keys.map { "HostKey \(folder)/\($0)" }.joined(separator: "\n"))
    AuthorizedKeysFile \(folder)/authorized_keys
    PidFile \(world.path)/sshd.pid
    StrictModes no
    UsePAM no
    PasswordAuthentication no
    PubkeyAcceptedAlgorithms +ssh-rsa
    HostKeyAlgorithms +ssh-rsa

    """.write(toFile: "\(world.path)/sshd_config", atomically: true, encoding: .utf8)
    let sshd = try world.start(["sshd", "-D", "-f", "\(world.path)/sshd_config"])
    return try Server(port: port, [sshd])
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

extension Substring {
  var trimmed: String { String(self).trimmed }
}
