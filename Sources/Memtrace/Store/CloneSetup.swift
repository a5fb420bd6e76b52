// What a clone has beside its files: state folder, hooks. Made on the first write, for a plain `git clone` has none.

internal import Git
internal import Glibc
internal import System
internal import Templates

extension Store {
  /// Sets up what a clone needs, once; existing hooks and settings of a person stay as they are.
  /// - Returns: whether something was missing.
  func prepareClone(_ repository: Repository, _ state: String) throws -> Bool {
    guard access(state + "/replicas", F_OK) != 0, errno == ENOENT else { return false }
    try installHooks(repository)
    try Drivers.register(in: repository)
    try UnfinishedClone.removeEmpty(in: place.root)
    var ledger = Ledger(parsing: nil)
    ledger.name = nil
    try stateFiles().replace("replicas", with: ledger.text, mode: 0o600)
    return true
  }

  /// The two hooks that tell us of a person's commit under way. Git's own hooks folder only, and no hook is
  /// replaced: nothing relies on them.
  private func installHooks(_ repository: Repository) throws {
    guard try repository.configString("core.hooksPath") == nil else { return }
    let hooks = repository.commonFolder + "/hooks"
    try Path.makeFolder(hooks)
    for name in ["pre-commit", "post-commit"] {
      guard let template = Template.named("hooks/\(name)"), access("\(hooks)/\(name)", F_OK) != 0
      else {
        continue
      }
      try Folder(hooks).replace(name, with: template.bytes, mode: 0o777)
    }
  }
}
