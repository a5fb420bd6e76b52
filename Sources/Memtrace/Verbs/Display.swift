// What an answer looks like to a person, as values: a front decides on width, colour and wording of times.

/// How a person sees an answer. The library never prints; a terminal front renders this.
public enum Display: Hashable, Sendable {
  /// One cell of a table or of a list of properties.
  public enum Cell: Hashable, Sendable {
    /// Anything that came from outside: the front makes control characters harmless.
    case text(String)
    /// An id, a commit, a path: never cut.
    case id(String)
    /// An id of ours, which a terminal shows as short as it is still taken for that record alone.
    case record(String)
    case number(Int)
    /// How long ago that is.
    case age(Timestamp)
    /// Shown relative to now.
    case time(Timestamp)
    case none
  }

  public struct Column: Hashable, Sendable {
    public let title: String
    public let alignsRight: Bool
    /// Takes what width is left and wraps in it, or stands below the row.
    public let isFlexible: Bool

    /// Left out on a terminal where all rows have the same.
    public let isDroppable: Bool

    public init(
      _ title: String, right: Bool = false, flexible: Bool = false, droppable: Bool = false
    ) {
      self.title = title
      self.alignsRight = right
      self.isFlexible = flexible
      self.isDroppable = droppable
    }
  }

  /// Text for a reader, line by line: a context, an export. Passed on as it is, but for control characters.
  case text(String)
  /// Bytes for a program, passed on exactly.
  case raw([UInt8])
  /// One line of ours with a result.
  case line(String)
  /// What a person is told beside a table, and no program that reads its rows.
  case note(String)
  /// What the table below it is about: values with a dot between them.
  case heading([Cell])
  case table([Column], rows: [[Cell]], empty: String)
  /// Label and value, one a line.
  case properties([Property])
  case list([Display])

  public struct Property: Hashable, Sendable {
    public let label: String
    public let value: Cell

    public init(_ label: String, _ value: Cell) {
      self.label = label
      self.value = value
    }
  }
}
