// libgit2's callbacks during a transfer, led to closures and kept as values.

internal import CGit2

/// What happens during one transfer. C callbacks reach it through their payload pointer.
final class RemoteCallbacks {
  /// After so many credentials for one transfer the remote gets no more: libgit2 would ask for ever.
  static let attempts = 2

  private let provider: CredentialsProvider
  private let progress: (TransferProgress) throws -> Void
  private let thrown = ThrownBox()
  private var asked = 0
  private var refusal: String?
  private var distrusted: String?
  private var sent = TransferProgress()
  /// Lines that the server sent for people, hooks' output among them.
  private(set) var messages: [UInt8] = []
  /// Why the server refused a reference, by its name; nil where it took it.
  private(set) var updates: [(reference: String, refusal: String?)] = []

  init(
    _ provider: CredentialsProvider, _ progress: @escaping (TransferProgress) throws -> Void
  ) {
    self.provider = provider
    self.progress = progress
  }

  /// Fills in the callbacks, runs `body`, and throws what a closure threw or what the transfer failed with.
  func run(
    _ call: String, _ body: (inout git_remote_callbacks) -> Int32
  ) throws {
    var callbacks = git_remote_callbacks()
    try check(
      git_remote_init_callbacks(&callbacks, UInt32(GIT_REMOTE_CALLBACKS_VERSION)),
      "git_remote_init_callbacks")
    install(&callbacks)
    try withExtendedLifetime(self) {
      let result = body(&callbacks)
      if let error = thrown.error { throw error }
      do throws(GitError) { try check(result, call) } catch { throw translated(error) }
    }
  }

  /// libgit2 reports refused credentials with whatever message was last set, a configuration value's as a rule.
  private func translated(_ error: GitError) -> GitError {
    if let distrusted {
      return GitError(
        code: .certificate, call: error.call,
        message: "\(distrusted) is not trusted",
        errorClass: error.errorClass)
    }
    let isRefused =
      error.message.contains("http.followRedirects") && asked > 0
      || error.message.contains("status code: 401") || error.message.contains("status code: 403")
    guard let text = refusal ?? (isRefused ? "the remote refused the credentials" : nil) else {
      return error
    }
    return GitError(code: .auth, call: error.call, message: text, errorClass: error.errorClass)
  }

  fileprivate func credential(
    _ made: UnsafeMutablePointer<UnsafeMutablePointer<git_credential>?>, url: String, user: String?,
    kinds: CredentialRequest.Kinds
  ) -> Int32 {
    // A question for the name alone comes before the first attempt and is none itself.
    let isName = kinds == .username
    if !isName { asked += 1 }
    guard asked <= RemoteCallbacks.attempts else {
      return refuse("the remote refused the credentials for \(RemoteCallbacks.plain(url))")
    }
    var answer: Credential?
    let request = CredentialRequest(url: url, user: user, kinds: kinds, attempt: max(asked, 1))
    let result = thrown.run { answer = try provider.credential(request) }
    guard result == 0 else { return result }
    guard let answer else {
      let url = RemoteCallbacks.plain(url)
      return refuse(
        asked > 1
          ? "the remote refused the credentials for \(url)"
          : "\(url) asks for credentials and there are none")
    }
    return isName ? git_credential_username_new(made, answer.user ?? "git") : answer.make(made)
  }

  /// A URL without the name and password that it may carry.
  private static func plain(_ url: String) -> String {
    guard let scheme = url.firstRange(of: "://"),
      let at = url[scheme.upperBound...].firstIndex(of: "@"),
      !url[scheme.upperBound..<at].contains("/")
    else { return url }
    return String(url[..<scheme.upperBound] + url[url.index(after: at)...])
  }

  private func refuse(_ text: String) -> Int32 {
    refusal = text
    return GIT_EAUTH.rawValue
  }

  fileprivate func certificate(_ raw: UnsafePointer<git_cert>, isValid: Bool, host: String) -> Int32
  {
    guard raw.pointee.cert_type == GIT_CERT_HOSTKEY_LIBSSH2 else {
      if !isValid { distrusted = "the certificate of \(host)" }
      return isValid ? 0 : GIT_ECERTIFICATE.rawValue
    }
    let key = UnsafeRawPointer(raw).assumingMemoryBound(to: git_cert_hostkey.self).pointee
    var isTrusted = false
    let result = thrown.run {
      isTrusted = try provider.trusts(HostKey(key, host: host, isKnown: isValid))
    }
    guard result == 0 else { return result }
    if !isTrusted { distrusted = "the host key of \(host)" }
    return isTrusted ? 0 : GIT_ECERTIFICATE.rawValue
  }

  fileprivate func received(_ raw: git_indexer_progress) -> Int32 {
    thrown.run { try progress(TransferProgress(raw)) }
  }

  fileprivate func pushed(objects: Int, of total: Int, bytes: Int) -> Int32 {
    sent.totalObjects = total
    sent.receivedObjects = objects
    sent.receivedBytes = bytes
    return thrown.run { try progress(sent) }
  }

  fileprivate func said(_ text: UnsafeRawBufferPointer) {
    if messages.count + text.count <= 1 << 16 { messages.append(contentsOf: text) }
  }

  fileprivate func updated(_ reference: String, _ refusal: String?) {
    updates.append((reference, refusal))
  }

  private func install(_ callbacks: inout git_remote_callbacks) {
    callbacks.payload = Unmanaged.passUnretained(self).toOpaque()
    callbacks.credentials = { made, url, user, kinds, payload in
      RemoteCallbacks.at(payload).credential(
        made!, url: url.map { String(cString: $0) } ?? "", user: user.map { String(cString: $0) },
        kinds: CredentialRequest.Kinds(rawValue: kinds))
    }
    callbacks.certificate_check = { certificate, valid, host, payload in
      RemoteCallbacks.at(payload).certificate(
        certificate!, isValid: valid != 0, host: host.map { String(cString: $0) } ?? "")
    }
    callbacks.transfer_progress = { RemoteCallbacks.at($1).received($0!.pointee) }
    callbacks.push_transfer_progress = { objects, total, bytes, payload in
      RemoteCallbacks.at(payload).pushed(objects: Int(objects), of: Int(total), bytes: bytes)
    }
    callbacks.sideband_progress = { text, count, payload in
      RemoteCallbacks.at(payload).said(UnsafeRawBufferPointer(start: text, count: Int(count)))
      return 0
    }
    callbacks.push_update_reference = { reference, refusal, payload in
      RemoteCallbacks.at(payload).updated(
        reference.map { String(cString: $0) } ?? "", refusal.map { String(cString: $0) })
      return 0
    }
  }

  private static func at(_ payload: UnsafeMutableRawPointer?) -> RemoteCallbacks {
    Unmanaged<RemoteCallbacks>.fromOpaque(payload!).takeUnretainedValue()
  }
}

extension HostKey {
  fileprivate init(_ raw: git_cert_hostkey, host: String, isKnown: Bool) {
    self.host = host
    self.isKnown = isKnown
    kind =
      switch raw.raw_type {
      case GIT_CERT_SSH_RAW_TYPE_RSA: .rsa
      case GIT_CERT_SSH_RAW_TYPE_DSS: .dss
      case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_256: .ecdsa256
      case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_384: .ecdsa384
      case GIT_CERT_SSH_RAW_TYPE_KEY_ECDSA_521: .ecdsa521
      case GIT_CERT_SSH_RAW_TYPE_KEY_ED25519: .ed25519
      default: .unknown
      }
    key =
      raw.type.rawValue & GIT_CERT_SSH_RAW.rawValue == 0
      ? [] : Array(UnsafeRawBufferPointer(start: raw.hostkey, count: raw.hostkey_len))
    sha256 =
      raw.type.rawValue & GIT_CERT_SSH_SHA256.rawValue == 0
      ? [] : withUnsafeBytes(of: raw.hash_sha256) { Array($0) }
  }
}
