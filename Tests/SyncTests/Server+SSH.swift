// A server of SSH, with keys of its own.

import Foundation

extension Server {
  /// A real `sshd` on loopback; the key and the known host are in the world's `.ssh`.
  static func ssh(_ world: SyncWorld) throws -> Server {
    try SyncWorld.require("sshd", "ssh-keygen")
    // Where the machine's own service never ran, the folder for dropping privileges is not there (Debian's init makes it).
    if getuid() == 0 { mkdir("/run/sshd", 0o755) }
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
}

/// An agent that holds keys in memory; ends with its owner.
final class SSHAgent {
  let socket: String
  private let process: pid_t

  init(_ world: SyncWorld) throws {
    try SyncWorld.require("ssh-agent", "ssh-add")
    socket = "\(world.path)/agent.sock"
    process = try world.start(["ssh-agent", "-D", "-a", socket])
    for _ in 0..<3_000 where access(socket, F_OK) != 0 { usleep(20_000) }
  }

  deinit {
    kill(process, SIGTERM)
    waitpid(process, nil, 0)
  }
}
