#!/usr/bin/env python3
"""Prints what StemmerTests.swift compares with: for each language of recipes.txt the sum of the stems that PyStemmer
3.1.0 gives 20,000 made-up words. Words are drawn by SplitMix64, sums are FNV-1a over the stems, a line each.

usage: pip install PyStemmer==3.1.0; python3 sums.py [LANGUAGE]     with LANGUAGE: its words and stems, one a line
"""

import pathlib
import sys

import Stemmer

MASK = (1 << 64) - 1


class Chance:
    def __init__(self, state):
        self.state = state

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
        return (z ^ z >> 31) % bound


def words(onsets, vowels, codas, endings, count=20_000):
    chance = Chance(5)
    pick = lambda parts: parts[chance.below(len(parts))]
    for _ in range(count):
        word = ""
        for _ in range(1 + chance.below(3)):
            if chance.below(8) > 0:
                word += pick(onsets)
            word += pick(vowels)
        if chance.below(2) > 0:
            word += pick(codas)
        for _ in range(chance.below(3)):
            word += pick(endings)
        yield word if len(word) > 2 else word + "ing"


def main():
    for line in (pathlib.Path(__file__).parent / "recipes.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        language, *parts = line.split("|")
        made = list(words(*(part.split() for part in parts)))
        stems = Stemmer.Stemmer(language).stemWords(made)
        total = 0xCBF29CE484222325
        for byte in "".join(stem + "\n" for stem in stems).encode():
            total = ((total ^ byte) * 0x100000001B3) & MASK
        if language in sys.argv[1:]:
            print("\n".join(f"{word} {stem}" for word, stem in zip(made, stems)))
        elif not sys.argv[1:]:
            print(f"{language} {total:#018x}")


if __name__ == "__main__":
    main()
