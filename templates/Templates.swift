// What `init` and `template` write out, embedded so that one file can be installed.

/// One embedded file and the path it is written to.
public struct Template: Sendable {
  /// Relative to the folder that receives it.
  public let path: String
  public let bytes: [UInt8]
}
