"""Writes what the slots of the grammar stand for. Names are marked, everything else is plain."""

import collections
import importlib
import re
import string

from faker.providers.company.en_US import Provider as Company
from faker.providers.job.en_US import Provider as Job

from labels import LabelSlots
from native import NativeSlots
from slots import (CLOSE, LOCATION, LOCALES, ORGANIZATION, PERSON, TAKEN, WEIGHTS, folded, is_held_out, lines, name_is,
                   unmarked)
from terms import TermSlots

PARTICLES = {
    "nl": ["van", "van der", "van den", "de", "van de", "ter", "den"], "de": ["von", "zu", "von der", "von und zu"],
    "fr": ["de", "de la", "du", "Le", "d'"], "es": ["de", "de la", "del", "de los", "y"], "it": ["di", "De", "Della", "Di", "D'"],
    "pt": ["da", "de", "dos", "do"], "ar": ["bin", "ibn", "al", "El", "Abu"], "en": ["St.", "de", "van", "Mc"],
}
SUFFIXES = {
    "en": ["Inc", "Inc.", "LLC", "Ltd", "Ltd.", "Limited", "Corp", "Corp.", "Corporation", "Co.", "Company", "PLC", "Group",
           "Holdings", "Partners", "LLP", "Associates", "& Co", "& Sons", "and Sons", "and Sons", "& Partners", "Pty Ltd", "Bros", "Foundation",
           "International", "Global", "LP", "Trust"],
    "de": ["GmbH", "AG", "KG", "GmbH & Co. KG", "SE", "e.V.", "OHG", "UG", "mbH", "Stiftung & Co. KGaA"],
    "fr": ["SA", "SARL", "SAS", "S.A.", "et Fils", "& Cie", "SCOP"],
    "es": ["S.A.", "S.L.", "SA de CV", "S.L.U.", "e Hijos", "y Asociados", "S.A.S."],
    "it": ["S.p.A.", "SpA", "S.r.l.", "Srl", "s.n.c.", "& Figli"],
    "pt": ["Ltda", "S.A.", "Ltda.", "e Filhos", "EIRELI", "Lda"],
    "nl": ["BV", "B.V.", "NV", "N.V.", "VOF"],
    "pl": ["Sp. z o.o.", "S.A.", "sp.j.", "sp. z o.o."],
    "nordic": ["AB", "ASA", "AS", "A/S", "Oy", "Oyj", "ApS"],
    "other": ["OOO", "KK", "Pte Ltd", "Pvt Ltd", "Sdn Bhd", "a.s.", "s.r.o.", "Kft", "d.o.o.", "A.Ş.", "Co., Ltd.", "JSC", "PT"],
}
INDUSTRIES = """Bank|Insurance|Capital|Pharma|Pharmaceuticals|Logistics|Shipping|Airlines|Airways|Motors|Steel|Energy|Oil & Gas|
Foods|Beverages|Brewery|Textiles|Chemicals|Electronics|Semiconductors|Software|Systems|Technologies|Solutions|Consulting|Law|
Legal|Media|Publishing|Pictures|Studios|Records|Entertainment|Sports|Hotels|Resorts|Travel|Construction|Properties|Realty|
Estates|Engineering|Machinery|Robotics|Aerospace|Defence|Security|Telecom|Communications|Networks|Retail|Stores|Supermarkets|
Fashion|Jewelers|Cosmetics|Healthcare|Medical|Dental|Clinics|Laboratories|Diagnostics|Biotech|Genetics|Farms|Agriculture|
Mining|Minerals|Metals|Paper|Packaging|Plastics|Furniture|Toys|Bakery|Coffee|Wines|Catering|Restaurants|Cleaning|Plumbing|
Roofing|Electric|Water|Gas|Power|Solar|Wind|Ventures|Investments|Asset Management|Wealth|Securities|Brokerage|Mortgage|
Credit Union|Savings Bank|Accounting|Auditors|Advisory|Recruiting|Staffing|Education|Academy|Trading|Imports|Freight|
Trucking|Railways|Transport|Marine|Auto|Tires|Cement|Glass|Industries|Enterprises|Manufacturing|Works|Services|Labs""".replace("\n", "").split("|")
INSTITUTIONS = """University|College|High School|School|Academy|Hospital|General Hospital|Medical Center|Medical Centre|Clinic|
Children's Hospital|Memorial Hospital|Museum|Museum of Art|Library|Public Library|Opera|Symphony Orchestra|Orchestra|Theatre|
Football Club|City Council|Police Department|Fire Department|School District|Chamber of Commerce|Port Authority|
Transit Authority|Water District|Stock Exchange|Business School|School of Medicine|School of Law|Institute of Technology|
Polytechnic|Cathedral|Church|Tribune|Herald|Gazette|Times|Post|Chronicle|Journal|Observer""".replace("\n", "").split("|")
TOPICS = """Health|Finance|Justice|Education|Agriculture|Labour|Transport|Energy|Defence|Foreign Affairs|Commerce|Science|Culture|
Technology|Physics|Biology|Chemistry|Economics|Statistics|Medicine|Public Health|Cancer Research|Standards|Housing|
Environmental Protection|Mathematics|Law|Veterans Affairs|the Interior|Homeland Security|Taxation|Fisheries|Tourism""".replace("\n", "").split("|")
BODIES = ["Ministry of", "Department of", "Institute of", "Institute for", "Bureau of", "Board of", "Council for",
          "Commission on", "Agency for", "Office of", "Academy of", "College of", "Society of", "Association of",
          "Center for", "Federation of", "National Institute of", "Royal Society of", "School of", "Faculty of"]
OPENINGS = """First|National|United|American|General|Global|International|Royal|Pacific|Atlantic|Northern|Southern|Eastern|Western|
Central|Standard|Universal|Imperial|Continental|Federal|Consolidated|Allied|Advanced|Premier|Summit|Pioneer|Liberty|
Heritage|Evergreen|Blue Ridge|Golden Gate|Silver Lake|Red River|Green Valley|Sunrise|Sunset|Northstar|Bluebird|Oakwood|
Riverside|Lakeside|Hillside|Mountain|Ocean|Crown|Eagle|Lion|Tiger|Falcon|Phoenix|Apex|Vertex|Zenith|Horizon|Meridian|
Cornerstone|Keystone|Capstone|Landmark|Beacon|Compass|Anchor|Harbor|Gateway|Frontier|Trident|Triton|Acme|Globex|Initech|
Umbrella|Hooli|Stark|Wayne|Cyberdyne|Soylent|Massive|Wonka|Vandelay|Contoso|Fabrikam|Northwind""".replace("\n", "").split("|")
STREETS = ["Street", "St", "St.", "Avenue", "Ave", "Ave.", "Road", "Rd", "Lane", "Drive", "Boulevard", "Blvd", "Court", "Way",
           "Place", "Terrace", "Square", "Close", "Crescent", "Parkway", "Hill", "Gardens"]
SYLLABLES = [["zen", "tri", "nova", "lux", "quan", "flo", "data", "meta", "hyper", "cloud", "block", "pay", "fin", "med", "geo",
              "bio", "neo", "omni", "poly", "syn", "tele", "ultra", "vita", "xen", "zap", "kry", "lumi", "aero", "agri", "alti",
              "byte", "cog", "cryp", "cyber", "deep", "dex", "echo", "edge", "evo", "grid", "helio", "infra", "jet", "kilo",
              "logi", "mono", "nano", "opti", "para", "peri", "pix", "prox", "rapid", "snap", "sol", "spec", "stra", "swift",
              "terra", "tok", "vec", "vex", "volt", "web", "wire", "yield", "zeta", "ora", "cal", "tar", "bri", "sal", "mer"],
             ["ly", "ify", "io", "ix", "ara", "on", "us", "tech", "wise", "base", "hub", "flow", "scan", "bot", "kit", "forge",
              "stack", "grid", "sense", "mind", "trix", "ware", "net", "path", "link", "sync", "point", "zone", "dex", "pay",
              "chain", "mint", "swap", "vault", "pulse", "wave", "cast", "lytics", "genix", "ora", "ium", "ex", "ent", "ique",
              "ella", "ado", "eon", "is", "an", "er", "ia", "ino", "etto", "ova", "ai", "gpt", "api", "db", "js"]]
TOKENS = """ETH BTC USDC USDT DAI SOL MATIC POL AVAX BNB XRP ADA DOGE DOT LINK UNI AAVE LDO ARB OP APT SUI SEI TON TRX LTC BCH
ATOM NEAR FIL ICP INJ PEPE WIF BONK SHIB JUP PYTH RNDR FET GRT CRV MKR SNX COMP WETH WBTC EURC PYUSD USD EUR GBP JPY CHF AAPL
MSFT TSLA AMZN GOOG NVDA META NFLX AMD IBM GE GM JPM WFC BAC""".split()
CHAINS = ["base", "ethereum", "solana", "polygon", "arbitrum", "optimism", "avalanche", "bnb", "linea", "scroll", "zksync", "celo",
          "gnosis", "base-sepolia", "sepolia", "mainnet", "devnet", "testnet", "near", "aptos", "sui", "tron", "cosmos"]
TIMEZONES = ["America/New_York", "Europe/Berlin", "Asia/Tokyo", "Europe/London", "Asia/Kolkata", "Australia/Sydney",
             "America/Los_Angeles", "Africa/Cairo", "America/Sao_Paulo", "Europe/Paris", "UTC", "GMT", "CET", "Asia/Shanghai",
             "America/Chicago", "Pacific/Auckland", "Etc/UTC"]
PERSON_VALUES = """admin me guest anonymous root system default all none true false bot support sales billing ops demo test unknown
self dev-team data-pipeline service-account api-user crawler scheduler cron worker backend frontend gateway mobile-app public
everyone nobody owner operator platform research-agent trading-bot agent-7 user1 test-user demo_user qa-bot ci-runner
deploy-bot marketing finance legal engineering procurement helpdesk on-call team-blue null undefined redacted n/a tbd other
internal external automation webhook daemon superuser moderator staff customer vendor merchant facilitator buyer seller payer
payment-agent price-bot weather-agent search-agent reporting analytics nightly-job batch sandbox staging production""".split()
ROLES = """admin user guest owner editor viewer manager developer analyst auditor operator customer patient doctor nurse teacher
student employee contractor agent merchant buyer seller researcher engineer accountant moderator member subscriber partner
reviewer approver""".split()
NATIONALITIES = """German French Spanish Italian Portuguese Dutch Polish Swedish Danish Norwegian Finnish Greek Turkish Russian
Chinese Japanese Korean Indian Arabic Hebrew English British American Canadian Mexican Brazilian Swiss Austrian Belgian Czech
Hungarian Romanian Ukrainian Vietnamese Thai Indonesian African European Asian Latin Roman Persian Hindi Swahili Urdu Bengali
Irish Scottish Welsh Australian Egyptian""".split()
CURRENCIES = ["US dollar", "euro", "pound sterling", "Swiss franc", "yen", "yuan", "rupee", "peso", "real", "krona", "zloty", "lira",
              "ruble", "rand", "won", "Euro", "Pound", "Dollar", "Yen", "Franc", "dollars", "euros", "cents", "satoshis", "gwei", "wei"]
MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
EXTENSIONS = "json csv pdf png jpg jpeg svg gif webp mp3 mp4 wav txt xml html md yaml yml zip tgz gz tar parquet xlsx docx js ts css wasm ico whl jar bin onnx".split()
COLOURS = "red blue green yellow orange purple pink brown black white grey teal navy olive coral salmon violet amber scarlet".split()
ANIMALS = "cat dog horse wolf fox bear lion tiger eagle falcon robin jay swan dolphin whale shark salmon python camel llama alpaca zebra koala panda".split()
PLANTS = "rose lily daisy violet iris jasmine basil sage rosemary heather ivy holly olive hazel willow oak maple cedar fern clover".split()
COMMODITIES = "gold silver copper crude oil|Brent crude|natural gas|wheat|corn|soybeans|coffee|cocoa|sugar|cotton|lumber|platinum|palladium|live cattle|lean hogs|orange juice|uranium|nickel".split("|")
DISEASES = "diabetes asthma influenza measles malaria hepatitis pneumonia anaemia arthritis migraine epilepsy dementia tuberculosis covid melanoma".split()
DRUGS = "ibuprofen aspirin metformin insulin warfarin amoxicillin lisinopril atorvastatin sertraline paracetamol morphine codeine prednisone".split()
SPORTS = "football tennis basketball baseball cricket golf hockey rugby cycling boxing chess formula one|NBA|NFL|NHL|MLB|UFC".split()
PLANETS = "Mercury Venus Mars Jupiter Saturn Uranus Neptune Pluto Titan Europa Ganymede Callisto Orion Andromeda".split()
ELEMENTS = "lithium cobalt carbon helium neon argon silicon iron zinc tin lead mercury radon curium einsteinium".split()
PERSON_COLLECTIONS = """users user customers customer patients patient clients client people person persons members member employees employee
staff students student teachers authors author doctors physicians contacts contact accounts account profiles profile owners
owner drivers guests passengers tenants applicants candidates candidate leads subscribers agents artists speakers team
directory persons-of-interest beneficiaries recipients payees players players actors directors lawyers attorneys agents
sellers buyers investors borrowers cv resume resumes bio biographies obituaries founders politicians athletes reviewers
signers witnesses inmates donors volunteers faculty alumni u p by customers-data user-profiles patient-records whois""".split()
PERSON_KEYS = """name user username author patient customer client owner recipient sender payee payer buyer employee contact assignee
full_name fullName customerName customer_name patientName patient_name holder account_holder accountHolder cardholder
cardholder_name signer reviewer manager doctor physician student teacher guest passenger driver candidate applicant member
subscriber beneficiary attn to from by for requested_by requestedBy created_by createdBy approved_by signed_by display_name
displayName nickname artist speaker host agent lead person subject who tenant insured claimant borrower seller landlord
user_name userName full-name customer-name patient-name contact_name contactName traveler traveller invitee organizer
reporter witness attendee editor researcher lawyer payor remitter billing_name shipping_name recipient_name author_name
legal_name real_name player owner_name employee_name""".split()
GIVEN_KEYS = "first firstname first_name firstName given given_name givenName fname first-name name forename".split()
SURNAME_KEYS = "last lastname last_name lastName surname family family_name familyName lname last-name sname".split()
LOCATION_KEYS = """city location place town country state region address destination origin from to near area loc where locality province
county birthplace venue street home_city homeCity shipTo ship_to billing_city hometown departure arrival pickup dropoff
capital district municipality city_name cityName""".split()
ORGANIZATION_KEYS = """company org organization organisation employer vendor supplier merchant issuer bank hospital school university client
customer insurer company_name companyName org_name orgName business firm institution brand_owner legalEntity publisher
manufacturer provider_name counterparty tenant_org clinic agency sponsor account_name""".split()
PLAIN_KEYS = """amount currency page limit offset format sort order model version type status lang units symbol network chain id ref
session trace key token mode region zone date from_date interval period category tag topic query count size width height
quality seed temperature max_tokens theme style voice source scope plan tier feature channel asset scheme resource
description reason title label code kind level priority role action event method path host port timeout retries cursor
filter fields include exclude expand group sku item product service api endpoint provider engine dataset table column
index language locale timezone encoding output input prompt task job run build branch commit env environment cluster
bucket object file filename folder mime hash nonce signature payload""".split()
COLLECTIONS_L = """cities city weather places place locations location countries country regions region forecast hotels restaurants events
jobs real-estate properties travel destinations maps traffic air-quality local airports stations neighborhoods states
provinces rentals tours guides""".split()
COLLECTIONS_O = """companies company orgs org organizations organisations employers vendors suppliers merchants banks hospitals schools
universities clients customers issuers stocks filings earnings brands businesses institutions insurers tenants partners
firms agencies""".split()
PREFIXES = "api v1 v2 v3 api/v1 api/v2 api/v3 x402 x402/v1 paid premium data public services app internal rest private content".split()
HOSTS = ["api.example.com", "example.org/api", "data.acme.dev", "x402.example.net", "pay.weather.dev", "example.com:8080", "www.example.com"]
LANGS = "en de fr es it pt nl pl en-US en-GB de-DE fr-FR es-MX pt-BR zh-CN ja ko US GB DE FR ES IT CA AU BR IN JP EU NYC LAX SFO JFK LHR CDG".split()
CODE_WORDS = "getUserById listItems fetchData toString parseInt isValid onClick useState setTimeout createOrder updateStatus deleteAll mapReduce".split()


class Writer(LabelSlots, NativeSlots, TermSlots):
    def __init__(self, names, places, words, rng, held_out):
        self.rng, self.words, self.places, self.held_out = rng, words, places, held_out
        keep = lambda items: [item for item in items if name_is(held_out, item)]
        self.given = {group: keep(items) for group, items in names.given.items()}
        self.surnames = {group: keep(items) for group, items in names.surnames.items()}
        self.rare_given, self.rare_surnames = keep(names.census_given), keep(names.census_surnames)
        # The names that everybody knows, the most common ones first.
        men, women = names.census_given[:150], names.census_given[1219:1369]
        self.common_given = keep([name for pair in zip(men, women) for name in pair])
        self.common_surnames = keep(names.census_surnames[:300])
        groups = collections.Counter(name for items in self.given.values() for name in set(items))
        self.shared_given = sorted((name for name, count in groups.items() if count > 2), key=lambda name: (-groups[name], name))
        self.all_surnames = names.surnames
        self.groups, self.weights = zip(*((g, w) for g, w in WEIGHTS.items() if self.given[g] and self.surnames[g]))
        placed = lambda items: [item for item in items if is_held_out(item) == held_out]
        self.cities, self.large = placed(places.cities), placed(places.large)
        self.countries, self.states, self.exonyms = (placed(p) for p in (places.countries, places.states, places.exonyms))
        self.well_known = set(self.large[:1500] + self.countries + self.states + self.exonyms)
        # What people travel to is not what is largest.
        self.well_known_cities = self.large[:150] + self.exonyms
        self.by_country = {code: placed(items) for code, items in places.by_country.items()}
        self.organisations = placed(lines("organisations.txt"))
        self.techorgs = lines("techorgs.txt")
        self.brands, self.products, self.indexes = lines("brands.txt"), lines("products.txt"), lines("indexes.txt")
        self.cityproducts, self.eponyms, self.eponym_names = (lines(f) for f in ("cityproducts.txt", "eponyms.txt", "eponym_names.txt"))
        self.regions = lines("regions.txt")
        self.jobs = sorted(Job.jobs)
        self.catch = [list(w) for w in Company.catch_phrase_words]
        place_words = {folded(p) for p in places.cities + places.countries + places.states}
        name_words = set(names.tiers()[0]) | {folded(p) for p in places.cities[:3000]}
        self.sentences = [s for s in words.sentences if not mentions_a_name(s, name_words, place_words, words.tiers)]
        self.lorem = foreign_sentences(words.foreign)
        self.read_labels({word for words in (PERSON_COLLECTIONS, COLLECTIONS_L, COLLECTIONS_O) for word in words})
        self.read_native(names, places)
        self.read_texts(names, places, words)

    def pick(self, items):
        return items[int(self.rng.random() * len(items))]

    def pick_early(self, items):
        """One of items, the first ones more often."""
        return items[int(len(items) * self.rng.random() ** 2.2)]

    def chance(self, probability):
        return self.rng.random() < probability

    # -- persons -----------------------------------------------------------------------------------

    def group(self):
        return self.rng.choices(self.groups, self.weights)[0]

    def a_given(self, group):
        if self.chance(0.4 if group == "en" else 0.04) and self.common_given:
            return self.pick_early(self.common_given)
        if self.chance(0.15) and self.shared_given:
            return self.pick_early(self.shared_given)
        if group == "en" and self.chance(0.12) and self.rare_given:
            return self.pick(self.rare_given)
        return self.pick(self.given[group])

    def a_surname(self, group):
        if self.chance(0.4 if group == "en" else 0.04) and self.common_surnames:
            return self.pick_early(self.common_surnames)
        if group == "en" and self.chance(0.25):
            return self.pick(self.rare_surnames)
        surname = self.pick(self.surnames[group])
        if group == "pl" and surname.endswith("ki") and self.chance(0.4):
            surname = surname[:-1] + "a"
        return surname

    def name_parts(self, group=None):
        """Given names and a surname as written in a text."""
        group = group or self.group()
        self.last_group = group
        given = self.a_given(group)
        if group == "vi" and self.chance(0.5):
            given = self.pick(["Van", "Thi", "Minh", "Ngoc", "Duc", "Quoc"]) + " " + given
        if self.chance(0.15):
            group = self.group()
        surname = self.a_surname(group)
        if self.chance(0.1) and self.common_given and self.common_surnames:
            given, surname = self.pick_early(self.common_given), self.pick_early(self.common_surnames)
        choice = self.rng.random()
        if choice < 0.05:
            given += self.pick([" ", "-"]) + self.a_given(group)
        elif choice < 0.09:
            given += " " + self.pick(string.ascii_uppercase) + self.pick([".", ""])
        elif choice < 0.11:
            given = self.pick(string.ascii_uppercase) + ". " + self.pick(string.ascii_uppercase) + "."
        elif choice < 0.16:
            given = self.pick(string.ascii_uppercase) + self.pick([".", ".", ".", ""])
        choice = self.rng.random()
        if choice < 0.06:
            surname += "-" + self.a_surname(group)
        elif choice < 0.06 + (0.12 if group in ("es", "pt") else 0.02):
            surname += " " + self.a_surname(group)
        elif group in PARTICLES and self.chance(0.25 if group in ("nl", "ar") else 0.09):
            particle = self.pick(PARTICLES[group])
            surname = particle + ("" if particle[-1] in "'c" else " ") + surname
        return given, surname

    def person_text(self, group=None):
        if group is None and self.chance(0.08):
            return self.native_person()
        given, surname = self.name_parts(group)
        choice = self.rng.random()
        if self.last_group in ("vi", "zh", "ko", "ja", "hu") and self.chance(0.35):
            return f"{surname} {given}"
        if choice < 0.05:
            return f"{surname}, {given}"
        if choice < 0.065:
            return f"{surname} {given}"
        if choice < 0.08:
            return f"{surname.upper()} {given}"
        if choice < 0.095:
            return f"{given} {surname.upper()}"
        if choice < 0.11 and "." in given:
            return f"{given.replace(' ', '')}{surname}"
        return f"{given} {surname}"

    def slug(self, text, joiner=None):
        """Words of a text as a slug; `None` picks how they are joined."""
        tokens = [t for t in re.split(r"[ .,'&/-]+", text) if t]
        style = self.rng.random()
        if style < 0.62:
            tokens = [t.lower() for t in tokens]
        elif style < 0.66:
            tokens = [t.upper() for t in tokens]
        if joiner is None:
            joiner = self.rng.choices(["-", "_", ".", "+", " ", "camel"], [44, 20, 10, 7, 7, 12])[0]
        if joiner == "camel":
            tokens = [t[:1].upper() + t[1:].lower() for t in tokens]
            if self.chance(0.5) and tokens:
                tokens[0] = tokens[0].lower()
            joiner = ""
        return joiner.join(tokens)

    def person_slug(self, joiner=None):
        if joiner is None and self.chance(0.06):
            return self.native_slug()
        given, surname = self.name_parts()
        if self.chance(0.15):
            given, surname = surname, given
        return self.slug(f"{given} {surname}", joiner)

    def as_person(self, text):
        return PERSON + text + CLOSE

    def slot_person(self):
        return self.as_person(self.person_text())

    def slot_lower_person(self):
        return self.as_person(self.person_text().lower())

    def slot_CAPS_PERSON(self):
        return self.as_person(self.person_text().upper())

    def slot_given(self):
        return self.as_person(self.native_single() if self.chance(0.04) else self.a_given(self.group()))

    def slot_surname(self):
        return self.as_person(self.name_parts()[1])

    def slot_given_lower(self):
        return self.as_person(self.a_given(self.group()).lower())

    def slot_surname_lower(self):
        return self.as_person(self.a_surname(self.group()).lower())

    def slot_person_slug(self):
        return self.as_person(self.person_slug())

    def slot_CamelPerson(self):
        return self.as_person(self.person_slug("camel"))

    def slot_handle(self):
        return self.person_slug(self.pick(["", "_"])).lower()

    def slot_given_slug(self):
        name = self.a_given(self.group())
        return self.as_person(name.lower() if self.chance(0.6) else name)

    def slot_surname_slug(self):
        name = self.a_surname(self.group())
        return self.as_person(name.lower() if self.chance(0.6) else name)

    def slot_person_val(self):
        choice = self.rng.random()
        if choice < 0.2:
            given, surname = self.name_parts()
            comma = self.pick([",", ", ", ",+"])
            text = f"{surname}{comma}{given}"
            return self.as_person(text.lower() if self.chance(0.25) else text)
        if choice < 0.45:
            joiner = self.pick(["+", "+", " ", " ", "_", "-", "."])
            return self.as_person(self.person_text().replace(" ", joiner))
        if choice < 0.52:
            return self.slot_given_slug()
        return self.slot_person_slug()

    def slot_kv_person(self):
        choice = self.rng.random()
        if choice < 0.5:
            return self.slot_person()
        if choice < 0.6:
            return self.slot_person_val()
        if choice < 0.68:
            return self.slot_given()
        if choice < 0.78:
            return self.slot_lower_person()
        return self.slot_person_slug()

    # -- places ------------------------------------------------------------------------------------

    def place(self):
        place = self.a_place()
        # Places of several words that nobody knows are rare in what people write.
        for _ in range(2):
            if " " not in place or place in self.well_known:
                return place
            place = self.a_place()
        return place

    def a_place(self):
        if self.chance(0.04):
            return self.native_place()
        choice = self.rng.random()
        if choice < 0.25 and self.well_known_cities:
            return self.pick(self.well_known_cities)
        if choice < 0.55:
            # The largest places are named most.
            return self.pick_early(self.large)
        if choice < 0.66:
            return self.pick(self.cities)
        if choice < 0.8:
            return self.pick(self.countries)
        if choice < 0.87:
            return self.pick(self.states)
        return self.pick(self.exonyms)

    def as_place(self, text):
        return LOCATION + text + CLOSE

    def slot_loc(self):
        if self.chance(0.1):
            return self.as_place(self.place()) + ", " + self.as_place(self.pick(self.countries + self.states))
        return self.as_place(self.place())

    def slot_loc_lower(self):
        return self.as_place(self.place().lower())

    def slot_LOC_CAPS(self):
        return self.as_place(self.place().upper())

    def slot_loc_slug(self):
        return self.as_place(self.slug(self.place()))

    def slot_loc_val(self):
        place = self.place()
        return self.as_place(place.replace(" ", self.pick(["+", " ", "-", "_"]))) if self.chance(0.5) else self.as_place(self.slug(place))

    def slot_kv_loc(self):
        return self.slot_loc() if self.chance(0.75) else self.slot_loc_slug()

    def slot_country(self):
        return self.as_place(self.pick(self.countries))

    def slot_country_slug(self):
        return self.as_place(self.slug(self.pick(self.countries)))

    def slot_country_val(self):
        return self.as_place(self.pick(self.countries).replace(" ", "+"))

    def slot_usstate(self):
        return self.as_place(self.pick(self.states))

    def slot_street(self):
        group = self.pick(["en", "en", "en", "de", "fr", "es", "it"])
        stem = self.pick([self.pick(self.all_surnames["en"]), self.pick(OPENINGS), self.pick(self.words.everyday[:3000]).title()])
        if group == "de":
            return self.as_place(self.pick(self.all_surnames["de"]) + self.pick(["straße", "weg", "platz", "allee", "gasse"]))
        if group in ("fr", "es", "it"):
            head = {"fr": ["rue", "avenue", "boulevard", "rue de", "place de"], "es": ["Calle", "Avenida", "Plaza", "Calle de"],
                    "it": ["Via", "Piazza", "Corso", "Viale"]}[group]
            return self.as_place(self.pick(head) + " " + self.pick(self.all_surnames[group]))
        return self.as_place(stem + " " + self.pick(STREETS))

    def local_place(self, codes):
        items = self.by_country.get(self.pick(codes)) or self.cities
        return self.as_place(items[int(len(items) * self.rng.random() ** 2)])

    # -- organisations -----------------------------------------------------------------------------

    def organisation(self, language=None):
        for _ in range(50):
            name = self.an_organisation(language)
            if is_held_out(name) == self.held_out:
                return name
        return name

    def an_organisation(self, language=None):
        choice = self.rng.random()
        if choice < 0.26 and language is None:
            return self.pick(self.organisations)
        group = language if language in self.surnames else self.group()
        suffixes = SUFFIXES.get(language or group) or SUFFIXES[self.pick(sorted(SUFFIXES))]
        surname = lambda: self.a_surname(group)
        kinds = [
            lambda: f"{surname()} {self.pick(suffixes)}",
            lambda: f"{surname()} {self.pick(suffixes)}",
            lambda: f"{surname()} {self.pick(INDUSTRIES)} {self.pick(suffixes)}",
            lambda: f"{surname()} {self.pick(INDUSTRIES)}",
            lambda: f"{surname()} & {surname()}" + self.pick(["", " LLP", " " + self.pick(suffixes)]),
            lambda: f"{surname()}, {surname()} & {surname()}" + self.pick(["", " LLP"]),
            lambda: f"{surname()}, {surname()} and {surname()}",
            lambda: f"{surname()}-{surname()}" + self.pick(["", " " + self.pick(suffixes)]),
            lambda: f"{self.a_given(group)} {surname()} {self.pick(suffixes)}",
            lambda: f"{self.invented()} {self.pick(suffixes)}",
            lambda: f"{self.invented()} {self.pick(suffixes)}",
            lambda: f"{self.invented()} {self.pick(INDUSTRIES)}" + self.pick(["", " " + self.pick(suffixes)]),
            lambda: f"{self.pick(OPENINGS)} {self.pick(INDUSTRIES)} {self.pick(suffixes)}",
            lambda: f"{self.pick(OPENINGS)} {self.pick(INDUSTRIES)} {self.pick(suffixes)}",
            lambda: f"{self.pick(OPENINGS)} {self.pick(suffixes)}",
            lambda: f"{self.pick(OPENINGS)} {self.pick(['Bank', 'National Bank', 'Savings Bank', 'Insurance', 'Airlines', 'University', 'Hospital', 'Trust'])}",
            lambda: f"{self.place()} {self.pick(INSTITUTIONS)}",
            lambda: f"{self.place()} {self.pick(INSTITUTIONS)}",
            lambda: f"{self.place()} {self.pick(INDUSTRIES)} {self.pick(suffixes)}",
            lambda: f"University of {self.place()}",
            lambda: f"Bank of {self.place()}",
            lambda: f"{self.pick(['City of', 'Port of', 'Republic Bank of', 'Museum of', 'Diocese of', 'Society of', 'Technical University of', 'Supreme Court of', 'Government of', 'Central Bank of', 'College of'])} {self.place()}",
            lambda: f"{self.pick(BODIES)} {self.pick(TOPICS)}",
            lambda: f"{self.place()} {self.pick(BODIES)} {self.pick(TOPICS)}",
            lambda: f"{self.pick(NATIONALITIES)} {self.pick(INDUSTRIES)} {self.pick(suffixes)}",
            lambda: f"{self.pick(NATIONALITIES)} {self.pick(BODIES)} {self.pick(TOPICS)}",
            lambda: f"{self.pick(['St.', 'Saint', 'St'])} {self.pick(self.given['en'])}" + self.pick(["'s", "", ""]) + " " + self.pick(["Hospital", "Medical Center", "Church", "College", "School"]),
            lambda: "".join(self.pick(string.ascii_uppercase) for _ in range(self.rng.randint(2, 4))) + " " + self.pick(suffixes + ["Bank", "Group", "Holdings"]),
            lambda: f"{surname()} {self.pick(['Foundation', 'University', 'Institute', 'Hospital', 'Clinic', 'College', 'Family Trust', 'Law Firm', 'Brothers', 'Memorial Hospital', 'School'])}",
        ]
        local = {
            "de": [lambda: f"{self.pick(['Sparkasse', 'Volksbank', 'Universität', 'Stadtwerke', 'Universitätsklinikum', 'Klinikum', 'Technische Universität', 'Stadt', 'Amtsgericht', 'Finanzamt'])} {self.city_of(['DE', 'AT', 'CH'])}",
                   lambda: f"{surname()} {self.pick(['Maschinenbau', 'Versicherung', 'Bau', 'Logistik', 'Elektronik', 'Verlag', 'Bank', 'Werke'])} {self.pick(SUFFIXES['de'])}"],
            "fr": [lambda: f"{self.pick(['Banque', 'Université de', 'Hôpital', 'Mairie de', 'Clinique', 'Crédit', 'Société Générale de', 'Centre hospitalier de'])} {self.city_of(['FR', 'BE'])}"],
            "es": [lambda: f"{self.pick(['Banco', 'Universidad de', 'Hospital', 'Ayuntamiento de', 'Clínica', 'Grupo', 'Caja', 'Colegio'])} {self.city_of(['ES', 'MX', 'AR', 'CO'])}",
                   lambda: f"{self.pick(['Banco', 'Grupo', 'Construcciones', 'Transportes', 'Seguros', 'Clínica'])} {surname()}"],
            "it": [lambda: f"{self.pick(['Banca', 'Università di', 'Ospedale', 'Comune di', 'Cassa', 'Politecnico di'])} {self.city_of(['IT'])}"],
            "pt": [lambda: f"{self.pick(['Banco', 'Universidade de', 'Hospital', 'Prefeitura de', 'Grupo', 'Caixa'])} {self.city_of(['BR', 'PT'])}"],
            "nl": [lambda: f"{self.pick(['Universiteit', 'Gemeente', 'Ziekenhuis', 'Bank', 'Stichting'])} {self.city_of(['NL', 'BE'])}"],
            "pl": [lambda: f"{self.pick(['Bank', 'Uniwersytet', 'Szpital', 'Urząd Miasta', 'Fundacja', 'Politechnika'])} {self.city_of(['PL'])}"],
        }.get(language or self.pick(["de", "fr", "es", "it", "pt", "nl", "pl", None, None, None, None, None, None, None]), [])
        return self.pick(kinds[:16] + local * 6 if language else kinds + local)()

    def city_of(self, codes):
        items = self.by_country.get(self.pick(codes)) or self.cities
        return items[int(len(items) * self.rng.random() ** 2)]

    def as_organisation(self, text):
        return ORGANIZATION + text + CLOSE

    def slot_org(self):
        if self.chance(0.03):
            return self.as_organisation(re.sub(r"[ .,'&]+", "-", self.organisation()).strip("-"))
        return self.as_organisation(self.organisation())

    def slot_bankof(self):
        for _ in range(50):
            head = self.pick(["Bank of", "Bank of", "University of", "University of", "City of", "Museum of", "Port of"])
            name = f"{head} {self.pick([self.place(), self.place(), 'America', 'the West', 'Tokyo', 'Commerce'])}"
            if is_held_out(name) == self.held_out:
                break
        return self.as_organisation(name)

    def slot_Surname(self):
        return self.pick(self.eponym_names)

    def slot_eponym_head(self):
        return self.pick(self.eponyms)

    def slot_techorg(self):
        return self.as_organisation(self.pick(self.techorgs) + self.pick(["", "", "", " Inc.", " Corporation", " LLC"]))

    def slot_org_lower(self):
        return self.as_organisation(self.organisation().lower())

    def slot_ORG_CAPS(self):
        return self.as_organisation(self.organisation().upper())

    def slot_org_slug(self):
        return self.as_organisation(self.slug(self.organisation()))

    def slot_org_val(self):
        name = self.organisation()
        if self.chance(0.5):
            return self.as_organisation(name.replace("&", "and").replace(" ", self.pick(["+", " "])))
        return self.as_organisation(self.slug(name))

    def slot_kv_org(self):
        return self.slot_org() if self.chance(0.75) else self.slot_org_slug()

    # -- words -------------------------------------------------------------------------------------

    def word(self):
        words = self.words.paths if self.chance(0.65) else self.words.everyday
        return words[int(len(words) * self.rng.random() ** 1.7)]

    def slot_word(self):
        return self.word()

    def slot_Word(self):
        return self.word().capitalize()

    def slot_WORD(self):
        return self.word().upper()

    def slot_CAPSWORD(self):
        return self.word().upper()

    def slot_nameword(self):
        return self.pick(self.words.name_words)

    def slot_Nameword(self):
        return self.pick(self.words.name_words).capitalize()

    def slot_camelwords(self):
        first, *rest = [self.word() for _ in range(self.rng.randint(2, 3))]
        return first + "".join(word.capitalize() for word in rest)

    def slot_CamelWords(self):
        if self.chance(0.5):
            return self.pick(self.words.members)
        return "".join(self.word().capitalize() for _ in range(self.rng.randint(2, 3)))

    def slot_CONSTANT(self):
        return "_".join(self.word().upper() for _ in range(self.rng.randint(2, 3)))

    def slot_codewords(self):
        return self.pick(CODE_WORDS)

    def slot_topic1(self):
        return self.pick("weather prices market news search image audio translate stocks equity tokens gas blocks sentiment medical health finance identity credit fraud risk compliance legal patents court tax payroll hr inventory shipping travel hotels flights maps geocode traffic energy carbon satellite storage compute inference embeddings agents chat code security dns domains email sms voice video ocr pdf scrape crawl enrich verify kyc screening background profile report data analytics insights research lookup directory".split())

    def slot_rnoun1(self):
        return self.pick("report summary invoice statement record profile forecast receipt appointment prescription transcript certificate quote order subscription booking ticket history file chart result claim policy portfolio contract letter message memo review audit payment transfer refund delivery session note document photo avatar dashboard timeline activity balance score".split())

    def invented(self):
        style = self.rng.random()
        if style < 0.55:
            name = self.pick(SYLLABLES[0]) + (self.pick(SYLLABLES[0]) if self.chance(0.12) else "") + self.pick(SYLLABLES[1])
            return name.capitalize() if self.chance(0.85) else name
        if style < 0.75:
            name = "".join(self.pick("bcdfghjklmnprstvwxz") + self.pick("aeiou") for _ in range(self.rng.randint(2, 3)))
            return (name + self.pick(["", "", "n", "x", "r", "s"])).capitalize()
        if style < 0.9:
            return self.word().capitalize() + self.word().capitalize()
        return self.pick(self.words.everyday).capitalize()

    def slot_invented(self):
        return self.invented()

    def slot_invented_slug(self):
        return self.slug(self.invented(), "-").lower()

    def slot_package(self):
        parts = [self.word() for _ in range(self.rng.randint(1, 2))]
        return self.pick(["py-", "", "", "node-", "rust-", "go-"]) + self.pick(["-", "_", ""]).join(parts) + self.pick(["", "", "-rs", "-js", ".py", "js", "lib", "-cli", "-sdk"])

    def slot_Package(self):
        return self.slot_package().capitalize()

    def slot_brand(self):
        return self.pick(self.brands)

    def slot_brand_slug(self):
        return self.slug(self.pick(self.brands), self.pick(["-", "_", ""])).lower()

    def slot_model(self):
        name = self.pick(self.brands[:95])
        return name + self.pick(["", "", " " + str(self.rng.randint(1, 9)), f" {self.rng.randint(1, 4)}.{self.rng.randint(0, 9)}", " 70B", " 8B Instruct", " Turbo", " Large", " Mini", " Pro", " v2"])

    def slot_model_slug(self):
        return self.slug(self.slot_model(), "-").lower()

    def slot_product(self):
        return self.pick(self.products)

    def slot_cityproduct(self):
        return self.pick(self.cityproducts)

    def slot_PRODUCT_CAPS(self):
        return self.pick(self.products + self.cityproducts).upper()

    def slot_BRAND_CAPS(self):
        return self.pick(self.brands).upper()

    def slot_EPONYM_CAPS(self):
        return self.slot_eponym().upper()

    def slot_CAPSCHAIN(self):
        return self.pick(CHAINS).upper()

    def slot_PKEY(self):
        return self.pick(PERSON_KEYS).upper()

    def slot_NKEY(self):
        return self.pick(PLAIN_KEYS).upper()

    def slot_indexname(self):
        return self.pick(self.indexes)

    def slot_eponym(self):
        name = self.pick(self.eponym_names) if self.chance(0.6) else self.pick(self.all_surnames[self.pick(["en", "de", "fr", "it"])])
        if self.chance(0.12):
            name += "-" + self.pick(self.all_surnames["en"])
        if self.chance(0.1):
            name += "'s"
        return name + " " + self.pick(self.eponyms)

    def slot_Eponym(self):
        return self.slot_eponym().title().replace("'S", "'s")

    def slot_eponym_slug(self):
        return self.slug(self.slot_eponym(), self.pick(["-", "_"])).lower()

    def slot_title_slug(self):
        return "-".join(self.word() for _ in range(self.rng.randint(3, 6)))

    def slot_phrase_plus(self):
        return self.pick(self.sentences).strip(".").lower().replace(" ", "+")[:60]

    def slot_catch(self):
        return " ".join(self.pick(words) for words in self.catch).capitalize()

    def slot_catch_title(self):
        return " ".join(self.pick(words) for words in self.catch).title()

    def slot_job_title(self):
        return self.pick(self.jobs)

    def slot_joblocale(self):
        return self.pick(self.jobs).lower()

    def slot_lorem(self):
        return self.pick(self.lorem)

    slot_foreign_lorem = slot_lorem

    def slot_foreign_words(self):
        words = self.words.foreign[self.pick(sorted(self.words.foreign))]
        return " ".join(words[int(len(words) * self.rng.random() ** 2.5)] for _ in range(self.rng.randint(2, 6))).capitalize()

    def slot_technical(self):
        return self.pick(self.sentences)

    def slot_start(self):
        """The first words of a technical sentence, or words of none."""
        if self.chance(0.7):
            words = self.pick(self.sentences).rstrip(".").split(" ")
            words = words[:self.rng.randint(1, 6)]
            while len(words) > 1 and words[-1].lower() in ("the", "a", "an", "of", "to", "for", "in", "by", "with", "is", "and"):
                words.pop()
            return " ".join(words).rstrip(",;:.")
        words = [self.word() for _ in range(self.rng.randint(1, 4))]
        return " ".join(words).capitalize() if self.chance(0.7) else " ".join(words)

    def slot_finish(self):
        if self.chance(0.6):
            words = self.pick(self.sentences).split(" ")
            return " ".join(words[-self.rng.randint(1, 6):]).lstrip("(,;:")
        return " ".join(self.word() for _ in range(self.rng.randint(1, 4)))

    def slot_foreign_start(self):
        return self.slot_foreign_words()

    def slot_foreign_end(self):
        return self.slot_foreign_words().lower()

    def slot_Invented(self):
        return self.invented().capitalize()

    def slot_colour(self):
        return self.pick(COLOURS)

    def slot_animal(self):
        return self.pick(ANIMALS)

    def slot_Animal(self):
        return self.pick(ANIMALS).capitalize()

    def slot_plant(self):
        return self.pick(PLANTS)

    def slot_commodity(self):
        return self.pick(COMMODITIES)

    def slot_Commodity(self):
        return self.pick(COMMODITIES).capitalize()

    def slot_disease(self):
        return self.pick(DISEASES)

    def slot_Disease(self):
        return self.pick(DISEASES).capitalize()

    def slot_drug(self):
        return self.pick(DRUGS)

    def slot_Drug(self):
        return self.pick(DRUGS).capitalize()

    def slot_sport(self):
        return self.pick(SPORTS)

    def slot_Sport(self):
        return self.pick(SPORTS).capitalize()

    def slot_planet(self):
        return self.pick(PLANETS)

    slot_Planet = slot_planet

    def slot_element(self):
        return self.pick(ELEMENTS)

    def slot_nationality(self):
        return self.pick(NATIONALITIES)

    def slot_currency(self):
        return self.pick(CURRENCIES)

    def slot_ticker(self):
        return self.pick(TOKENS) if self.chance(0.6) else self.pick(TOKENS).lower()

    def slot_Ticker(self):
        return self.pick(TOKENS)

    def slot_CAPTICKER(self):
        return "".join(self.pick(string.ascii_uppercase) for _ in range(self.rng.randint(2, 4)))

    def slot_CAP(self):
        return self.pick(string.ascii_uppercase)

    def slot_chain(self):
        return self.pick(CHAINS)

    def slot_chainname(self):
        return self.pick(CHAINS).replace("-", " ").title()

    def slot_awsregion(self):
        return self.pick(self.regions)

    def slot_timezone(self):
        return self.pick(TIMEZONES)

    slot_timezone_slug = slot_timezone

    def slot_awsuri(self):
        fill = lambda match: self.pick([self.slot_id(), str(self.rng.randint(1, 9999)), self.word(), self.slot_opaque(), match[0]])
        return re.sub(r"\{[^}]+\}", fill, self.pick(self.words.uris))

    # -- keys, numbers and codes ---------------------------------------------------------------------

    def slot_pcoll(self):
        return self.pick(PERSON_COLLECTIONS)

    def slot_lcoll(self):
        return self.pick(COLLECTIONS_L)

    def slot_ocoll(self):
        return self.pick(COLLECTIONS_O)

    def slot_pre(self):
        return self.pick(PREFIXES)

    def slot_pkey(self):
        return self.pick(PERSON_KEYS)

    def slot_gkey(self):
        return self.pick(GIVEN_KEYS)

    def slot_skey(self):
        return self.pick(SURNAME_KEYS)

    def slot_lkey(self):
        return self.pick(LOCATION_KEYS)

    def slot_okey(self):
        return self.pick(ORGANIZATION_KEYS)

    def slot_nkey(self):
        return self.pick(PLAIN_KEYS)

    def slot_nval(self):
        kinds = [self.word, self.word, self.word, self.slot_num, self.slot_num, self.slot_opaque, self.slot_date, self.slot_code,
                 self.slot_camelwords, self.slot_package, self.slot_brand_slug, self.slot_ticker, self.slot_version, self.slot_id,
                 lambda: self.pick(["true", "false", "null", "auto", "asc", "desc", "metric", "imperial", "json", "high", "low"]),
                 lambda: self.word() + self.pick(["-", "_"]) + self.word(), self.slot_invented, self.slot_model_slug,
                 lambda: self.pick(PERSON_VALUES)]
        return str(self.pick(kinds)())

    def slot_pvalue(self):
        if self.chance(0.25):
            return self.word() + self.pick(["-", "_", ""]) + self.pick(["bot", "agent", "service", "team", "app", "user", "client", "worker"])
        if self.chance(0.12):
            return self.slot_package()
        return self.pick(PERSON_VALUES)

    def slot_role(self):
        return self.pick(ROLES)

    def slot_sep(self):
        return self.pick(["&", "&", "; ", ", ", " ", " ", "|", ","])

    def slot_num(self):
        return str(self.rng.randint(1, 10 ** self.rng.randint(1, 6)))

    def slot_digit(self):
        return str(self.rng.randint(1, 9))

    def slot_year(self):
        return str(self.rng.randint(1950, 2030))

    def slot_date(self):
        year, month, day = self.rng.randint(1950, 2030), self.rng.randint(1, 12), self.rng.randint(1, 28)
        return self.pick([f"{year}-{month:02}-{day:02}", f"{day:02}.{month:02}.{year}", f"{month}/{day}/{year}", f"{year}{month:02}{day:02}"])

    def slot_month(self):
        return self.pick(MONTHS)

    def slot_month_lower(self):
        return self.pick(MONTHS).lower()

    def slot_weekday(self):
        return self.pick(DAYS)

    def slot_weekday_lower(self):
        return self.pick(DAYS).lower()

    def slot_money(self):
        amount = self.rng.randint(1, 99_999)
        return self.pick([f"${amount}", f"{amount} USDC", f"$0.{amount % 100:02}", f"EUR {amount}", f"{amount} €", f"£{amount}", f"{amount / 100:.2f} USD"])

    def slot_id(self):
        return self.pick([f"{self.slot_CAPTICKER()}-{self.slot_num()}", f"#{self.slot_num()}", self.slot_num(), f"{self.pick(['cust', 'pat', 'usr', 'ord', 'inv', 'acct', 'emp'])}_{self.slot_opaque()[:8]}",
                          f"{self.pick(['user', 'customer', 'order', 'case', 'client', 'patient', 'agent'])}-{self.slot_num()}", f"{self.slot_year()}/{self.slot_num()}"])

    def slot_opaque(self):
        return "".join(self.pick(string.ascii_letters + string.digits * 2) for _ in range(self.rng.randint(6, 26)))

    def slot_hex(self):
        return "0x" + "".join(self.pick("0123456789abcdefABCDEF") for _ in range(40))

    def slot_hexshort(self):
        return "".join(self.pick("0123456789abcdef") for _ in range(8))

    def slot_uuid(self):
        return "-".join("".join(self.pick("0123456789abcdef") for _ in range(n)) for n in (8, 4, 4, 4, 12))

    def slot_version(self):
        return self.pick(["", "v"]) + ".".join(str(self.rng.randint(0, 20)) for _ in range(self.rng.randint(2, 3))) + self.pick(["", "", "-beta", "-rc1", "-alpha.2"])

    def slot_ext(self):
        return self.pick(EXTENSIONS)

    def slot_file(self):
        return self.slot_package() + self.pick(["-" + self.slot_version(), "", "_" + self.slot_num()]) + "." + self.slot_ext()

    def slot_code(self):
        return self.pick(LANGS)

    def slot_host(self):
        return self.pick(HOSTS)

    def taken(self, text):
        return TAKEN + text + CLOSE

    def slot_mailbox(self):
        user = self.slug(" ".join(self.name_parts()), self.pick([".", "_", ""])).lower() if self.chance(0.6) else self.word()
        address = f"{unmarked(user)}@{self.pick(['example.com', 'mail.example.org', 'gmail.com', 'acme.io', 'web.de'])}"
        return self.taken(address) if self.chance(0.8) else address

    def slot_phone(self):
        return self.taken(self.pick([f"+1 415 555 {self.rng.randint(1000, 9999)}", f"({self.rng.randint(201, 989)}) 555-{self.rng.randint(1000, 9999)}", f"+44 20 7946 {self.rng.randint(1000, 9999)}"]))

    def slot_ssn(self):
        return self.taken(f"{self.rng.randint(100, 665)}-{self.rng.randint(10, 99)}-{self.rng.randint(1000, 9999)}")

    def slot_card(self):
        return self.taken(f"4111 1111 1111 {self.rng.randint(1000, 9999)}")


def mentions_a_name(sentence, given, places, tiers):
    """Whether a sentence of the API descriptions could hold a name, which nobody has labelled."""
    words = re.findall(r"[A-Z][a-z]+", sentence)[1:]
    return any(word.lower() in given and tiers.get(word.lower(), 0) < 2 for word in words) or any(
        word.lower() in places and tiers.get(word.lower(), 0) < 2 for word in words)


def foreign_sentences(foreign):
    """Sentences of the placeholder texts that Faker has in the languages of the model."""
    sentences = []
    for locale in ("de_DE", "fr_FR", "it_IT", "nl_NL", "pl_PL", "es_ES", "da_DK", "cs_CZ", "la"):
        provider = importlib.import_module(f"faker.providers.lorem.{locale}").Provider
        words = [w for w in provider.word_list if w == w.lower()]
        for start in range(0, len(words) - 8, 5):
            sentence = " ".join(words[start:start + 3 + start % 6])
            sentences.append(sentence.capitalize() + ("." if start % 2 else ""))
    return sentences


def _language_slots():
    places = {"de": ["DE", "AT", "CH"], "fr": ["FR", "BE", "CA"], "es": ["ES", "MX", "AR", "CO", "CL"], "it": ["IT"],
              "pt": ["BR", "PT"], "nl": ["NL", "BE"], "pl": ["PL"], "nordic": ["SE", "NO", "DK", "FI"], "cz": ["CZ", "SK"],
              "tr": ["TR"], "ro": ["RO"], "hu": ["HU"], "id": ["ID"], "vi": ["VN"]}
    for group, codes in places.items():
        setattr(Writer, f"slot_{group}_person", lambda self, g=group: self.as_person(self.person_text(g)))
        setattr(Writer, f"slot_{group}_given", lambda self, g=group: self.as_person(self.a_given(g)))
        setattr(Writer, f"slot_{group}_surname", lambda self, g=group: self.as_person(self.name_parts(g)[1]))
        setattr(Writer, f"slot_loc_{group}", lambda self, c=codes: self.local_place(c))
        setattr(Writer, f"slot_org_{group}", lambda self, g=group: self.as_organisation(self.organisation(g)))


_language_slots()
