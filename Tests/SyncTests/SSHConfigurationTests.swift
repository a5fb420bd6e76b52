// Which hosts a person's configuration of SSH speaks of.

import Testing

@testable import Memtrace

@Suite struct `A configuration of SSH` {
  @Test(arguments: [
    ("Host memory\n  HostName 10.0.0.7\n", "memory", true),
    ("Host memory\n", "memory2", false),
    ("host = \"Memory\"\n", "MEMORY", true),
    ("Host a b c\n", "b", true),
    ("Host *.example.org\n", "git.example.org", true),
    ("Host *.example.org\n", "example.org", false),
    ("Host desk?\n", "desk7", true),
    ("Host *\n  AddKeysToAgent yes\n", "anything", true),
    ("Host * !memory\n", "memory", false),
    ("Match user ana\n", "memory", true),
    ("Include more\n", "memory", true),
    ("# Host memory\n  HostName memory\n", "memory", false),
    ("", "memory", false),
  ])
  func `concerns the hosts of its entries`(text: String, host: String, expected: Bool) {
    #expect(SSHConfiguration(text).concerns(host) == expected)
  }

  @Test(arguments: [
    ("ssh://ana@memory:2222/srv/hub.git", "memory"),
    ("git@github.com:acme/memory.git", "github.com"),
    ("memory:hub.git", "memory"), ("[ana@memory:2222]:hub.git", "memory"),
    ("https://memory/hub.git", nil), ("/srv/hub.git", nil), ("./a:b", nil),
    ("file:///srv/hub", nil),
    ("git://memory/hub.git", nil),
  ])
  func `is asked for the hosts of SSH alone`(url: String, host: String?) {
    #expect(SSHConfiguration.host(of: url) == host)
  }
}
