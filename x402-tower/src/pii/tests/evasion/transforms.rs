//! The ways of writing.

use base64::Engine as _;

/// What a transform makes of one character.
pub(super) type Rewrite = fn(char) -> String;

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
pub(super) const REWRITES: &[(&str, Rewrite)] = &[
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
    ("figure dash", |c| instead(c, '-', "\u{2012}")),
    ("em dash", |c| instead(c, '-', "\u{2014}")),
    ("minus sign", |c| instead(c, '-', "\u{2212}")),
    ("no-break space", |c| instead(c, ' ', "\u{a0}")),
    ("ideographic space", |c| instead(c, ' ', "\u{3000}")),
    ("thin space", |c| instead(c, ' ', "\u{2009}")),
    ("tab", |c| instead(c, ' ', "\t")),
    ("ideographic full stop", |c| instead(c, '.', "。")),
    ("fullwidth at sign and dot", |c| match c {
        '@' => "＠".into(),
        '.' => "．".into(),
        other => other.to_string(),
    }),
    ("small at sign", |c| instead(c, '@', "﹫")),
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

/// What a transform makes of the whole value.
pub(super) type Encode = fn(&str) -> String;

/// Transforms of the whole value.
pub(super) const ENCODINGS: &[(&str, Encode)] = &[
    ("base64", |value| {
        base64::prelude::BASE64_STANDARD.encode(value)
    }),
    ("base64 for URLs", |value| {
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(value)
    }),
    ("hexadecimal", |value| const_hex::encode(value)),
];

/// Transforms of its letters, for kinds that do not tell capitals from small letters.
pub(super) const CASES: &[(&str, Encode)] = &[
    ("upper case", |value| value.to_uppercase()),
    ("lower case", |value| value.to_lowercase()),
];

pub(super) fn percent(character: char) -> String {
    each_byte(character, "%")
}

fn each_byte(character: char, escape: &str) -> String {
    character
        .to_string()
        .bytes()
        .map(|byte| format!("{escape}{byte:02X}"))
        .collect()
}

fn instead(character: char, of: char, other: &str) -> String {
    if character == of {
        other.to_owned()
    } else {
        character.to_string()
    }
}

/// The value in another way; what the rewriting puts behind the last character hides nothing.
pub(super) fn rewritten(value: &str, rewrite: Rewrite) -> String {
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
