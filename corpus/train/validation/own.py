"""Writes the texts of own.txt as two corpora, as `x402-guard eval pii` and the trainer read them.

    own.py OUT      OUT/own-dev.jsonl, whose mistakes may be looked at, and OUT/own-test.jsonl, of which only the sums may
"""

import json
import os
import re
import sys

KINDS = {"P": "PERSON", "L": "LOCATION", "O": "ORGANIZATION"}
MARKED = re.compile(r"<([PLO]):([^>]*)>")


def fnv(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def sample(line):
    """A line as a record with one text."""
    field = {"T": "description", "U": "resource_url"}[line[0]]
    text, labels, position = "", [], 2
    for match in MARKED.finditer(line):
        text += line[position:match.start()]
        start = len(text)
        text += match[2]
        labels.append({"field": field, "entity_type": KINDS[match[1]], "start": start, "end": len(text)})
        position = match.end()
    record = {"resource_url": "", "description": "", "reason": "", "pii_positive": bool(labels), "labels": labels}
    record[field] = text + line[position:]
    return record


def main():
    (out,) = sys.argv[1:]
    halves = {"dev": [], "test": []}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "own.txt"), encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if line[:2] in ("T ", "U "):
                half = "test" if fnv(line) >> 40 & 1 else "dev"
                halves[half].append(json.dumps(sample(line), ensure_ascii=False) + "\n")
    for half, made in halves.items():
        with open(os.path.join(out, f"own-{half}.jsonl"), "w", encoding="utf-8") as file:
            file.writelines(made)


if __name__ == "__main__":
    main()
