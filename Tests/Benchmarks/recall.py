#!/usr/bin/env python3
"""Measures search, context and memory of the bridge, and prints tables in Markdown: docs/BENCHMARKS.md, "Recall".

usage: recall.py [--sessions N | --rows FILE [--repository DIR]] [--queries N] [--parts search,tantivy,context]
                 [--folder DIR]

Needs a release build. The rows are those of `corpus N`, or of a file that `memtrace import` takes, whose sessions have a
`customer_id`. A query is four words of one memory, what is written with digits first. Times are those of a client on one
kept connection, answers of 50 results included; SQLite's FTS5 (porter, OR of the same words, the best 50 by bm25) answers
each query right after the bridge, in this process. tantivy (English stems, the best 10) has a process of its own, and
answers in turn with the bridge too.
"""

import argparse
import collections
import json
import pathlib
import random
import re
import sqlite3
import subprocess
import tempfile
import time

from serving import HERE, Bridge, Client, machine, median, memtrace, others, percentile, table


def words(text, chance):
    """Four words longer than three characters; one with digits, if there is any, among them."""
    found = [word for word in text.strip(".").split() if len(word) > 3]
    chance.shuffle(found)
    found.sort(key=lambda word: not any(sign.isdigit() for sign in word))
    return " ".join(found[:1] + chance.sample(found[1:], min(3, len(found) - 1)))


class Corpus:
    """The rows in order, which FTS5 takes, and their texts in a file; the largest customer; the queries."""

    def __init__(self, path, database, count, texts):
        customers, chance = {}, random.Random(5)
        self.rows = self.text = 0
        sizes = collections.Counter()
        database.executescript(
            "pragma journal_mode = off; pragma synchronous = off; create table owner (id integer primary "
            "key, customer text); create virtual table memory using fts5(content, tokenize = 'porter');")

        def read():
            with open(path) as file:
                for line in file:
                    row = json.loads(line)
                    customer = row.get("session_metadata", {}).get("customer_id")
                    customer = customers.setdefault(row["session"], customer)
                    text = row["content"]
                    if "metadata" in row:
                        text += "\n" + row["metadata"].get("reasoning", "")
                    self.rows += 1
                    self.text += len(text.encode())
                    sizes[customer] += 1
                    yield self.rows, customer, text

        rows = list(read())
        with open(texts, "w") as file:
            file.writelines(json.dumps(row[2]) + "\n" for row in rows)
        begin = time.perf_counter()
        database.execute("begin")
        database.executemany("insert into memory (rowid, content) values (?, ?)",
                             ((row[0], row[2]) for row in rows))
        database.execute("commit")
        self.fts_build = time.perf_counter() - begin
        database.execute("begin")
        database.executemany("insert into owner values (?, ?)", (row[:2] for row in rows))
        database.execute("commit")
        database.execute("create index owner_customer on owner (customer)")
        self.customers = len(sizes)
        self.largest, self.largest_size = sizes.most_common(1)[0]
        picked = chance.sample(rows, count)
        self.queries = [(words(row[2], chance), row[1]) for row in picked]


def fts(database, query, customer):
    tokens = re.findall(r"\w+", query)
    match = " OR ".join(f'"{token}"' for token in tokens)
    begin = time.perf_counter()
    if customer:
        database.execute(
            "select memory.rowid from memory join owner on owner.id = memory.rowid where memory match ? "
            "and owner.customer = ? order by bm25(memory) limit 50", (match, customer)).fetchall()
    else:
        database.execute("select rowid from memory where memory match ? order by bm25(memory) limit 50",
                         (match,)).fetchall()
    return (time.perf_counter() - begin) * 1000


class Tantivy:
    """tantivy_index.py in a process of its own."""

    def __init__(self, texts):
        self.process = subprocess.Popen([others(), HERE / "tantivy_index.py", texts], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.count, self.build = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, query):
        """Milliseconds."""
        self.process.stdin.write(json.dumps(query) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())[0]


def beside_tantivy(folder, corpus, repository):
    with Tantivy(folder / "texts.jsonl") as tantivy, Bridge(repository) as bridge:
        client = Client(bridge.port)
        bridge.settle()
        ours, theirs = [], []
        # The first round warms up.
        for number in range(4):
            for query, _ in corpus.queries:
                took = client.ask("POST", "/api/v1/search", {"query": query, "limit": 10})[0]
                beside = tantivy.ask(query)
                if number:
                    ours.append(took)
                    theirs.append(beside)
        table(f"Search over everything, {len(corpus.queries)} queries, the best 10 of {tantivy.count:,} texts",
              ["", "median", "p99", "of tantivy's median"],
              [("bridge, HTTP included", f"{median(ours):.2f} ms", f"{percentile(ours, 0.99):.1f} ms",
                f"{median(ours) / median(theirs):.1f} times"),
               (f"tantivy in its process (built in {tantivy.build:.1f} s)", f"{median(theirs):.2f} ms",
                f"{percentile(theirs, 0.99):.1f} ms", "1")])


def search(folder, given):
    rows = pathlib.Path(given.rows) if given.rows else folder / "rows.jsonl"
    if not given.rows:
        with open(rows, "w") as file:
            subprocess.run([HERE / "corpus", str(given.sessions)], stdout=file, check=True)
    database = sqlite3.connect(folder / "fts.db", isolation_level=None)
    corpus = Corpus(rows, database, given.queries, folder / "texts.jsonl")
    repository = pathlib.Path(given.repository) if given.repository else folder / "repository"
    begin = time.perf_counter()
    if not given.repository:
        memtrace("init", repository)
        memtrace("-C", repository, "import", rows)
    imported = time.perf_counter() - begin
    if not given.rows:
        rows.unlink()
    if "search" in given.parts:
        beside_fts(folder, corpus, database, repository, imported)
    if "tantivy" in given.parts:
        beside_tantivy(folder, corpus, repository)


def beside_fts(folder, corpus, database, repository, imported):
    with Bridge(folder / "empty") as bridge:
        for _ in range(100):
            Client(bridge.port).ask("GET", "/health")
        empty = bridge.resident()
    with Bridge(repository) as bridge:
        client = Client(bridge.port)
        client.ask("GET", "/health")
        loaded = bridge.resident()
        table(f"{corpus.rows:,} memories of {corpus.customers:,} customers in the bridge", [
            "import", "start", "resident", "text", "a record, text and the empty process taken off"],
              [(f"{imported:.0f} s", f"{bridge.started:.1f} s", f"{loaded / 1e6:.0f} MB",
                f"{corpus.text / 1e6:.0f} MB",
                f"{(loaded - empty - corpus.text) / corpus.rows:.0f} bytes")])

        def ask(query, customer):
            body = {"query": query, "limit": 50}
            if customer:
                body["where"] = {"customer_id": customer}
            return client.ask("POST", "/api/v1/search", body)[0]

        first = ask(*corpus.queries[0])
        grown = bridge.resident() - loaded
        places = {"over everything": lambda own: None, "inside the customer": lambda own: own,
                  f"inside the largest customer ({corpus.largest_size:,} memories)":
                      lambda own: corpus.largest}
        found = []
        for name, place in places.items():
            ours, theirs = [], []
            for query, own in corpus.queries:
                # The best of three would hide what others do; the median of all does so as well.
                ours += [ask(query, place(own)) for _ in range(3)]
                theirs.append(fts(database, query, place(own)))
            found.append((name, f"{median(ours):.2f} ms", f"{percentile(ours, 0.99):.1f} ms",
                          f"{median(theirs):.1f} ms", f"{percentile(theirs, 0.99):.0f} ms",
                          f"{median(theirs) / median(ours):.0f}"))
        size = database.execute("select sum(length(block)) from memory_data").fetchone()[0]
        table(f"Search: {len(corpus.queries)} queries, 50 results",
              ["", "bridge, median", "p99", "FTS5, median", "p99", "ratio"], found)
        table("Index", ["", "first search after the start, or build", "memory"],
              [("bridge", f"{first / 1000:.1f} s", f"{grown / 1e6:.0f} MB more"),
               ("FTS5", f"{corpus.fts_build:.1f} s", f"{size / 1e6:.0f} MB")])


def context(folder):
    """A session of 1,000 records; each request has a budget of its own, so that none is answered from memory."""
    chance = random.Random(3)
    rows = folder / "long.jsonl"
    lines = subprocess.run([HERE / "corpus", "110"], check=True, capture_output=True, text=True).stdout
    found = [json.loads(line) for line in lines.splitlines()[:1000]]
    for number, row in enumerate(found):
        row["session"] = "long"
        row.pop("session_metadata", None)
        row["time"] = f"2026-03-01T{8 + number // 100:02}:{number % 100 * 60 // 100:02}:00Z"
        if chance.random() < 0.3:
            row["content"] += " " + " ".join(chance.choice(found)["content"].split()[:12]) + "."
    found[0]["session_metadata"] = {"customer_id": "cust_1", "channel": "phone"}
    rows.write_text("".join(json.dumps(row) + "\n" for row in found))
    repository = folder / "long"
    memtrace("init", repository)
    memtrace("-C", repository, "import", rows)
    with Bridge(repository) as bridge:
        client = Client(bridge.port)
        session = json.loads(client.ask("GET", "/api/v1/sessions")[1])["sessions"][0]["id"]
        results = []
        for form in ("markdown", "json", "plain"):
            taken = []
            for budget in range(3970, 4030):
                took, answer = client.ask("POST", f"/api/v1/sessions/{session}/context", {
                    "format": form, "max_tokens": budget})
                taken.append(took)
            results.append((form, f"{median(taken[10:]):.1f} ms", f"{percentile(taken[10:], 0.99):.1f} ms",
                            f"{json.loads(answer)['memory_count']}"))
        table("Context of a session of 1,000 records, 4,000 tokens, built anew each time",
              ["format", "median", "p99", "records in it"], results)


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("--sessions", type=int, default=100_000)
    options.add_argument("--rows")
    options.add_argument("--repository", help="holds the rows already")
    options.add_argument("--queries", type=int, default=100)
    options.add_argument("--parts", default="search,tantivy,context")
    options.add_argument("--folder", default=tempfile.gettempdir())
    given = options.parse_args()
    machine("Recall")
    with tempfile.TemporaryDirectory(prefix="memtrace-bench-", dir=given.folder) as name:
        folder = pathlib.Path(name)
        if {"search", "tantivy"} & set(given.parts.split(",")):
            search(folder, given)
        if "context" in given.parts:
            context(folder)


if __name__ == "__main__":
    main()
