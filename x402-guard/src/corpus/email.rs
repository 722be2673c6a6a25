//! E-mail addresses.

use crate::corpus::lists::Lists;
use crate::corpus::numbers::Value;
use crate::corpus::person::Person;
use crate::corpus::prng::Prng;

/// An address of somebody, or of an account that has no name.
pub(super) fn email(person: &Person, lists: &Lists, prng: &mut Prng) -> Value {
    let domain = domain(lists, prng);
    let Some((given, surname)) = person.ascii().filter(|_| prng.percent(78)) else {
        return unnamed(&domain, lists, prng);
    };
    let initial: String = given.chars().take(1).collect();
    let number = prng.within(1, 99);
    let at = |local: String| format!("{local}@{domain}");
    let (text, form) = match prng.below(14) {
        0..=3 => (at(format!("{given}.{surname}")), "bare"),
        4 => (at(format!("{initial}{surname}")), "initial"),
        5 => (at(format!("{given}_{surname}")), "underscore"),
        6 => (at(format!("{given}{number}")), "numeric_local"),
        7 => (at(format!("{given}.{surname}+{}", tag(lists, prng))), "tag"),
        8 => (at(format!("{surname}.{initial}")), "bare"),
        9 => (at(format!("{given}.{surname}")).to_uppercase(), "uppercase"),
        10 => (at(given), "first_only"),
        11 => (at(format!("{initial}-{surname}")), "dash"),
        12 => (idn(&given, &surname, lists, prng), "idn"),
        _ => (
            format!("{given}.{surname}@{}.{domain}", subdomain(prng)),
            "complex",
        ),
    };
    Value { text, form }
}

fn unnamed(domain: &str, lists: &Lists, prng: &mut Prng) -> Value {
    let role = prng.text(lists.lookalikes.of("role"));
    let (local, form) = match prng.below(4) {
        0 => (role.to_owned(), "role"),
        1 => (format!("{role}-{}", prng.within(1, 40)), "role"),
        2 => (format!("user{}", prng.within(100, 99_999)), "numeric_local"),
        _ => (
            prng.letters("abcdefghijkmnpqrstuvwxyz23456789", 9),
            "random_local",
        ),
    };
    Value {
        text: format!("{local}@{domain}"),
        form,
    }
}

fn domain(lists: &Lists, prng: &mut Prng) -> String {
    match prng.below(10) {
        0..=2 => prng.text(lists.lookalikes.of("mail_provider")).to_owned(),
        3 => format!("example.{}", prng.text(&["com", "org", "net"])),
        _ => {
            let word = prng.text(lists.lookalikes.of("domain_word"));
            let more = match prng.below(3) {
                0 => format!("-{}", prng.text(lists.lookalikes.of("domain_end"))),
                _ => String::new(),
            };
            format!("{word}{more}.{}", prng.text(lists.lookalikes.of("tld")))
        }
    }
}

fn subdomain(prng: &mut Prng) -> &'static str {
    prng.text(&["mail", "eu", "staff", "corp", "id", "clinic", "students"])
}

fn tag(lists: &Lists, prng: &mut Prng) -> &'static str {
    prng.text(lists.lookalikes.of("mail_tag"))
}

/// An address with letters beyond ASCII in it, or the ASCII form of such a domain.
fn idn(given: &str, surname: &str, lists: &Lists, prng: &mut Prng) -> String {
    let domain = prng.text(lists.lookalikes.of("idn_domain"));
    let local = prng.text(lists.lookalikes.of("idn_local"));
    match prng.below(4) {
        0 if !domain.starts_with("xn--") => format!("{local}@{domain}"),
        _ => format!("{given}.{surname}@{domain}"),
    }
}
