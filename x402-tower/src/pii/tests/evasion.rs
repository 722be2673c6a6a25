//! The evasion table: every way of writing that we know of, over every kind that can be written so.

use base64::Engine as _;

use crate::pii::EntityType::{CreditCard, EmailAddress, IbanCode, IpAddress, PhoneNumber, UsSsn};
use crate::pii::{Detector, EntityType, RedactionTemplate, redact};

/// A kind, and a text in which one value of it stands between `«` and `»`.
const VALUES: &[(EntityType, &str)] = &[
    (EmailAddress, "mail «alice.martin@example.com» today"),
    (EmailAddress, "«henry.ford+tag@sub.example.org»"),
    (CreditCard, "card «4111-1111-1111-1111» today"),
    (CreditCard, "«5555555555554444»"),
    (CreditCard, "«3782 822463 10005»"),
    (UsSsn, "patient «533-12-3456» today"),
    (UsSsn, "ssn «533123456»"),
    (IbanCode, "pay «DE89370400440532013000» today"),
    (IbanCode, "«GB82 WEST 1234 5698 7654 32»"),
    (PhoneNumber, "call «+442071838750» today"),
    (PhoneNumber, "«(415) 555-2671»"),
    (IpAddress, "from «203.0.113.7» today"),
    (IpAddress, "«2001:db8::8a2e:370:7334»"),
];

/// What a transform makes of one character.
type Rewrite = fn(char) -> String;

const fn look_alike(letter: char) -> char {
    match letter {
        'a' => 'а',
        'c' => 'с',
        'e' => 'е',
        'o' => 'о',
        'p' => 'р',
        'x' => 'х',
        'i' => 'і',
        'A' => 'А',
        'B' => 'В',
        'E' => 'Е',
        'T' => 'Т',
        'S' => 'Ѕ',
        other => other,
    }
}

const fn greek(letter: char) -> char {
    match letter {
        'a' => 'α',
        'o' => 'ο',
        'i' => 'ι',
        'n' => 'η',
        'v' => 'ν',
        'p' => 'ρ',
        'A' => 'Α',
        'B' => 'Β',
        'E' => 'Ε',
        'T' => 'Τ',
        other => other,
    }
}

const fn armenian(letter: char) -> char {
    match letter {
        'o' => 'օ',
        'n' => 'ո',
        'u' => 'ս',
        'h' => 'հ',
        other => other,
    }
}

fn shifted(letter: char, lower: u32, upper: u32, zero: u32) -> char {
    let moved = |first: char, to: u32| char::from_u32(to + letter as u32 - first as u32);
    match letter {
        'a'..='z' => moved('a', lower),
        'A'..='Z' => moved('A', upper),
        '0'..='9' if zero > 0 => moved('0', zero),
        other => Some(other),
    }
    .unwrap_or(letter)
}

fn digits_from(letter: char, zero: u32) -> char {
    match letter {
        '0'..='9' => char::from_u32(zero + letter as u32 - '0' as u32).unwrap_or(letter),
        other => other,
    }
}

/// Transforms that work on each character.
const REWRITES: &[(&str, Rewrite)] = &[
    ("percent", |c| percent(c)),
    ("percent twice", |c| percent(c).replace('%', "%25")),
    ("percent three times", |c| percent(c).replace('%', "%2525")),
    ("percent of punctuation", |c| {
        if c.is_alphanumeric() {
            c.to_string()
        } else {
            percent(c)
        }
    }),
    ("percent u", |c| format!("%u{:04x}", c as u32)),
    ("decimal reference", |c| format!("&#{};", c as u32)),
    ("padded decimal reference", |c| {
        format!("&#{:07};", c as u32)
    }),
    ("hexadecimal reference", |c| format!("&#x{:x};", c as u32)),
    ("escaped reference", |c| format!("&amp;#{};", c as u32)),
    ("percent-encoded reference", |c| {
        format!("%26%23{}%3B", c as u32)
    }),
    ("JSON escape", |c| format!("\\u{:04x}", c as u32)),
    ("JSON escape twice", |c| format!("\\\\u{:04x}", c as u32)),
    ("braced escape", |c| format!("\\u{{{:x}}}", c as u32)),
    ("hexadecimal escape", |c| each_byte(c, "\\x")),
    ("quoted-printable", |c| each_byte(c, "=")),
    ("fullwidth", |c| match c {
        '!'..='~' => char::from_u32(0xfee0 + c as u32).unwrap_or(c).to_string(),
        other => other.to_string(),
    }),
    ("mathematical bold", |c| {
        shifted(c, 0x1d41a, 0x1d400, 0x1d7ce).to_string()
    }),
    ("mathematical monospace", |c| {
        shifted(c, 0x1d68a, 0x1d670, 0x1d7f6).to_string()
    }),
    ("mathematical sans-serif", |c| {
        shifted(c, 0x1d5ba, 0x1d5a0, 0x1d7e2).to_string()
    }),
    ("circled letters", |c| {
        shifted(c, 0x24d0, 0x24b6, 0).to_string()
    }),
    ("Cyrillic look-alikes", |c| look_alike(c).to_string()),
    ("Greek look-alikes", |c| greek(c).to_string()),
    ("Armenian look-alikes", |c| armenian(c).to_string()),
    ("Arabic-Indic digits", |c| digits_from(c, 0x660).to_string()),
    ("Persian digits", |c| digits_from(c, 0x6f0).to_string()),
    ("Devanagari digits", |c| digits_from(c, 0x966).to_string()),
    ("Bengali digits", |c| digits_from(c, 0x9e6).to_string()),
    ("Thai digits", |c| digits_from(c, 0xe50).to_string()),
    ("superscript digits", |c| match c {
        '0' => '⁰'.to_string(),
        '1' => '¹'.to_string(),
        '2' => '²'.to_string(),
        '3' => '³'.to_string(),
        '4'..='9' => char::from_u32(0x2070 + c as u32 - '0' as u32)
            .unwrap_or(c)
            .to_string(),
        other => other.to_string(),
    }),
    ("zero-width space", |c| format!("{c}\u{200b}")),
    ("zero-width joiner", |c| format!("{c}\u{200d}")),
    ("word joiner", |c| format!("{c}\u{2060}")),
    ("soft hyphen", |c| format!("{c}\u{ad}")),
    ("combining grapheme joiner", |c| format!("{c}\u{34f}")),
    ("variation selector", |c| format!("{c}\u{fe0f}")),
    ("supplementary variation selector", |c| {
        format!("{c}\u{e0101}")
    }),
    ("tag character", |c| format!("{c}\u{e0061}")),
    ("right-to-left mark", |c| format!("\u{200f}{c}")),
    ("bidi override", |c| format!("\u{202d}{c}\u{202c}")),
    ("bidi isolate", |c| format!("\u{2066}{c}\u{2069}")),
    ("combining acute accent", |c| format!("{c}\u{301}")),
    ("combining enclosure", |c| format!("{c}\u{20e3}")),
    ("Hangul filler", |c| format!("{c}\u{3164}")),
    ("byte order mark", |c| format!("{c}\u{feff}")),
    ("control character", |c| format!("{c}\u{1}")),
    ("NUL", |c| format!("{c}\0")),
    ("figure dash", |c| {
        if c == '-' {
            "\u{2012}".into()
        } else {
            c.to_string()
        }
    }),
    ("em dash", |c| {
        if c == '-' {
            "\u{2014}".into()
        } else {
            c.to_string()
        }
    }),
    ("minus sign", |c| {
        if c == '-' {
            "\u{2212}".into()
        } else {
            c.to_string()
        }
    }),
    ("no-break space", |c| {
        if c == ' ' {
            "\u{a0}".into()
        } else {
            c.to_string()
        }
    }),
    ("ideographic space", |c| {
        if c == ' ' {
            "\u{3000}".into()
        } else {
            c.to_string()
        }
    }),
    ("thin space", |c| {
        if c == ' ' {
            "\u{2009}".into()
        } else {
            c.to_string()
        }
    }),
    (
        "tab",
        |c| if c == ' ' { "\t".into() } else { c.to_string() },
    ),
    ("ideographic full stop", |c| {
        if c == '.' {
            "。".into()
        } else {
            c.to_string()
        }
    }),
    ("fullwidth at sign and dot", |c| match c {
        '@' => "＠".into(),
        '.' => "．".into(),
        other => other.to_string(),
    }),
    ("small at sign", |c| {
        if c == '@' {
            "﹫".into()
        } else {
            c.to_string()
        }
    }),
    ("named references", |c| match c {
        '@' => "&commat;".into(),
        '.' => "&period;".into(),
        '-' => "&hyphen;".into(),
        '+' => "&plus;".into(),
        ' ' => "&nbsp;".into(),
        ':' => "&colon;".into(),
        '(' => "&lpar;".into(),
        ')' => "&rpar;".into(),
        other => other.to_string(),
    }),
    ("bracketed words", |c| match c {
        '@' => " (at) ".into(),
        other => other.to_string(),
    }),
    ("bracketed dot", |c| match c {
        '@' => "[at]".into(),
        other => other.to_string(),
    }),
];

/// Transforms of the whole value.
const ENCODINGS: &[(&str, fn(&str) -> String)] = &[
    ("base64", |value| {
        base64::prelude::BASE64_STANDARD.encode(padded(value))
    }),
    ("base64 for URLs", |value| {
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(padded(value))
    }),
    ("hexadecimal", |value| const_hex::encode(padded(value))),
    ("upper case", |value| value.to_uppercase()),
    ("lower case", |value| value.to_lowercase()),
];

/// Sixteen bytes and more of text, as a run has to be long enough to be looked into.
fn padded(value: &str) -> String {
    format!("my ssn {value}, ok")
}

fn percent(character: char) -> String {
    each_byte(character, "%")
}

fn each_byte(character: char, escape: &str) -> String {
    character
        .to_string()
        .bytes()
        .map(|byte| format!("{escape}{byte:02X}"))
        .collect()
}

/// What is left of the value's letters and digits after redaction, with `marker` where it stood.
fn hidden(text: &str) -> String {
    let findings = Detector::new().scan(text);
    redact(text, &findings, &RedactionTemplate::default()).into_owned()
}

/// What is wrong with how `value` is hidden.
fn leak(name: &str, entity: EntityType, before: &str, value: &str, after: &str) -> Option<String> {
    let text = format!("{before}{value}{after}");
    let redacted = hidden(&text);
    let rest: String = redacted
        .replace("<REDACTED>", "")
        .chars()
        .filter(|rest| rest.is_alphanumeric())
        .collect();
    let expected: String = format!("{before}{after}")
        .chars()
        .filter(|rest| rest.is_alphanumeric())
        .collect();
    let is_hidden = redacted.contains("<REDACTED>") && rest == expected;
    (!is_hidden).then(|| format!("{entity} with {name}: {text:?} became {redacted:?}\n"))
}

/// The value in another way; what the rewriting puts behind the last character hides nothing.
fn rewritten(value: &str, rewrite: Rewrite) -> String {
    let Some(last) = value.chars().next_back() else {
        return String::new();
    };
    let written: String = value.chars().map(rewrite).collect();
    let tail = rewrite(last);
    match tail.strip_prefix(last) {
        Some(noise) => written.strip_suffix(noise).unwrap_or(&written).to_owned(),
        None => written,
    }
}

fn each_value() -> impl Iterator<Item = (EntityType, &'static str, &'static str, &'static str)> {
    VALUES.iter().map(|(entity, text)| {
        let (before, rest) = text.split_once('«').unwrap();
        let (value, after) = rest.split_once('»').unwrap();
        (*entity, before, value, after)
    })
}

#[test]
fn every_transform_of_every_kind_is_hidden() {
    assert!(REWRITES.len() + ENCODINGS.len() >= 40);
    let mut leaks = Vec::new();
    for (entity, before, value, after) in each_value() {
        for (name, rewrite) in REWRITES {
            leaks.extend(leak(
                name,
                entity,
                before,
                &rewritten(value, *rewrite),
                after,
            ));
        }
        for (name, encode) in ENCODINGS {
            leaks.extend(leak(name, entity, before, &encode(value), after));
        }
    }
    assert!(
        leaks.is_empty(),
        "{} leaks:\n{}",
        leaks.len(),
        leaks.concat()
    );
}

#[test]
fn every_pair_of_transforms_of_an_address_is_hidden() {
    let value = "alice@example.com";
    let mut leaks = Vec::new();
    for (outer, outer_rewrite) in REWRITES.iter().filter(|(name, _)| !name.contains("times")) {
        for (inner, inner_rewrite) in REWRITES {
            // What stands before the first character would be left as its escape, which is text.
            if inner.contains("bidi") || inner.contains("right-to-left") {
                continue;
            }
            // Three rounds are peeled off, and no more.
            let rounds = |name: &str| {
                1 + usize::from(
                    name.contains("twice")
                        || name.contains("escaped ref")
                        || name.contains("encoded ref"),
                ) + 2 * usize::from(name.contains("times"))
            };
            if rounds(outer) + rounds(inner) > 3 || outer.contains("circled") {
                continue;
            }
            let written = rewritten(&rewritten(value, *inner_rewrite), *outer_rewrite);
            let name = format!("{inner}, then {outer}");
            leaks.extend(leak(&name, EmailAddress, "", &written, ""));
        }
    }
    assert!(
        leaks.is_empty(),
        "{} leaks:\n{}",
        leaks.len(),
        leaks.concat()
    );
}

#[test]
fn benign_texts_come_back_unchanged() {
    for text in BENIGN {
        assert_eq!(hidden(text), *text);
    }
}

/// Other scripts, real percent-encoding and code.
const BENIGN: &[&str] = &[
    "Доступ к данным о погоде за сутки",
    "Отчёт №42: цены на нефть, 2026 год",
    "Πρόσβαση σε δεδομένα καιρού",
    "Հասանելիություն եղանակի տվյալներին",
    "الوصول إلى بيانات الطقس ليوم ٢٧ نوفمبر",
    "גישה לנתוני מזג אוויר",
    "मौसम डेटा तक पहुँच, २०२६",
    "প্রতিদিনের আবহাওয়ার তথ্য",
    "ข้อมูลสภาพอากาศรายวัน ๒๕๖๙",
    "天气数据访问，每次请求",
    "気象データへのアクセス（１回）",
    "실시간 시세 데이터 접근",
    "Prévisions météo à l'échelle du département",
    "Wetterdaten für Köln und Düsseldorf, täglich",
    "Dane pogodowe z ostatnich 24 godzin, źródło: stacja",
    "Přístup k údajům o počasí",
    "Hava durumu verilerine erişim",
    "Thời tiết hàng ngày tại miền Trung",
    "🌦️ weather for today 🌍",
    "👩🏽‍💻 code review, 3️⃣ files",
    "e\u{301}tude de marche\u{301}",
    "search?q=%D0%BF%D0%BE%D0%B3%D0%BE%D0%B4%D0%B0",
    "search?q=%E5%A4%A9%E6%B0%94&lang=zh",
    "name=%F0%9F%8C%8D&size=20",
    "path=%2Fv1%2Fdata%2Ffile.csv",
    "a%20b%20c&x=100%25",
    "100% of 50% is 50%",
    "AT&amp;T, R&amp;D &lt;b&gt;bold&lt;/b&gt;",
    "5 &lt; 6 &amp;&amp; 7 &gt; 6",
    "caf\\u00e9 au lait",
    "line one\\nline two\\ttabbed",
    "C:\\users\\new\\temp\\x64",
    "a=1&b=2&c=3",
    "page=20&limit=50&offset=100",
    "fn main() { println!(\"{}\", x[0]); }",
    "let y = a[i] @ b[j] + c.d;",
    "@media (min-width: 640px) { .a { color: #fff } }",
    "npm install @x402/fetch@2.27.0",
    "icon@2x.png, logo@3x.webp",
    "git@v2 and deps@latest",
    "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
    "0xf3746613c2d920b5fdabc0856f2aeb2d4f88ee6037b8cc5d04a71a4462f13480",
    "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
    "550e8400-e29b-41d4-a716-446655440000",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "2026-11-27T18:58:12.221Z",
    "27.11.2026 18:58",
    "version 1.2.3-rc.4+build.567",
    "Chrome/142.0.7444.60 Safari/537.36",
    "eip155:8453 and solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
    "amount 1250000, decimals 6, fee 312456789",
    "1,000,000 requests at $0.001",
    "3.14159265358979323846264338327950288",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    "48.8566, 2.3522",
    "ISBN 978-3-16-148410-0",
    "order ORD-20260117-0042, item 7 of 12",
    "10.0.19045.4291",
    "aGVsbG8gd29ybGQsIHRoaXMgaXMgYSB0ZXN0",
    "68656c6c6f20776f726c642c2074657374",
    "Set-Cookie: id=a3fWa; Max-Age=2592000",
    "SELECT * FROM t WHERE id IN (1, 2, 3)",
    "(see section 4.2) [ref 12] {x: 1}",
    "meet (at noon), [dot matrix]",
];
