#!/usr/bin/env python3
"""Writes the tables behind the estimate of tokens: Sources/Memtrace/Rules/Context/Tokens+Any.swift and Tokens+O200k.swift.

usage: make token-tables

The estimate cuts text into words and runs of signs (Tokens.swift). A piece costs one token, plus what a table says for each of its
characters after the one or two before it, plus the same of its end. Here those costs are fitted to the counts of two public
vocabularies (bpe-openai), piece by piece, by least squares. texts.py says of which text.
"""

import pathlib
import sys

import bpe_openai
import numpy
import texts

# As in TokenVocabulary.swift and Tokens.swift.
TRIPLE_BITS = 16
PLACES = (1 << TRIPLE_BITS) + (1 << 11)
GOLDEN = 0x9E3779B1
END, LINE = 0x01, 0x0A
WHOLE = 16
# Costs are stored as characters, this much higher.
OFFSET, LOWEST, HIGHEST = 60, -24, 66

TARGET = pathlib.Path(__file__).resolve().parents[2] / "Sources/Memtrace/Rules/Context"
CL100K, O200K = (bpe_openai.get_encoding(name) for name in ("cl100k_base", "o200k_base"))


def is_latin_greek_cyrillic(value):
    return (
        0xC0 <= value < 0x180 and value not in (0xD7, 0xF7) or value in (0x1A0, 0x1A1, 0x1AF, 0x1B0)
        or 0x218 <= value < 0x21C or 0x1EA0 <= value < 0x1EFA or 0x386 <= value < 0x3CF or 0x400 <= value < 0x460)


def is_also_semitic(value):
    return (
        is_latin_greek_cyrillic(value) or 0x5D0 <= value < 0x5EB or 0x620 <= value < 0x660 or 0x671 <= value < 0x6D4)


class Kind:
    """What is fitted: one vocabulary, or the larger count of two. The numbers are those of Tokens+Scripts.swift."""

    def __init__(self, name, title, vocabularies, beyond_ascii, capital, is_letter):
        self.name, self.title, self.vocabularies = name, title, vocabularies
        self.beyond_ascii, self.capital = beyond_ascii, capital
        self.is_letter = lambda value: value < 0x80 and chr(value).isalpha() or is_letter(value)


KINDS = [
    Kind("any", "`cl100k_base` and `o200k_base`, the larger", [CL100K, O200K], 16, 8, is_latin_greek_cyrillic),
    Kind("o200k", "`o200k_base`", [O200K], 4, 16, is_also_semitic),
]


def of_word(kind, piece):
    """The places in the table whose costs add up, and what the program adds besides."""
    tail, before, places, fixed = ord(piece.first) if piece.first else 0, "", [], WHOLE
    for letter in piece.body:
        tail = (tail << 8 ^ ord(letter)) & 0xFFFFFF
        places.append(tail * GOLDEN % (1 << 32) >> 32 - TRIPLE_BITS)
        if ord(letter) >= 0x80:
            fixed += kind.beyond_ascii
        elif letter.isupper() and before.isascii() and before.islower():
            fixed += kind.capital
        before = letter
    places.append(((tail << 8 ^ END) & 0xFFFFFF) * GOLDEN % (1 << 32) >> 32 - TRIPLE_BITS)
    return places, fixed


def of_signs(piece):
    """The same; nothing where a sign stands three times in a row, for that has costs of its own."""
    if any(a == b == c for a, b, c in zip(piece.body, piece.body[1:], piece.body[2:])):
        return [], WHOLE
    tail, places = ord(piece.first) if piece.first else 0, []
    for value in [*map(ord, piece.body), LINE if piece.text.endswith("\n") else END]:
        tail = (tail << 8 ^ value) & 0xFFFF
        places.append((1 << TRIPLE_BITS) + (tail * GOLDEN % (1 << 32) >> 21))
    return places, WHOLE


def rows(kind, groups):
    """A row for each piece: its places, in two flat lists; what is fixed; its count in sixteenths; its weight."""
    places, row_of, fixed, targets, weights = [], [], [], [], []
    for group in groups:
        # The vocabulary that counts the whole group longer is the one that a budget has to be kept for.
        counted = [[len(v.encode_ordinary(piece.text)) for piece in group.pieces] for v in kind.vocabularies]
        counts = max(counted, key=lambda counts: sum(c * p.weight for c, p in zip(counts, group.pieces)))
        total = sum(piece.weight for piece in group.pieces)
        for count, piece in zip(counts, group.pieces):
            if piece.is_word and not all(kind.is_letter(ord(letter)) for letter in piece.body):
                continue
            found, base = of_word(kind, piece) if piece.is_word else of_signs(piece)
            if found:
                places += found
                row_of += [len(fixed)] * len(found)
                fixed.append(base)
                targets.append(count * WHOLE)
                weights.append(group.weight * piece.weight / total)
    return [numpy.array(column) for column in (places, row_of, fixed, targets, weights)]


def fit(places, row_of, fixed, targets, weights, rounds=120, prior=1e-9):
    """Least squares in steps, each place by the mean error of its rows. Sums are made in one order, so that the same text
    gives the same table."""
    size = numpy.bincount(row_of, minlength=len(fixed))
    spread = numpy.bincount(places, (weights * size)[row_of], PLACES) + prior
    costs = numpy.zeros(PLACES)
    for _ in range(rounds):
        sums = fixed + numpy.bincount(row_of, costs[places], len(fixed))
        errors = targets - sums
        # No piece counts less than a token, whatever the sum is.
        errors[(targets <= WHOLE) & (sums < WHOLE)] = 0
        costs += 1.6 * (numpy.bincount(places, (weights * errors)[row_of], PLACES) - prior * costs) / spread
    return numpy.clip(numpy.round(costs), LOWEST, HIGHEST).astype(int)


def whole(kind):
    """Characters of the basic plane, beyond the alphabets, that each vocabulary has as one token."""
    for value in [*range(0x800, 0xD800), *range(0xF900, 0xFFFE)]:
        if chr(value).isprintable() and not kind.is_letter(value):
            if all(len(v.encode_ordinary(chr(value))) == 1 for v in kind.vocabularies):
                yield chr(value)


def lines(text, width):
    return "".join(f"    {text[at:at + width]}\n" for at in range(0, len(text), width))


def write(kind, costs):
    path = TARGET / f"Tokens+{kind.name.capitalize()}.swift"
    path.write_text(
        f"// What pieces of text cost in tokens of {kind.title}. Generated: `make token-tables`.\n\n"
        "extension TokenCosts {\n"
        f"  static let {kind.name}Triples = #\"\"\"\n{lines(''.join(chr(OFFSET + c) for c in costs), 256)}    \"\"\"#\n\n"
        f"  static let {kind.name}Whole = \"\"\"\n{lines(''.join(whole(kind)), 64)}    \"\"\"\n"
        "}\n", "utf-8")
    print(path)


def main():
    groups = list(texts.groups())
    for kind in KINDS:
        if kind.name in (sys.argv[1:] or [kind.name for kind in KINDS]):
            write(kind, fit(*rows(kind, groups)))


if __name__ == "__main__":
    main()
