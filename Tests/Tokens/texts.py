"""What the tables are fitted to: words and runs of signs with their weights.

Words of 40 languages by frequency (wordfreq), names of countries, languages and scripts in every language (Babel), names, firms and
addresses (Faker), messages of a program in 100 languages (Django), Python's own documentation and sources, random letters and signs. Nothing of it goes into the repository but
sums over all of it.
"""

import collections
import gettext
import pathlib
import random
import re
import string
import sysconfig
import typing


class Piece(typing.NamedTuple):
    """As vocabularies cut text: with the blank or the sign before it, and the line end after signs."""

    text: str
    first: str
    body: str
    is_word: bool
    weight: float


class Group(typing.NamedTuple):
    """The weights of its pieces count as shares of its own."""

    weight: float
    pieces: list[Piece]


LANGUAGES = {"en": 120, "ru": 6, "ar": 4, "es": 3, "el": 2, "fa": 2, "he": 2}
# They write no blanks, or none that part words.
OTHERS = {"zh", "ja", "ko"}

# What stands before a word, how it is written, how often that is.
WAYS = [
    (" ", str, 0.8), ("", str, 0.04), (" ", str.title, 0.1), ("", str.title, 0.03), (" ", str.upper, 0.06), ("", str.upper, 0.02)]
# Capitals of other languages cost more than English ones, and must not be counted by those.
OTHER_WAYS = [*WAYS[:4], (" ", str.upper, 0.25), ("", str.upper, 0.08)]
# What customers and support agents speak of, rare in general and common here.
SUPPORT = """
account agent amount answer appointment approved arrival assigned balance bank bill billing box broken buffering business call callback
cancel cancelled cancellation card case charge charged charges chat check checked claim closed code communication complaint confirm
confirmed connection contact contract credit customer damaged data days decision declined defective deliver delivered delivery department
deposit device diagnosed discount download duplicate email error escalate escalated exchange failed feedback fee fiber firmware fixed
follow fraud handover hold identity incident inquiry install installed instructions insurance internet invoice issue issues item label
late limit line login mailbox manager minutes missing mobile modem month monthly network note notified number offer offline open order
outage overcharged package password payment pending phone plan policy preference prefers premium problem product promised provider
purchase quality question reboot received recipient recognize recorded refund refunded refuse rejected remote renewal replace replaced
replacement report reported reports request requested requires reset resolution resolve resolved restart retention return returned review
roaming router satisfied schedule scheduled screen security send sent server service session shipment shipped signal slow speed speeds
status stopped store subscription supervisor support suspended system tariff technician technical ticket timeline tracking transfer
transferred troubleshooting unable unlimited update updated upgrade urgent user verified verify version visit voucher waiting warehouse
warranty wifi
"""
# Of each language.
MESSAGES = 2
HOLE = re.compile(r"%\(\w+\)\w|%[sd]|{\w*}|&\w+;|<[^>]*>")
WORD = re.compile(r"[^\W\d_]+")
PIECE = re.compile(r"([ \t]?)([^\W\d_]+)|(?<![^\s\w]|_)([^\s\w]|_)([^\W\d_]+)|( ?)((?:[^\s\w]|_)+)(\n?)")


def words(weight, counts, ways):
    return Group(weight, [
        Piece(first + change(word), first, change(word), True, count * share)
        for word, count in counts for first, change, share in ways])


def running(weight, text):
    """The pieces of a text."""
    counts = collections.Counter()
    for match in PIECE.finditer(text):
        blank, word, sign, joined, space, signs, _ = match.groups()
        if word or joined:
            counts[Piece(match.group(), blank if word else sign, word or joined, True, 0)] += 1
        elif signs.isascii():
            counts[Piece(match.group(), space, signs, False, 0)] += 1
    return Group(weight, [piece._replace(weight=count) for piece, count in counts.items()])


def spoken():
    import wordfreq

    for language in sorted(set(wordfreq.available_languages("best")) - OTHERS):
        # In other languages words of middling frequency count for more: less is known of each.
        power = 1 if language == "en" else 0.8
        counts = [
            (part, wordfreq.word_frequency(word, language) ** power)
            for word in wordfreq.top_n_list(language, 40_000 if language == "en" else 8_000) for part in WORD.findall(word)]
        yield words(LANGUAGES.get(language, 1), counts, WAYS if language == "en" else OTHER_WAYS)
    yield words(60, [(word, 1) for word in SUPPORT.split()], WAYS)


def places():
    import babel

    for identifier in sorted(babel.localedata.locale_identifiers()):
        if "_" not in identifier:
            locale = babel.Locale.parse(identifier)
            names = [locale.territories, locale.languages, locale.scripts, locale.months["format"]["wide"], locale.days["format"]["wide"]]
            yield running(0.6, "\n".join(str(name) for kind in names for name in kind.values()))


def people():
    import faker

    for locale in sorted(faker.config.AVAILABLE_LOCALES):
        made = faker.Faker(locale)
        made.seed_instance(1)
        kinds = [kind for kind in ("name", "company", "address") if hasattr(made, kind)]
        yield running(0.2, "\n".join(str(getattr(made, kind)()) for _ in range(300) for kind in kinds))


def messages():
    """What a program says, in a hundred languages, many of them small ones that no other source has."""
    import django

    catalogs = collections.defaultdict(list)
    for path in sorted(pathlib.Path(django.__file__).parent.rglob("LC_MESSAGES/django.mo")):
        with path.open("rb") as file:
            said = gettext.GNUTranslations(file)._catalog
        catalogs[path.parts[-3]] += [text for key, text in said.items() if key and key != text]
    for texts in catalogs.values():
        text = HOLE.sub("", "\n".join(texts))
        yield running(MESSAGES, text)
        yield running(MESSAGES / 3, text.upper())


def python_itself():
    import pydoc_data.topics

    yield running(25, "\n".join(pydoc_data.topics.topics.values()))
    folder = pathlib.Path(sysconfig.get_paths()["stdlib"])
    yield running(15, "\n".join(path.read_text("utf-8", "replace") for path in sorted(folder.glob("*.py"))))


def made():
    """So that no combination is unheard of."""
    dice = random.Random(14)
    for weight, alphabet in [(1.0, string.ascii_lowercase), (0.6, string.ascii_uppercase), (1.2, string.ascii_letters)]:
        counts = [("".join(dice.choices(alphabet, k=dice.randint(1, 14))), 1) for _ in range(30_000)]
        yield words(weight, counts, [(" ", str, 1), ("", str, 1)])
    pieces = []
    for _ in range(30_000):
        body = "".join(dice.choices(string.punctuation, k=dice.randint(1, 5)))
        first, last = dice.choice(["", " "]), dice.choice(["", "\n"])
        pieces.append(Piece(first + body + last, first, body, False, 1))
    yield Group(0.3, pieces)
    for sign in string.punctuation:
        yield words(0.01, [(word, 1) for word in ("id", "s", "t", "name", "to", "The", "com")], [(sign, str, 1)])


def groups():
    for source in (spoken, places, people, messages, python_itself, made):
        yield from source()
