# Builds, tests and shows Memtrace for Git. Each target sets up what it needs; `make help` lists them.

PREFIX ?= /usr/local
SWIFT ?= swift
RELEASE = $(SWIFT) build --configuration release --static-swift-stdlib
BINARY = .build/release/memtrace
# What the tests of sync start on ports of their own; no service of the machine.
TEST_SERVERS = nginx-light fcgiwrap openssh-server openssl caddy

.PHONY: help demo test test-clients abuse fuzz build release dist install uninstall bench manual screenshots token-tables lint clean setup setup-tests setup-clients

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: release ## three support departments share one customer's memory, in a copy of sample-repo
	@$(BINARY) demo

test: setup-tests setup-clients ## run all tests
	$(SWIFT) build --build-tests
	@failed=0; $(SWIFT) test --skip-build || failed=1; Tests/Python/run .build/debug/memtrace || failed=1; exit $$failed

test-clients: setup-tests setup-clients ## only those of Python: the published SDK, our client, schemathesis, hostile clients
	$(SWIFT) build --product memtrace
	Tests/Python/run .build/debug/memtrace

abuse: release ## hostile clients against the release binary, while another client is timed
	Tests/Python/abuse.py $(BINARY)

fuzz: setup ## ten minutes of coverage-guided fuzzing of the request decoder
	Tests/Fuzz/run 600

build: setup ## build everything for debugging
	$(SWIFT) build

release: setup ## build .build/release/memtrace, which needs neither Swift's runtime nor libgit2
	$(RELEASE) --product memtrace

dist: release ## pack it for machines without Swift: a tarball and a Debian package in .build/dist
	@.ci/set-up binutils
	@.ci/make-dist

install: release ## install memtrace and git-memtrace under PREFIX (/usr/local)
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 $(BINARY) "$(DESTDIR)$(PREFIX)/bin/memtrace"
	ln -sf memtrace "$(DESTDIR)$(PREFIX)/bin/git-memtrace"

uninstall: ## take them away again
	rm -f "$(DESTDIR)$(PREFIX)/bin/memtrace" "$(DESTDIR)$(PREFIX)/bin/git-memtrace"

bench: setup-tests ## measure; docs/BENCHMARKS.md says what and how
	@.ci/set-up wrk strace
	$(RELEASE)
	Tests/Benchmarks/run
	Tests/Benchmarks/writes.py --memtrace $(BINARY)
	Tests/Benchmarks/sync.py --memtrace $(BINARY)
	Tests/Benchmarks/bridge.py
	Tests/Benchmarks/recall.py

manual: ## write docs/CLI.md anew from the table of verbs
	$(SWIFT) build --product memtrace
	.build/debug/memtrace manual markdown > docs/CLI.md

screenshots: setup-clients ## make those of docs/REVIEW.md anew, from sample-repo
	$(SWIFT) build --product memtrace
	MEMTRACE_BINARY=$(CURDIR)/.build/debug/memtrace PYTHONPATH=Tests/Python .build/python-venv/bin/python Tests/Python/page/screenshots.py docs/images

token-tables: ## fit the estimate of tokens anew (minutes)
	python3 -m venv .build/tokens
	.build/tokens/bin/pip install --quiet --disable-pip-version-check -r Tests/Tokens/requirements.txt
	.build/tokens/bin/python -W ignore Tests/Tokens/tables.py

lint: ## judge the form of the Swift code
	$(SWIFT) format lint --strict --recursive Sources Tests templates Package.swift

clean: ## remove what was built
	rm -rf .build

setup:
	@.ci/set-up libgit2-dev

setup-tests:
	@.ci/set-up libgit2-dev git gcc curl python3 python3-venv $(TEST_SERVERS) faketime strace zsh fish jq chromium

setup-clients: setup-tests
	@Tests/Python/set-up
	@Tests/Python/set-up frameworks
