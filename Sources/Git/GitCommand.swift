// The git command, for the little that libgit2 cannot do.

internal import System

/// Runs `git` and waits for it. Its messages for people go where the caller says.
public enum GitCommand {
  /// What a run came to.
  public enum Outcome {
    case done([UInt8])
    /// It ended with another code than 0; what it had printed by then.
    case failed([UInt8])
    /// There is no git command, or no process more.
    case missing
  }

  /// - Parameters:
  ///   - input: what it reads; it must not print more than a pipe holds before it has read that.
  ///   - environment: all that it sees, as `NAME=value`.
  /// - Returns: what it printed; nil where it failed, or where there is no git command.
  public static func run(_ arguments: [String], input: [UInt8] = [], environment: [String])
    -> [UInt8]?
  {
    guard case .done(let printed) = outcome(arguments, input: input, environment: environment)
    else { return nil }
    return printed
  }

  /// As `run`.
  /// - Parameter messages: a file for what it says to people.
  public static func outcome(
    _ arguments: [String], input: [UInt8] = [], environment: [String],
    messages: String = "/dev/null"
  ) -> Outcome {
    let run = ChildProcess.run(
      ["git"] + arguments, environment: environment, input: .bytes(input),
      messages: .file(messages))
    return run.map { $0.status == 0 ? .done($0.output) : .failed($0.output) } ?? .missing
  }
}
