// Where HEAD stands, and what a person has under way.

/// What HEAD says.
public enum Head: Hashable, Sendable {
  /// On a branch, by its full name (`refs/heads/main`), and the commit it points to.
  case branch(name: String, ObjectID)
  /// On a branch that has no commit yet.
  case unborn(name: String)
  /// On a commit and no branch.
  case detached(ObjectID)

  public var commit: ObjectID? {
    switch self {
    case .branch(_, let id), .detached(let id): id
    case .unborn: nil
    }
  }

  /// The full branch name, or nil when detached.
  public var branch: String? {
    switch self {
    case .branch(let name, _), .unborn(let name): name
    case .detached: nil
    }
  }
}

/// What the git command was told to do and has not finished.
public struct OperationState: RawRepresentable, Hashable, Sendable {
  public let rawValue: Int32

  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let none = OperationState(rawValue: 0)
  public static let merge = OperationState(rawValue: 1)
  public static let revert = OperationState(rawValue: 2)
  public static let revertSequence = OperationState(rawValue: 3)
  public static let cherryPick = OperationState(rawValue: 4)
  public static let cherryPickSequence = OperationState(rawValue: 5)
  public static let bisect = OperationState(rawValue: 6)
  public static let rebase = OperationState(rawValue: 7)
  public static let rebaseInteractive = OperationState(rawValue: 8)
  public static let rebaseMerge = OperationState(rawValue: 9)
  public static let applyMailbox = OperationState(rawValue: 10)
  public static let applyMailboxOrRebase = OperationState(rawValue: 11)
}

extension OperationState: CustomStringConvertible {
  /// A word for a message: "merge", "rebase", "cherry-pick" …
  public var description: String {
    switch self {
    case .none: "none"
    case .merge: "merge"
    case .revert, .revertSequence: "revert"
    case .cherryPick, .cherryPickSequence: "cherry-pick"
    case .bisect: "bisect"
    case .rebase, .rebaseInteractive, .rebaseMerge: "rebase"
    case .applyMailbox, .applyMailboxOrRebase: "am"
    default: "other"
    }
  }
}
