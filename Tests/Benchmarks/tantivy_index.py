#!/usr/bin/env python3
"""An index of tantivy's over texts, for recall.py to ask.

Reads texts from a file, one JSON string a line, says how long building took, and answers each line of standard input, a
query, with the milliseconds that the best 10 took, texts included. English stems, the words joined by OR, as the others.
"""

import json
import re
import sys
import time

import tantivy


def main():
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("text", stored=True, tokenizer_name="en_stem")
    index = tantivy.Index(schema.build())
    begin = time.perf_counter()
    writer = index.writer(heap_size=500_000_000, num_threads=1)
    with open(sys.argv[1]) as file:
        for line in file:
            writer.add_document(tantivy.Document(text=json.loads(line)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    print(json.dumps([searcher.num_docs, time.perf_counter() - begin]), flush=True)
    for line in sys.stdin:
        query = " ".join(re.findall(r"\w+", json.loads(line)))
        begin = time.perf_counter()
        hits = searcher.search(index.parse_query(query, ["text"]), 10, count=False).hits
        texts = [searcher.doc(place)["text"][0] for _, place in hits]
        print(json.dumps([(time.perf_counter() - begin) * 1000, len(texts)]), flush=True)


if __name__ == "__main__":
    main()
