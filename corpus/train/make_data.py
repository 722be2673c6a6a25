"""Writes the labelled lines that the names model learns from, and its gazetteer.

    make_data.py train OUT      data.txt and gazetteer.txt: names that are not held out
    make_data.py held-out OUT   held-out.txt: other templates, held-out names only
    make_data.py mixed OUT      mixed.txt: other templates, names that are not held out
"""

import os
import random
import re
import sys

from grammar import Grammar
from slots import HERE, Names, Places, Words, folded, is_held_out, lines, unmarked
from writer import Writer

# How many lines start from each section.
TRAIN = {
    "T": {"person_text": 62_000, "person_fields": 34_000, "person_foreign": 24_000, "location_text": 22_000,
          "location_fields": 6_000, "location_foreign": 4_000, "organization_text": 22_000, "organization_fields": 7_000,
          "organization_foreign": 4_000, "mixed_text": 9_000, "plain_text": 72_000, "plain_fields": 22_000,
          "plain_foreign": 9_000, "technical_text": 26_000,
          "term_text": 80_000, "term_fields": 18_000,
          "label_text": 70_000, "label_fields": 24_000, "foreign_text": 10_000},
    "U": {"person_urls": 46_000, "location_urls": 14_000, "organization_urls": 8_000, "plain_urls": 60_000,
          "term_urls": 60_000, "label_urls": 50_000, "foreign_urls": 8_000},
}
VALIDATION = {
    "T": {"unseen_person_text": 2_000, "unseen_location_text": 900, "unseen_organization_text": 900, "unseen_clean_text": 3_000},
    "U": {"unseen_person_urls": 1_200, "unseen_location_urls": 400, "unseen_organization_urls": 300, "unseen_clean_urls": 1_800},
}


def noisy(text, rng):
    """A text as other writers would send it: in lower case, in capitals, without marks."""
    choice = rng.random()
    if choice < 0.04:
        text = text.lower()
    elif choice < 0.065:
        text = text.upper()
    if rng.random() < 0.35:
        text = unmarked(text)
    return text


def write_lines(writer, grammar, counts, rng, path):
    made = []
    for kind, sections in counts.items():
        for section, count in sections.items():
            for _ in range(count):
                text = grammar.expand(section, writer)
                if kind == "T":
                    text = noisy(text, rng)
                elif rng.random() < 0.5:
                    text = unmarked(text)
                made.append(f"{kind}\t{re.sub(chr(10), ' ', text)}\n")
    rng.shuffle(made)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(made)


def gazetteer(names, places, words):
    """Folded words and phrases with their flags."""
    flags = {}
    given, surnames = names.tiers()
    def note(word, bits):
        flags[word] = flags.get(word, 0) | bits
    for word, tier in given.items():
        if not is_held_out(word):
            note(word, tier)
    for word, tier in surnames.items():
        if not is_held_out(word) and not (tier == 1 and words.tiers.get(word, 0) > 1):
            note(word, tier << 2)
    for word, bits in names.native_tiers().items():
        if not is_held_out(word):
            note(word, bits)
    for word, tier in words.tiers.items():
        note(word, tier << 4)
    singles = places.large + places.countries + places.states + places.exonyms
    for name in singles + places.cities[:20_000]:
        if is_held_out(name):
            continue
        tokens = [t for t in re.split(r"[ '.-]+", folded(name)) if t]
        if not tokens or not all(t.isascii() and t.isalpha() for t in tokens) or len(tokens) > 3:
            continue
        if len(tokens) == 1:
            if name in places.single and words.tiers.get(tokens[0], 0) < 2 and len(tokens[0]) > 2:
                note(tokens[0], 64)
        else:
            note(" ".join(tokens), 64)
    for name in places.native:
        if not is_held_out(name) and " " not in name and "-" not in name:
            note(name, 64)
    return flags


def main():
    what, out = sys.argv[1:]
    names, places = Names(), Places()
    places.single = set(places.large + places.countries + places.states + places.exonyms)
    rank = {folded(name): position for position, name in enumerate(names.census_surnames)}
    words = Words(names.tiers()[0], rank, {folded(p) for p in places.single})
    held_out = what == "held-out"
    validates = what in ("held-out", "mixed")
    rng = random.Random(402 if validates else 1402)
    writer = Writer(names, places, words, rng, held_out)
    folder = os.path.join(HERE, "grammar")
    files = [os.path.join(folder, file) for file in sorted(os.listdir(folder))]
    if validates:
        grammar = Grammar([*files, os.path.join(HERE, "validation", "templates.txt")], rng)
        write_lines(writer, grammar, VALIDATION, rng, os.path.join(out, f"{what}.txt"))
        return
    grammar = Grammar(files, rng)
    write_lines(writer, grammar, TRAIN, rng, os.path.join(out, "data.txt"))
    with open(os.path.join(out, "gazetteer.txt"), "w", encoding="utf-8") as file:
        for word, bits in sorted(gazetteer(names, places, words).items()):
            file.write(f"{bits}\t{word}\n")


if __name__ == "__main__":
    main()
