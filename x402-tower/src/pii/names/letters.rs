//! Letters as the model sees them: lower case, without marks.

/// What one character is to the segmentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    /// A letter of the Latin script, written with ASCII letters: `É` is `e`, `ß` is `ss`.
    Latin { folded: &'static str, upper: bool },
    /// A letter of another script, in lower case.
    Foreign { lower: char, case: Case },
    /// A mark that belongs to the letter before it.
    Mark,
    /// No letter.
    None,
}

/// Whether a letter is large or small, if its script has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Upper,
    Lower,
    /// The script has letters of one kind.
    None,
}

/// The case of a letter.
fn case_of(character: char) -> Case {
    if character.is_uppercase() {
        Case::Upper
    } else if character.is_lowercase() {
        Case::Lower
    } else {
        Case::None
    }
}

/// What the character outside ASCII is.
pub(super) fn letter(character: char) -> Letter {
    if let Some(folded) = folded_latin(character) {
        return Letter::Latin {
            folded,
            upper: character.is_uppercase(),
        };
    }
    match character {
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{200c}' | '\u{200d}' => Letter::Mark,
        _ if character.is_alphabetic() => Letter::Foreign {
            lower: character.to_lowercase().next().unwrap_or(character),
            case: case_of(character),
        },
        _ => Letter::None,
    }
}

/// The ASCII letters for a Latin letter with a mark, as names are written without them.
fn folded_latin(character: char) -> Option<&'static str> {
    Some(match character {
        'À'..='Å' | 'à'..='å' | 'Ā'..='ą' | 'Ǎ' | 'ǎ' | 'Ạ'..='ặ' | 'Ȁ'..='ȃ' => "a",
        'Æ' | 'æ' | 'Ǽ' | 'ǽ' => "ae",
        'Ç' | 'ç' | 'Ć'..='č' => "c",
        'Ð' | 'ð' | 'Ď'..='đ' => "d",
        'È'..='Ë' | 'è'..='ë' | 'Ē'..='ě' | 'Ẹ'..='ệ' | 'Ə' | 'ə' => "e",
        'Ĝ'..='ģ' | 'Ǧ' | 'ǧ' => "g",
        'Ĥ'..='ħ' => "h",
        'Ì'..='Ï' | 'ì'..='ï' | 'Ĩ'..='ı' | 'Ỉ'..='ị' => "i",
        'Ĵ' | 'ĵ' => "j",
        'Ķ'..='ĸ' => "k",
        'Ĺ'..='ł' => "l",
        'Ñ' | 'ñ' | 'Ń'..='ŋ' => "n",
        'Ò'..='Ö' | 'Ø' | 'ò'..='ö' | 'ø' | 'Ō'..='ő' | 'Ơ' | 'ơ' | 'Ọ'..='ợ' => "o",
        'Œ' | 'œ' => "oe",
        'Ŕ'..='ř' => "r",
        'Ś'..='š' | 'Ș' | 'ș' => "s",
        'ß' | 'ẞ' => "ss",
        'Ţ'..='ŧ' | 'Ț' | 'ț' => "t",
        'Þ' | 'þ' => "th",
        'Ù'..='Ü' | 'ù'..='ü' | 'Ũ'..='ų' | 'Ư' | 'ư' | 'Ụ'..='ự' => "u",
        'Ŵ' | 'ŵ' | 'Ẁ'..='ẅ' => "w",
        'Ý' | 'ý' | 'ÿ' | 'Ŷ'..='Ÿ' | 'Ỳ'..='ỹ' => "y",
        'Ź'..='ž' => "z",
        _ => return None,
    })
}

/// The character that starts at `position`, and its length in bytes. A byte that starts none counts as
/// one that is no letter.
pub(super) fn char_at(bytes: &[u8], position: usize) -> (char, usize) {
    let width = match bytes.get(position).copied().unwrap_or(0) {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    bytes
        .get(position..position.saturating_add(width))
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| text.chars().next())
        .map_or(('\0', 1), |found| (found, width))
}
