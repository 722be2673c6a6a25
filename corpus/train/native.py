"""Slots for names in scripts other than Latin."""

from slots import NATIVE, is_held_out, name_is


class NativeSlots:
    """The part of a writer that writes names as they are written at home."""

    def read_native(self, names, places):
        keep = lambda items: [item for item in items if name_is(self.held_out, item)]
        self.native = {locale: [keep(items) for items in lists] for locale, lists in names.native.items()}
        self.native = {locale: lists for locale, lists in self.native.items() if lists[0] and lists[1]}
        self.locales, self.locale_weights = zip(*((locale, NATIVE[locale]) for locale in self.native))
        self.native_places = [place for place in places.native if is_held_out(place) == self.held_out]

    def native_parts(self):
        """A locale, a given name and a surname."""
        locale = self.rng.choices(self.locales, self.locale_weights)[0]
        given, surnames, middle = self.native[locale]
        name = self.pick(given)
        if middle and self.chance(0.15):
            name += " " + self.pick(middle)
        return locale, name, self.pick(surnames)

    def native_person(self):
        locale, given, surname = self.native_parts()
        choice = self.rng.random()
        if locale[:2] in ("zh", "ko", "ja"):
            joiner = " " if choice < (0.5 if locale == "ja_JP" else 0.15) else ""
            return surname + joiner + given
        if choice < 0.15:
            return f"{surname} {given}"
        if choice < 0.2 and given[0].upper() != given[0].lower():
            return f"{given[0]}. {surname}"
        return f"{given} {surname}"

    def native_slug(self):
        return self.native_person().replace(" ", self.pick([" ", " ", "-", "_", "+"]))

    def native_single(self):
        """A given name or a surname alone, if it says as much as that."""
        for _ in range(5):
            _, given, surname = self.native_parts()
            single = given if self.chance(0.7) else surname
            if len(single) > 2:
                return single
        return self.native_person()

    def native_place(self):
        return self.pick(self.native_places)
