"""Slots for what is named after people and places, and for what other people write without a name."""

import re

from realtext import WordNet, brands, described, foreign_words, translated
from slots import folded, lines

REGISTRIES = ["package", "packages", "project", "simple", "crates", "npm", "pkg", "registry", "gems", "gem", "module", "modules", "lib",
              "libs", "library", "dist", "docs", "repos", "repo", "image", "images", "plugin", "plugins", "addon", "addons",
              "extension", "extensions", "wheel", "wheels", "tags", "releases", "download", "downloads", "tarballs", "artifacts",
              "components", "dependencies", "deps", "pypi", "cargo", "maven", "nuget", "hex", "pub", "formula", "charts", "snap",
              "types", "-", "source", "src", "api/packages", "v1/crates", "v2/library", "browse", "vendor", "assets", "models"]


class TermSlots:
    """The part of a writer that needs the texts of `realtext`."""

    def read_texts(self, names, places, words):
        given = set(names.tiers()[0])
        towns = {folded(place) for place in places.cities + places.countries + places.states}

        def is_name(word):
            return (word in given or word in towns) and words.tiers.get(word, 0) < 2
        self.wordnet = WordNet(words.tiers, is_name)
        self.icons = brands()
        self.described, self.titles = described(is_name)
        self.translated = translated()
        self.languages = sorted(self.translated)
        self.foreign_words = foreign_words()
        self.lookalikes, self.idwords = lines("lookalikes.txt"), lines("idwords.txt")
        self.goods = lines("goods.txt")
        self.ecosystem = " ".join(lines("ecosystem.txt")).split()

    def slot_term(self):
        """`Persian rug`, `Hilbert curve`: what a dictionary calls something that is neither a place nor a person."""
        choice = self.rng.random()
        if choice < 0.11:
            return self.slot_namesake()
        if choice < 0.29:
            return self.slot_likeness()
        if choice < 0.44:
            return self.pick(self.lookalikes)
        if choice < 0.52:
            return self.pick(self.icons)
        if choice < 0.6:
            return self.pick(self.wordnet.plain)
        return self.pick(self.wordnet.terms)

    def slot_namesake(self):
        """A full name before what is called by one: a drink, a doll, a theorem."""
        group = "en" if self.chance(0.6) else self.group()
        name = self.pick(self.lookalikes) if self.chance(0.3) else self.any_name(group)
        head = self.pick(self.goods if self.chance(0.7) else self.wordnet.heads)
        return f"{name} {head}"

    def any_name(self, group):
        """A name of which none is more frequent: what is learned from what is no name should not be who it is called after."""
        return f"{self.pick(self.given[group])} {self.pick(self.surnames[group])}"

    def slot_likeness(self):
        """A name before what dictionaries put after names."""
        choice = self.rng.random()
        if choice < 0.5:
            name = self.pick(self.large if self.chance(0.85) else self.countries + self.states + self.exonyms)
        elif choice < 0.85:
            name = self.pick(self.surnames[self.group()])
            if self.chance(0.12):
                name += "-" + self.pick(self.surnames[self.group()])
            elif self.chance(0.12):
                name += "'s"
        else:
            name = self.pick(self.given[self.group()])
        head = self.pick(self.wordnet.heads)
        if self.chance(0.2):
            head = self.pick(self.wordnet.plain)
        return f"{name} {head}"

    def slot_Term(self):
        term = self.slot_term()
        return " ".join(word[:1].upper() + word[1:] for word in term.split(" "))

    def slot_TERM(self):
        return self.slot_term().upper()

    def slot_term_slug(self):
        return self.slug(self.slot_term(), self.rng.choices(["-", "_", "+", " ", ""], [45, 20, 15, 15, 5])[0])

    def slot_term_lower(self):
        return self.slot_term().lower()

    def slot_gloss(self):
        gloss = self.pick(self.wordnet.glosses)
        return gloss[:1].upper() + gloss[1:] if self.chance(0.6) else gloss

    def slot_icon(self):
        return self.pick(self.icons)

    def slot_icon_slug(self):
        return self.slug(self.pick(self.icons), self.pick(["-", "_", "", " "]))

    def slot_described(self):
        return self.pick(self.described)

    def slot_described_start(self):
        """The first words of a description."""
        words = self.pick(self.described).rstrip(".").split(" ")
        return " ".join(words[:self.rng.randint(2, 7)])

    def slot_apititle(self):
        return self.pick(self.titles)

    def slot_lookalike(self):
        return self.pick(self.lookalikes)

    def slot_lookalike_slug(self):
        return self.slug(self.pick(self.lookalikes), self.pick(["-", "_", "+", " "]))

    def slot_idword(self):
        return self.pick(self.idwords)

    def slot_pair(self):
        """A pair that is traded."""
        ticker = lambda: "".join(self.pick("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(self.rng.randint(3, 4)))
        quote = self.pick(["USD", "USDC", "USDT", "EUR", "BTC", "ETH", "GBP", "JPY", "DAI", ticker()])
        pair = (self.slot_ticker().upper() if self.chance(0.5) else ticker()) + self.pick(["-", "-", "/", "_", ""]) + quote
        return pair.lower() if self.chance(0.15) else pair

    def slot_artefact(self):
        """The name of a package as they are in registries."""
        def part():
            choice = self.rng.random()
            if choice < 0.55:
                return self.pick(self.ecosystem)
            if choice < 0.72:
                return self.word()
            if choice < 0.84:
                return self.invented().lower()
            if choice < 0.92:
                return self.pick(self.icons).lower().replace(" ", "-")
            if choice < 0.96:
                return "".join(self.pick("abcdefghijklmnopqrstuvwxyz") for _ in range(self.rng.randint(2, 5)))
            table = self.given if self.chance(0.5) else self.surnames
            return self.pick(table[self.group()]).lower()
        joiner = self.rng.choices(["-", "_", ".", ""], [75, 10, 8, 7])[0]
        name = joiner.join(part() for _ in range(self.rng.choices([1, 2, 3, 4], [15, 45, 30, 10])[0]))
        if self.chance(0.15):
            name = "@" + part() + "/" + name
        return "".join(c for c in name if c.isascii())

    def slot_registry(self):
        return self.pick(REGISTRIES)

    def slot_foreign_phrase(self):
        """Words of a language with other letters, as a text or a query."""
        locale = self.pick(sorted(self.foreign_words))
        words = self.foreign_words[locale]
        joiner = "" if locale[:2] in ("zh", "ja", "th") else " "
        phrase = joiner.join(self.pick(words) for _ in range(self.rng.randint(1, 4)))
        return phrase[:1].upper() + phrase[1:] if self.chance(0.4) else phrase

    def slot_translated(self):
        return self.pick(self.translated[self.pick(self.languages)])

    def slot_translated_short(self):
        texts = self.translated[self.pick(self.languages)]
        return min((self.pick(texts) for _ in range(3)), key=len)

    def slot_translated_slug(self):
        return re.sub(r"\s+", self.pick([" ", "-", "_", "+"]), self.slot_translated_short())
