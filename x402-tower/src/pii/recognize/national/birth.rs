//! Dates of birth: a date is one only where a key or word says so.

use std::ops::Range;

use super::super::super::EntityType;
use super::super::super::entity::EntitySet;
use super::super::super::outline::Outline;
use super::super::super::steps::step;
use super::super::super::view::View;
use super::super::{Hits, Recognizer, score};
use super::calendar::has_day;
use super::naming::{Keys, Label};

pub(super) const RECOGNIZER: Recognizer = Recognizer {
    entities: EntitySet::of(&[EntityType::DateOfBirth]),
    may_match: |outline| outline.digits >= 3,
    recognize,
};

const KEYS: Keys = &[
    "dob",
    "dateofbirth",
    "birthdate",
    "birthday",
    "bday",
    "born",
    "bornon",
    "geburtsdatum",
    "geboren",
    "geborenam",
    "geburtstag",
    "fechadenacimiento",
    "fechanacimiento",
    "nacido",
    "nacida",
    "datedenaissance",
    "datenaissance",
    "néle",
    "néele",
    "nele",
    "neele",
    "datadinascita",
    "datanascita",
    "natoil",
    "natail",
    "datadenascimento",
    "datanascimento",
    "dataurodzenia",
    "födelsedatum",
    "fodelsedatum",
    "syntymäaika",
    "syntymaaika",
    "geboortedatum",
    "fødselsdato",
    "fodselsdato",
    "doğumtarihi",
    "dogumtarihi",
    "生年月日",
    "생년월일",
    "出生日期",
    "датарождения",
    // As it reads in small letters and in capitals once what looks like Latin is taken for it.
    "дatapoждehия",
    "Дatapoждehия",
    "ДatapoЖДehИЯ",
];
const MONTHS: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];
const MAX_WORD: usize = 9;
/// A day, a month and a year.
const PARTS: usize = 3;

fn recognize(view: &View<'_>, _outline: &Outline, hits: &mut Hits) {
    let length = view.bytes().len();
    let mut position = 0;
    while let Some(start) = (position..length).find(|at| {
        step();
        view.at(*at).is_ascii_alphanumeric() && !view.before(*at).is_ascii_alphanumeric()
    }) {
        position = start + 1;
        let is_part_of_longer = matches!(view.before(start), b'-' | b'.' | b'/')
            && view.before(start.saturating_sub(1)).is_ascii_digit();
        if !is_part_of_longer
            && let Some(span) = date_at(view, start)
            && Label::before(view, span.start).names(KEYS)
        {
            position = span.end;
            hits.push(EntityType::DateOfBirth, span, score::UNMISTAKABLE);
        }
    }
}

/// A part of a date.
#[derive(Debug, Clone, Copy)]
enum Part {
    Number { value: u32, len: usize },
    Month(u32),
}

/// A date that starts at `start`: `1985-10-01`, `19851001`, `01.10.1985`, `10/1/85`, `1 October 1985`, `Oct 1st, 1985`.
fn date_at(view: &View<'_>, start: usize) -> Option<Range<usize>> {
    let (first, mut end) = part_at(view, start)?;
    if let Part::Number { value, len: 8 } = first {
        let is_date = is_year_month_day(value / 10_000, value / 100 % 100, value % 100)
            || is_year_month_day(value % 10_000, value / 100 % 100, value / 1_000_000)
            || is_year_month_day(value % 10_000, value / 1_000_000, value / 10_000 % 100);
        return (is_date && !view.at(end).is_ascii_alphanumeric()).then_some(start..end);
    }
    let mut parts = [first; PARTS];
    for slot in parts.iter_mut().skip(1) {
        let next = next_part(view, end)?;
        (*slot, end) = part_at(view, next)?;
    }
    let [first, second, third] = parts;
    is_date(first, second, third).then_some(start..end)
}

fn is_date(first: Part, second: Part, third: Part) -> bool {
    use Part::{Month, Number};
    match (first, second, third) {
        (Number { value: y, len: 4 }, Number { value: m, .. }, Number { value: d, .. })
        | (Number { value: y, len: 4 }, Month(m), Number { value: d, .. })
        | (Number { value: d, .. }, Month(m), Number { value: y, len: 4 })
        | (Month(m), Number { value: d, .. }, Number { value: y, len: 4 }) => {
            is_year_month_day(y, m, d)
        }
        (Number { value: a, .. }, Number { value: b, .. }, Number { value: y, len: 4 }) => {
            is_year_month_day(y, a, b) || is_year_month_day(y, b, a)
        }
        // Two digits of a year.
        (Number { value: a, .. }, Number { value: b, .. }, Number { len: 2, .. }) => {
            has_day(a, b) || has_day(b, a)
        }
        (Number { value: d, .. }, Month(m), Number { len: 2, .. }) => has_day(m, d),
        _ => false,
    }
}

/// A person alive was born in 1900 or later.
const fn is_year_month_day(year: u32, month: u32, day: u32) -> bool {
    year >= 1900 && year <= 2099 && has_day(month, day)
}

/// Up to eight digits, with `st`, `nd`, `rd` or `th` after them, or the name of a month; and its end.
fn part_at(view: &View<'_>, start: usize) -> Option<(Part, usize)> {
    let run = |belongs: fn(&u8) -> bool, from: usize| {
        (from..=from + MAX_WORD)
            .take_while(|at| {
                step();
                belongs(&view.at(*at))
            })
            .count()
    };
    let digits = run(u8::is_ascii_digit, start);
    if digits > 8 {
        return None;
    }
    if digits > 0 {
        let value = view
            .slice(start..start + digits)
            .iter()
            .fold(0, |value, byte| {
                value * 10 + u32::from(byte.wrapping_sub(b'0'))
            });
        let end = start + digits;
        let is_ordinal = digits <= 2
            && [b"st", b"nd", b"rd", b"th"]
                .iter()
                .any(|suffix| view.slice(end..end + 2).eq_ignore_ascii_case(*suffix));
        let end = end + if is_ordinal { 2 } else { 0 };
        // `T` and a time may follow.
        let is_whole = !view.at(end).is_ascii_alphanumeric() || matches!(view.at(end), b'T');
        return is_whole.then_some((Part::Number { value, len: digits }, end));
    }
    let letters = run(u8::is_ascii_alphabetic, start);
    let word = view.slice(start..start + letters);
    let month = MONTHS.iter().zip(1..).find(|(name, _)| {
        letters >= 3
            && name
                .get(..letters)
                .is_some_and(|head| head.eq_ignore_ascii_case(word))
    })?;
    Some((Part::Month(month.1), start + letters))
}

/// Where the next part starts: after one of `-./` or a space, or after a dot or comma and a space.
fn next_part(view: &View<'_>, end: usize) -> Option<usize> {
    let byte = view.at(end);
    if matches!(byte, b',' | b'.') && view.is_space(view.at(end + 1)) {
        return Some(end + 2);
    }
    (matches!(byte, b'-' | b'.' | b'/' | b'_') || view.is_space(byte)).then_some(end + 1)
}
