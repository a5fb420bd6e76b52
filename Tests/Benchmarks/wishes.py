#!/usr/bin/env python3
"""How many of a customer's standing wishes does a context hold? Conversations with questions of known evidence, no model.

  python3 wishes.py --memtrace PATH/TO/memtrace --data FILE.json[.gz] [--max-tokens 2000]

The file is {"memories": [...], "questions": [...]} as for BEAM (not part of this repository): memories as `import` takes
them, each with its own tag first; questions with `customer`, `category` and `evidence` (tags). For the categories
instruction_following and preference_following it prints the mean share of the evidence whose record stands in
`context --where customer_id=... --max-tokens N`, how often one at least does, and the same for the section of wishes alone.
"""
import argparse, gzip, json, subprocess, tempfile, os


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--memtrace", required=True)
    ap.add_argument("--data", required=True)
    ap.add_argument("--max-tokens", default="2000")
    a = ap.parse_args()
    with gzip.open(a.data) if a.data.endswith(".gz") else open(a.data) as f:
        data = json.load(f)
    with tempfile.TemporaryDirectory(prefix="wishes-") as work:
        source, repo = os.path.join(work, "in.jsonl"), os.path.join(work, "repo")
        with open(source, "w") as f:
            f.writelines(json.dumps(m) + "\n" for m in data["memories"])
        run = lambda *x: subprocess.run([a.memtrace, *x], check=True, capture_output=True, text=True).stdout
        run("init", repo), run("-C", repo, "import", source)
        ids = {}
        for line in run("-C", repo, "export").splitlines():
            record = json.loads(line)
            for tag in record.get("tags", [])[:1]:
                ids[tag] = record["id"]
        texts, result = {}, {}
        for q in data["questions"]:
            kind = q["category"]
            if kind not in ("instruction_following", "preference_following"):
                continue
            customer = q["customer"]
            if customer not in texts:
                texts[customer] = json.loads(run("-C", repo, "--json", "context", "--where", "customer_id=" + customer, "--max-tokens", a.max_tokens))["context"]
            text = texts[customer]
            wishes = text.partition("## Standing wishes\n")[2].partition("\n## ")[0]
            # Where room is short the timeline shows the first sixteen characters of an id.
            share = lambda s: sum(ids[e][:16] in s for e in q["evidence"]) / len(q["evidence"])
            n, mean, any_, alone = result.get(kind, (0, 0, 0, 0))
            result[kind] = (n + 1, mean + share(text), any_ + (share(text) > 0), alone + share(wishes))
    pct = lambda x, n: round(100 * x / n, 1)
    print(json.dumps({k: {"share": pct(m, n), "any": pct(y, n), "section": pct(s, n), "questions": n} for k, (n, m, y, s) in result.items()}))


if __name__ == "__main__":
    main()
