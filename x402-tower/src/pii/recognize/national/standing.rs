//! Whether a value stands for itself or is a part of something longer.

use std::ops::Range;

use super::super::super::view::View;
use super::naming::Label;

/// Words before an amount.
const AMOUNT_WORDS: &[&str] = &[
    "amount", "amounts", "atomic", "balance", "budget", "cost", "costs", "fee", "fees", "limit",
    "max", "maximum", "min", "minimum", "pay", "paid", "price", "sum", "supply", "total", "volume",
    "usd", "usdc", "usdt", "eur", "eurc", "gbp", "jpy", "inr", "aud", "cad", "chf", "cny", "krw",
    "pln", "sek", "dkk", "nok", "huf", "czk", "rub", "uah", "zar", "thb", "sgd", "brl",
];
/// Words after an amount.
const UNITS: &[&[u8]] = &[
    b"USD",
    b"EUR",
    b"GBP",
    b"JPY",
    b"INR",
    b"AUD",
    b"CAD",
    b"CHF",
    b"CNY",
    b"KRW",
    b"PLN",
    b"SEK",
    b"DKK",
    b"NOK",
    b"HUF",
    b"CZK",
    b"RUB",
    b"UAH",
    b"ZAR",
    b"THB",
    b"SGD",
    b"BRL",
    b"USDC",
    b"USDT",
    b"EURC",
    b"DAI",
    b"ETH",
    b"SOL",
    b"BTC",
    b"wei",
    b"gwei",
    b"lamports",
    b"units",
    b"tokens",
    b"atomic",
    b"bytes",
    b"requests",
    b"records",
    b"rows",
    b"items",
    b"calls",
    b"kr",
    b"zl",
];

/// Whether no letter or digit touches `span`, and no `-`, `_`, `.`, `:` or the like ties it to one, so that it is not a
/// part of an order number, an identifier or a decimal.
pub(super) fn stands_alone(view: &View<'_>, span: &Range<usize>) -> bool {
    let Range { start, end } = *span;
    let left = view.before(start);
    let tied_left = match left {
        b'-' | b'_' | b'.' | b'+' | b'@' | b'~' => {
            view.before(start.saturating_sub(1)).is_ascii_alphanumeric()
        }
        b':' => view.before(start.saturating_sub(1)).is_ascii_digit(),
        _ => left.is_ascii_alphanumeric(),
    };
    let right = view.at(end);
    let tied_right = match right {
        b'-' | b'_' | b'@' | b':' | b'~' => view.at(end + 1).is_ascii_alphanumeric(),
        // A space in a URL, else an addition.
        b'+' => !view.in_url() && view.at(end + 1).is_ascii_alphanumeric(),
        // A file name ends in letters, a decimal in digits.
        b'.' => view.at(end + 1).is_ascii_digit(),
        _ => right.is_ascii_alphanumeric(),
    };
    let tied_left = tied_left && !(left == b'+' && view.in_url());
    !tied_left && !tied_right
}

/// Whether a currency, a unit or a word before the digits makes an amount of them.
pub(super) fn is_amount(view: &View<'_>, span: &Range<usize>, label: &Label) -> bool {
    let gap = usize::from(view.is_space(view.before(span.start)));
    let after = span.end + usize::from(view.is_space(view.at(span.end)));
    let has_unit = UNITS.iter().any(|unit| {
        let end = after + unit.len();
        view.slice(after..end).eq_ignore_ascii_case(unit) && !view.at(end).is_ascii_alphanumeric()
    });
    has_unit
        || view
            .char_before(span.start.saturating_sub(gap))
            .is_some_and(is_currency_sign)
        || view.char_at(after).is_some_and(is_currency_sign)
        || label.last_word_is_one_of(AMOUNT_WORDS)
}

/// Unicode's general category Sc.
const fn is_currency_sign(character: char) -> bool {
    matches!(character, '$' | '¢'..='¥' | '฿' | '\u{20a0}'..='\u{20cf}' | '\u{fdfc}' | '\u{ff04}' | '\u{ffe0}' | '\u{ffe1}' | '\u{ffe5}')
}
