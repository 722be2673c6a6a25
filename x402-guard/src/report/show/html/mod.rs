//! One page that needs nothing else: no script, no font, no picture from elsewhere.

mod chart;
mod escape;
mod style;
mod table;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::report::count::money::{Outcome, dollars, grouped};
use crate::report::document::Document;
use crate::report::show::html::escape::{foreign, line};
use crate::report::show::section::Section;
use crate::report::show::sections;

pub(crate) fn write(document: &Document) -> String {
    let sections = sections(document);
    let mut page =
        String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    // The style is named by its hash, so that no other one, which a text might bring along, is used.
    let digest = STANDARD.encode(Sha256::digest(style::CSS.as_bytes()));
    page.push_str(&format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri \
         'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>x402 audit report</title>\n<style>{}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#figures\">To the figures</a>\n",
        style::CSS
    ));
    header(document, &mut page);
    page.push_str("<main>\n");
    key_figures(document, &mut page);
    chart::all(document, &mut page);
    contents(&sections, &mut page);
    for section in &sections {
        self::section(section, &mut page);
    }
    page.push_str(&format!(
        "</main>\n<footer><p>Written by x402-guard {} from the files named above. The same files give the same \
         report.</p></footer>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION")
    ));
    page
}

/// The verdict in one sentence.
fn verdict(document: &Document) -> (&'static str, String) {
    let files = document.files.len();
    let all = if files == 1 {
        "The file is".to_owned()
    } else {
        format!("All {files} files are")
    };
    let counted = |integrity: &str| {
        let some = document
            .files
            .iter()
            .filter(|file| file.integrity == integrity);
        let some = some.count();
        let is = if some == 1 { "is" } else { "are" };
        let noun = if files == 1 { "file" } else { "files" };
        format!("{some} of {files} {noun} {is}")
    };
    match document.integrity {
        "intact" => (
            "Intact",
            format!("{all} as written, checked under the key."),
        ),
        "broken" => (
            "Broken",
            format!(
                "{} not as written; nobody can vouch for what follows a break.",
                counted("broken")
            ),
        ),
        "unreadable" => (
            "Unreadable",
            format!("{} not readable.", counted("unreadable")),
        ),
        _ => (
            "Not verified",
            format!("{} not checked to the end.", counted("unverified")),
        ),
    }
}

fn header(document: &Document, page: &mut String) {
    let (word, sentence) = verdict(document);
    let period = &document.period;
    let said = |asked: &Option<String>, found: &Option<String>, none: &str| {
        let moment = asked.as_ref().or(found.as_ref());
        moment.map_or(none.to_owned(), |moment| readable(moment))
    };
    let from = said(&period.from, &period.first_record, "the first record");
    let until = match (&period.to, &period.last_record) {
        (Some(to), _) => format!("before {}", readable(to)),
        (None, Some(last)) => readable(last),
        (None, None) => "the last record".to_owned(),
    };
    page.push_str(&format!(
        "<header>\n<p class=\"kicker\">x402 payments</p>\n<h1>Audit report</h1>\n<p class=\"period\"><span>{from}</span> &ndash; \
         <span>{until}</span> <span class=\"zone\">UTC</span></p>\n"
    ));
    if let Some(agent) = &document.agent {
        page.push_str(&format!(
            "<p class=\"period\">Agent {} alone</p>\n",
            foreign(agent)
        ));
    }
    page.push_str(&format!(
        "<div class=\"verdict {}\"><p class=\"word\">{word}</p><p>{sentence}</p>\n<ul class=\"files\">\n",
        document.integrity
    ));
    for file in &document.files {
        let broken = file
            .line
            .map_or(String::new(), |line| format!(" at line {line}"));
        page.push_str(&format!(
            "<li><span class=\"state {0}\">{0}{broken}</span> {1} <span class=\"muted\">{2} lines</span></li>\n",
            file.integrity,
            foreign(&file.file),
            grouped(file.lines)
        ));
    }
    page.push_str("</ul></div>\n</header>\n");
}

/// A moment to the second, or the date alone where the day begins.
fn readable(moment: &str) -> String {
    let second = moment.get(..19).unwrap_or(moment);
    let plain = second.strip_suffix("T00:00:00").unwrap_or(second);
    plain.replace('T', "\u{a0}")
}

fn key_figures(document: &Document, page: &mut String) {
    let of = |outcome: Outcome| document.outcomes.get(outcome.as_str()).copied();
    let payments = |outcome| of(outcome).map_or(0, |worth| worth.payments);
    let worth = |outcome| of(outcome).map_or(0, |worth| worth.usd_micros);
    let settled = worth(Outcome::Settled);
    let checked = document.settled_in_checked_records_usd_micros;
    let vouched = if checked == settled {
        "all of it in checked records".to_owned()
    } else {
        format!("{} in checked records", dollars(checked))
    };
    let pii: u64 = document
        .pii
        .rows
        .iter()
        .map(|row| row.found)
        .fold(0, u64::saturating_add);
    let blocked: u64 = document
        .pii
        .rows
        .iter()
        .map(|row| row.blocked)
        .fold(0, u64::saturating_add);
    let denials = document.denials.rows.iter().map(|row| row.count);
    let rest = document
        .denials
        .others
        .as_ref()
        .map_or(0, |others| others.sum.count);
    let denials = denials.fold(rest, u64::saturating_add);
    let unknown = payments(Outcome::Unknown);
    let dangling = document.dangling.payments;
    let figures = [
        ("Settled, USD", dollars(settled), vouched, ""),
        (
            "Payments settled",
            grouped(payments(Outcome::Settled)),
            format!("{} rejected", grouped(payments(Outcome::Rejected))),
            "",
        ),
        (
            "Outcome unknown",
            grouped(unknown),
            format!("{} USD", dollars(worth(Outcome::Unknown))),
            if unknown > 0 { "warn" } else { "" },
        ),
        (
            "Dangling intents",
            dangling.to_string(),
            "no outcome on record".to_owned(),
            if dangling > 0 { "warn" } else { "" },
        ),
        (
            "Denials",
            grouped(denials),
            "by a control, nothing paid".to_owned(),
            "",
        ),
        (
            "Personal data",
            grouped(pii),
            format!("found; {} blocked", grouped(blocked)),
            "",
        ),
    ];
    page.push_str("<section id=\"figures\" aria-label=\"Key figures\">\n<dl class=\"tiles\">\n");
    for (name, figure, more, class) in figures {
        page.push_str(&format!(
            "<div class=\"{class}\"><dt>{name}</dt><dd><span class=\"figure\">{figure}</span> <span \
             class=\"muted\">{more}</span></dd></div>\n"
        ));
    }
    page.push_str("</dl>\n</section>\n");
}

fn contents(sections: &[Section], page: &mut String) {
    page.push_str("<nav aria-label=\"Contents\"><ul>\n");
    for section in sections {
        page.push_str(&format!(
            "<li><a href=\"#{}\">{}</a></li>\n",
            section.id, section.title
        ));
    }
    page.push_str("</ul></nav>\n");
}

fn section(section: &Section, page: &mut String) {
    let id = section.id;
    page.push_str(&format!(
        "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{}</h2>\n",
        section.title
    ));
    for intro in &section.intro {
        page.push_str(&format!("<p>{}</p>\n", line(intro)));
    }
    for grid in &section.tables {
        table::write(grid, page);
    }
    if !section.points.is_empty() {
        page.push_str("<ul class=\"points\">\n");
        for point in &section.points {
            page.push_str(&format!("<li>{}</li>\n", line(point)));
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</section>\n");
}
