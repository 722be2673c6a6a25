"""A grammar of templates: sections of alternatives, which hold `{slot}` and `(this|that)`."""

import re

PART = re.compile(r"\{\{|\}\}|\{(\w+)\}|\(([^()]*\|[^()]*)\)")


class Grammar:
    def __init__(self, paths, rng):
        self.rng = rng
        self.sections = {}
        for path in paths:
            self.read(path)

    def read(self, path):
        section = None
        with open(path, encoding="utf-8") as file:
            for line in file:
                line = line.rstrip("\n")
                header = re.fullmatch(r"\[(\w+)\]", line)
                if header:
                    section = self.sections.setdefault(header[1], [])
                elif line and not line.startswith("# ") and section is not None:
                    section.append(parts(line))

    def expand(self, section, writer):
        out = []
        for literal, slot, choices in self.rng.choice(self.sections[section]):
            if literal is not None:
                out.append(literal)
            elif slot is not None:
                if slot in self.sections:
                    out.append(self.expand(slot, writer))
                else:
                    out.append(getattr(writer, "slot_" + slot)())
            else:
                choice = self.rng.choice(choices)
                out.append(self.of_parts(choice, writer))
        return "".join(out)

    def of_parts(self, text, writer):
        return "".join(
            literal if literal is not None else
            self.expand(slot, writer) if slot in self.sections else getattr(writer, "slot_" + slot)()
            for literal, slot, _ in parts(text))


def parts(line):
    """The literals, slots and choices of a template."""
    found, position = [], 0
    for match in PART.finditer(line):
        if match.start() > position:
            found.append((line[position:match.start()], None, None))
        if match[0] in ("{{", "}}"):
            found.append((match[0][0], None, None))
        elif match[1]:
            found.append((None, match[1], None))
        else:
            found.append((None, None, match[2].split("|")))
        position = match.end()
    if position < len(line):
        found.append((line[position:], None, None))
    return found
