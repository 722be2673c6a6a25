//! Bars, drawn in whole units. The tables below say the same in numbers.

use super::escape::{bare, plain};
use crate::report::count::money::{Outcome, dollars, grouped};
use crate::report::document::Document;
use crate::report::show::bars::{Bar, Timeline, length, ranking, timeline};
use crate::shown::Foreign;

const WIDTH: u32 = 720;
/// The columns of the timeline.
const TOP: u32 = 24;
const HEIGHT: u32 = 150;
const LEFT: u32 = 80;
/// The rows of a ranking.
const ROW: u32 = 30;
const NAMES: u32 = 232;
const VALUES: u32 = 120;
/// How much of a name is written beside a bar.
const NAME_CHARS: usize = 20;

pub(super) fn all(document: &Document, page: &mut String) {
    page.push_str("<section class=\"charts\" aria-label=\"Charts\">\n");
    over_time(&timeline(document), page);
    let outcomes = Outcome::ALL.into_iter().map(|outcome| {
        let worth = document.outcomes.get(outcome.as_str());
        Bar {
            label: outcome.as_str().replace('_', " "),
            value: worth.map_or(0, |worth| u128::from(worth.payments)),
        }
    });
    let outcomes: Vec<_> = outcomes.collect();
    let classes = Outcome::ALL.map(Outcome::as_str);
    rows(
        "Payments by outcome",
        "payments",
        &outcomes,
        &classes,
        grouped,
        page,
    );
    let agents = ranking(&document.by_agent);
    rows(
        "Settled by agent, USD",
        "US dollars",
        &agents,
        &[],
        dollars,
        page,
    );
    let origins = ranking(&document.by_origin);
    rows(
        "Settled by origin, USD",
        "US dollars",
        &origins,
        &[],
        dollars,
        page,
    );
    let recipients = ranking(&document.by_recipient);
    rows(
        "Settled by recipient, USD",
        "US dollars",
        &recipients,
        &[],
        dollars,
        page,
    );
    page.push_str("</section>\n");
}

fn over_time(line: &Timeline, page: &mut String) {
    let most = line.bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    let title = format!("Settled by {}, USD", line.unit);
    let (Some(first), Some(last), true) = (line.bars.first(), line.bars.last(), most > 0) else {
        nothing(&title, page);
        return;
    };
    let count = u32::try_from(line.bars.len()).unwrap_or(u32::MAX).max(1);
    let room = WIDTH.saturating_sub(LEFT);
    let step = (room / count).clamp(1, 72);
    let gap = if step > 6 { 2 } else { u32::from(step > 2) };
    let base = TOP.saturating_add(HEIGHT);
    open("wide", &title, base.saturating_add(28), page);
    for (part, value) in [(1, most), (2, most / 2)] {
        let y = base.saturating_sub(HEIGHT / part);
        page.push_str(&format!(
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\"/><text class=\"axis end\" x=\"{}\" \
             y=\"{}\">{}</text>\n",
            LEFT.saturating_sub(8),
            y.saturating_add(4),
            dollars(value)
        ));
    }
    for (at, bar) in (0u32..).zip(&line.bars) {
        let height = length(bar.value, most, HEIGHT);
        let x = LEFT.saturating_add(at.saturating_mul(step));
        page.push_str(&format!(
            "<rect class=\"bar\" x=\"{x}\" y=\"{}\" width=\"{}\" height=\"{height}\"><title>{}: {} USD</title></rect>\n",
            base.saturating_sub(height),
            step.saturating_sub(gap).max(1),
            bare(&bar.label),
            dollars(bar.value)
        ));
    }
    let end = LEFT.saturating_add(count.saturating_mul(step));
    let below = base.saturating_add(18);
    page.push_str(&format!(
        "<line class=\"base\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{base}\" y2=\"{base}\"/><text class=\"axis\" x=\"{LEFT}\" \
         y=\"{below}\">{}</text>\n",
        bare(&first.label)
    ));
    if count > 1 {
        let end = end.max(LEFT.saturating_add(180));
        page.push_str(&format!(
            "<text class=\"axis end\" x=\"{end}\" y=\"{below}\">{}</text>\n",
            bare(&last.label)
        ));
    }
    page.push_str("</svg></figure>\n");
}

fn rows(
    title: &str,
    unit: &str,
    bars: &[Bar],
    classes: &[&str],
    number: fn(u128) -> String,
    page: &mut String,
) {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    if most == 0 {
        nothing(title, page);
        return;
    }
    let count = u32::try_from(bars.len()).unwrap_or(u32::MAX);
    open("", title, count.saturating_mul(ROW).saturating_add(4), page);
    let room = WIDTH.saturating_sub(NAMES).saturating_sub(VALUES);
    for (at, bar) in (0u32..).zip(bars) {
        let top = at.saturating_mul(ROW);
        let long = length(bar.value, most, room);
        let class = usize::try_from(at)
            .ok()
            .and_then(|at| classes.get(at))
            .unwrap_or(&"");
        let whole = bare(&bar.label);
        page.push_str(&format!(
            "<g><title>{whole}: {2} {unit}</title><text class=\"name end\" x=\"{3}\" y=\"{4}\">{0}</text><rect class=\"bar \
             {class}\" x=\"{NAMES}\" y=\"{5}\" width=\"{long}\" height=\"18\" rx=\"1\"/><text class=\"value\" x=\"{1}\" \
             y=\"{4}\">{2}</text></g>\n",
            plain(&shortened(&Foreign(&bar.label).to_string())),
            NAMES.saturating_add(long).saturating_add(8),
            number(bar.value),
            NAMES.saturating_sub(10),
            top.saturating_add(19),
            top.saturating_add(5),
        ));
    }
    page.push_str("</svg></figure>\n");
}

fn open(class: &str, title: &str, height: u32, page: &mut String) {
    let title = plain(title);
    page.push_str(&format!(
        "<figure class=\"{class}\"><figcaption>{title}</figcaption>\n<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"{title}; the table below has the numbers\">\n"
    ));
}

fn nothing(title: &str, page: &mut String) {
    page.push_str(&format!(
        "<figure><figcaption>{}</figcaption><p class=\"none\">nothing in the period</p></figure>\n",
        plain(title)
    ));
}

/// The beginning and the end of a name that is safe to show; an origin without its scheme.
fn shortened(name: &str) -> String {
    let name = name.strip_prefix("https://").unwrap_or(name);
    let letters: Vec<char> = name.chars().collect();
    if letters.is_empty() {
        return "-".to_owned();
    }
    if letters.len() <= NAME_CHARS {
        return name.to_owned();
    }
    let half = NAME_CHARS / 2;
    let end = letters.len().saturating_sub(half);
    let begin = letters.iter().take(half);
    begin
        .chain(&['\u{2026}'])
        .chain(letters.iter().skip(end))
        .collect()
}
