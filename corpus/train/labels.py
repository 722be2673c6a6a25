"""Slots for labels, paths and keys before names."""

import re

from slots import lines


def sections():
    found, items = {}, []
    for line in lines("labels.txt"):
        header = re.fullmatch(r"\[(\w+)\]", line)
        if header:
            items = found.setdefault(header[1], [])
        else:
            items.append(line)
    return found


class LabelSlots:
    """The part of a writer that puts labels before names."""

    def read_labels(self, known):
        """`known` are the words that say what comes after them in other lists."""
        self.labels = sections()
        self.telling = {word.lower() for name, words in self.labels.items() if name != "plain_label"
                        for text in words for word in re.split(r"\W+|_", text)} | known

    def label(self, kind):
        label = self.pick(self.labels[kind])
        choice = self.rng.random()
        if choice < 0.12:
            return label.lower()
        return label.upper() if choice < 0.17 else label

    def slot_plab(self):
        return self.label("person_label")

    def slot_llab(self):
        return self.label("place_label")

    def slot_olab(self):
        return self.label("organisation_label")

    def slot_nlab(self):
        return self.label("plain_label")

    def slot_ppath(self):
        return self.pick(self.labels["person_path"])

    def slot_lpath(self):
        return self.pick(self.labels["place_path"])

    def slot_opath(self):
        return self.pick(self.labels["organisation_path"])

    def slot_ppkey(self):
        return self.pick(self.labels["person_key"])

    def slot_llkey(self):
        return self.pick(self.labels["place_key"])

    def slot_ookey(self):
        return self.pick(self.labels["organisation_key"])

    def slot_colon(self):
        return self.rng.choices([": ", ":", "：", " - ", " ", ", ", "=", " : "], [50, 6, 12, 6, 12, 6, 4, 4])[0]

    def slot_pword(self):
        """A word that does not say that a name comes."""
        for _ in range(20):
            word = self.word()
            if word not in self.telling and word.rstrip("s") not in self.telling:
                return word
        return "data"

    def slot_Pword(self):
        return self.slot_pword().capitalize()
