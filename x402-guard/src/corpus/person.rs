//! How a name is written.

use crate::corpus::encode::Position;
use crate::corpus::held_out;
use crate::corpus::lists::Lists;
use crate::corpus::numbers::Value;
use crate::corpus::prng::Prng;

/// Somebody.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) given: String,
    pub(super) surname: String,
    pub(super) surname_first: bool,
    pub(super) native: bool,
}

/// Letters that are no others with a mark, as they are written in addresses.
const BASIC: [(char, char); 7] = [
    ('ø', 'o'),
    ('ł', 'l'),
    ('đ', 'd'),
    ('ı', 'i'),
    ('æ', 'a'),
    ('ə', 'a'),
    ('ß', 's'),
];

/// The forms a name is written in, and how often each: in prose, and as an identifier in a URL or a key's value.
const PROSE: [(Form, u64); 13] = [
    (Form::Full, 40),
    (Form::FirstOnly, 7),
    (Form::LastFirst, 8),
    (Form::Abbreviated, 9),
    (Form::AbbreviatedLast, 3),
    (Form::MiddleInitial, 5),
    (Form::Caps, 5),
    (Form::Lower, 4),
    (Form::WithTitle, 8),
    (Form::Slug, 4),
    (Form::Underscore, 3),
    (Form::Camel, 2),
    (Form::LastOnlyTitle, 2),
];
const IDENTIFIER: [(Form, u64); 13] = [
    (Form::Full, 24),
    (Form::FirstOnly, 7),
    (Form::LastFirst, 6),
    (Form::LastFirstTight, 5),
    (Form::Abbreviated, 5),
    (Form::AbbreviatedTight, 4),
    (Form::Caps, 3),
    (Form::Lower, 3),
    (Form::Slug, 18),
    (Form::Underscore, 11),
    (Form::Dotted, 6),
    (Form::Camel, 5),
    (Form::Pascal, 3),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Full,
    FirstOnly,
    LastFirst,
    LastFirstTight,
    Abbreviated,
    AbbreviatedTight,
    AbbreviatedLast,
    MiddleInitial,
    Caps,
    Lower,
    WithTitle,
    LastOnlyTitle,
    Slug,
    Underscore,
    Dotted,
    Camel,
    Pascal,
}

/// A name as it is written: what stands before it is not part of it.
#[derive(Debug)]
pub(super) struct Mention {
    pub(super) before: &'static str,
    pub(super) value: Value,
}

impl Person {
    pub(super) fn nobody() -> Self {
        Self {
            given: "Ana".to_owned(),
            surname: "Novak".to_owned(),
            surname_first: false,
            native: false,
        }
    }

    /// Given name and surname without blanks, marks and signs, for addresses; empty for other scripts.
    pub(super) fn ascii(&self) -> Option<(String, String)> {
        let letters = |name: &str| -> String {
            let folded = held_out::folded(name);
            let latin = folded.chars().map(|letter| {
                BASIC
                    .iter()
                    .find(|(from, _)| *from == letter)
                    .map_or(letter, |(_, to)| *to)
            });
            latin.filter(char::is_ascii_lowercase).collect()
        };
        let (given, surname) = (letters(&self.given), letters(&self.surname));
        (!self.native && given.len() > 1 && surname.len() > 1).then_some((given, surname))
    }

    /// The name as it may stand at a position.
    pub(super) fn mention(&self, position: Position, lists: &Lists, prng: &mut Prng) -> Mention {
        let forms: &[(Form, u64)] = match position {
            Position::Prose => &PROSE,
            _ => &IDENTIFIER,
        };
        let drawn = prng.weighted(forms).copied().unwrap_or(Form::Full);
        let form = match drawn {
            // Scripts without capitals and abbreviations have few forms.
            _ if self.native => Form::Full,
            Form::FirstOnly if self.ambiguous_alone(lists) => Form::Full,
            form => form,
        };
        let before = match form {
            Form::WithTitle => prng.text(&[
                "Dr. ", "Mr. ", "Ms. ", "Mrs. ", "Prof. ", "Herr ", "Frau ", "Mme ", "Sr. ",
                "Sra. ", "Dott. ", "Dr ",
            ]),
            Form::LastOnlyTitle => {
                prng.text(&["Mr. ", "Mrs. ", "Ms ", "Dr. ", "Herr ", "Frau ", "M. "])
            }
            _ => "",
        };
        let mut text = self.written(form, prng);
        // In identifiers, a given name alone is as often small.
        if form == Form::FirstOnly && position != Position::Prose && prng.percent(50) {
            text = text.to_lowercase();
        }
        Mention {
            before,
            value: Value {
                text,
                form: self.form_name(form),
            },
        }
    }

    /// One word that benign texts use too, or so short that it says nothing.
    fn ambiguous_alone(&self, lists: &Lists) -> bool {
        let lower = self.given.to_lowercase();
        lower.chars().count() < 3
            || lower
                .split(['-', ' '])
                .any(|word| lists.benign_words.contains(word))
    }

    fn written(&self, form: Form, prng: &mut Prng) -> String {
        let (given, surname) = (&self.given, &self.surname);
        let full = || match self.surname_first {
            true if self.native => format!("{surname}{given}"),
            true => format!("{surname} {given}"),
            false => format!("{given} {surname}"),
        };
        let initial: String = given.chars().take(1).collect();
        match form {
            Form::Full | Form::WithTitle => full(),
            Form::FirstOnly => given.clone(),
            Form::LastOnlyTitle => surname.clone(),
            Form::LastFirst => format!("{surname}, {given}"),
            Form::LastFirstTight => format!("{surname},{given}"),
            Form::Abbreviated => format!("{initial}. {surname}"),
            Form::AbbreviatedTight => format!("{initial}.{surname}"),
            Form::AbbreviatedLast => {
                let last: String = surname
                    .chars()
                    .take(1)
                    .flat_map(char::to_uppercase)
                    .collect();
                format!("{given} {last}.")
            }
            Form::MiddleInitial => {
                format!(
                    "{given} {}. {surname}",
                    prng.letters("ABCDEFGHJKLMNPRST", 1)
                )
            }
            Form::Caps => full().to_uppercase(),
            Form::Lower => full().to_lowercase(),
            Form::Slug => self.joined("-"),
            Form::Underscore => self.joined("_"),
            Form::Dotted => self.joined("."),
            Form::Camel => {
                let pascal = self.pascal();
                let mut letters = pascal.chars();
                let first: String = letters
                    .by_ref()
                    .take(1)
                    .flat_map(char::to_lowercase)
                    .collect();
                format!("{first}{}", letters.as_str())
            }
            Form::Pascal => self.pascal(),
        }
    }

    /// Lower-case words as identifiers join them, without marks.
    fn joined(&self, between: &str) -> String {
        let name = held_out::folded(&format!("{} {}", self.given, self.surname));
        let words = name
            .split([' ', '-'])
            .map(|word| word.replace(['\'', '\u{2019}'], ""));
        words
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(between)
    }

    fn pascal(&self) -> String {
        let joined = self.joined(" ");
        let words = joined.split(' ').map(|word| {
            let mut letters = word.chars();
            let first: String = letters
                .by_ref()
                .take(1)
                .flat_map(char::to_uppercase)
                .collect();
            format!("{first}{}", letters.as_str())
        });
        words.collect()
    }

    fn form_name(&self, form: Form) -> &'static str {
        match form {
            Form::Full if self.native => "native_script",
            Form::Full
                if self.surname.contains(' ') && self.surname.starts_with(char::is_lowercase) =>
            {
                "particle"
            }
            Form::Full if self.given.contains('-') || self.surname.contains('-') => "hyphenated",
            Form::Full if self.surname_first => "surname_first",
            Form::Full => "full_name",
            Form::FirstOnly => "first_only",
            Form::LastFirst | Form::LastFirstTight => "last_first",
            Form::Abbreviated | Form::AbbreviatedTight => "abbreviated",
            Form::AbbreviatedLast => "abbreviated_last",
            Form::MiddleInitial => "middle_initial",
            Form::Caps => "caps",
            Form::Lower => "lower",
            Form::WithTitle => "with_title",
            Form::LastOnlyTitle => "title_last",
            Form::Slug => "slug",
            Form::Underscore => "underscore",
            Form::Dotted => "dotted",
            Form::Camel => "camel_case",
            Form::Pascal => "pascal_case",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody(given: &str, surname: &str) -> Person {
        Person {
            given: given.to_owned(),
            surname: surname.to_owned(),
            ..Person::nobody()
        }
    }

    #[test]
    fn a_name_is_written_in_every_form() {
        let person = somebody("José", "van der Berg");
        let mut prng = Prng::new(0, 0);
        let forms = [
            (Form::Full, "José van der Berg"),
            (Form::LastFirst, "van der Berg, José"),
            (Form::AbbreviatedTight, "J.van der Berg"),
            (Form::AbbreviatedLast, "José V."),
            (Form::Slug, "jose-van-der-berg"),
            (Form::Camel, "joseVanDerBerg"),
            (Form::Caps, "JOSÉ VAN DER BERG"),
        ];
        for (form, text) in forms {
            assert_eq!(person.written(form, &mut prng), text);
        }
    }

    #[test]
    fn an_address_has_the_names_letters_alone() {
        let names = somebody("Zoë", "O'Neil-Åkerman").ascii().unwrap();
        assert_eq!(names, ("zoe".to_owned(), "oneilakerman".to_owned()));
        let names = somebody("Søren", "Wałęsa").ascii().unwrap();
        assert_eq!(names, ("soren".to_owned(), "walesa".to_owned()));
    }
}
