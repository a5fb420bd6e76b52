// A web server with Git behind it.

import Foundation
import Testing

extension Server {
  /// `git http-backend` behind nginx: user `desk`, password `secret`; `/locked/` permits nobody.
  /// - Parameter certificate: for HTTPS; both files as PEM.
  static func http(_ world: SyncWorld, certificate: Certificate? = nil) throws -> Server {
    try SyncWorld.require("nginx", "fcgiwrap")
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
        listen 127.0.0.1:\(port)\(certificate == nil ? "" : " ssl");
        \(certificate.map { "ssl_certificate \($0.path); ssl_certificate_key \($0.key);" } ?? "")
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
}

/// What a server proves itself with.
struct Certificate {
  let path: String
  let key: String
}

/// An authority as companies have one of their own: nobody's system knows it.
struct CertificateAuthority {
  let path: String
  private let world: SyncWorld
  private var key: String { "\(world.path)/authority.key" }

  init(_ world: SyncWorld) throws {
    try SyncWorld.require("openssl")
    self.world = world
    path = "\(world.path)/authority.pem"
    try openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
      "3650", "-subj", "/CN=Acme Authority", "-keyout", key, "-out", path)
  }

  /// - Parameter name: as in a certificate's list of names, `DNS:localhost`.
  func certificate(for name: String) throws -> Certificate {
    let made = Certificate(path: "\(world.path)/server.pem", key: "\(world.path)/server.key")
    let (request, names) = ("\(world.path)/server.csr", "\(world.path)/server.names")
    try "subjectAltName=\(name)\n".write(toFile: names, atomically: true, encoding: .utf8)
    try openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
      "/CN=memory", "-keyout", made.key, "-out", request)
    try openssl(
      "x509", "-req", "-days", "3650", "-in", request, "-CA", path, "-CAkey", key,
      "-CAcreateserial", "-extfile", names, "-out", made.path)
    return made
  }

  private func openssl(_ words: String...) throws {
    let outcome = try world.run(["openssl"] + words)
    try #require(outcome.status == 0, "\(outcome.output)")
  }
}
