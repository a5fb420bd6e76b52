// The options that every verb takes: one list for the parser, the help and the completions.

/// An option that may stand before or after the verb.
enum GlobalOption: String, CaseIterable {
  case directory = "-C"
  case json = "--json"
  case quiet = "--quiet"
  case noColor = "--no-color"
  case help = "--help"
  case version = "--version"

  /// A second spelling.
  var short: String? {
    switch self {
    case .help: "-h"
    case .quiet: "-q"
    default: nil
    }
  }

  /// What stands for its value in the help; nil where it takes none.
  var placeholder: String? { self == .directory ? "DIR" : nil }

  var help: String {
    switch self {
    case .directory: "Work on the memory repository of this folder"
    case .json: "Print JSON, the same that the HTTP interface returns"
    case .quiet: "No progress and no remarks; results and errors only"
    case .noColor: "No colour, whatever the terminal can do"
    case .help: "Show help; after a verb, that verb's"
    case .version: "Show the version"
    }
  }

  init?(spelling: String) {
    let options = Self.allCases.filter { $0.rawValue == spelling || $0.short == spelling }
    guard let option = options.first else { return nil }
    self = option
  }
}
