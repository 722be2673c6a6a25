//! Values that are split over parameters, path segments, items of a list or whole fields, joined again.

use std::ops::Range;

use super::chain::{goes_on, has_same_stem};
use super::outline::Outline;
use super::recognize::Hits;
use super::split::{Part, is_mailbox, may_be_split, parts_of, touch_at};
use super::steps::step;
use super::unfold::Sink;
use super::view::{Mapped, View};
use super::{EntityType, Finding};

/// Less sure findings are left: parts of a list stand beside each other by chance.
const SUREST: u8 = 95;
const SHORTEST_CARD: usize = 13;

/// The parts of a list, one after the other, with a space or what belongs between them.
#[derive(Debug)]
pub(super) struct Joined {
    text: Mapped,
    /// Where each part stands in the joined view, and whether it goes on with what the one before began.
    parts: Vec<(Range<usize>, bool)>,
}

impl Joined {
    /// Joins the parts of `view`; `None` if it is no list, or one that holds nothing over its parts. `everything` says
    /// that more is looked for than [what is by default](EntityType::DEFAULT).
    pub(super) fn of(view: &View<'_>, outline: &Outline, everything: bool) -> Option<Self> {
        let parts = parts_of(view, outline);
        if !may_be_split(view, outline, &parts, everything) {
            return None;
        }
        let mut joined = Joining {
            view,
            sink: Sink::default(),
            places: Vec::with_capacity(parts.len()),
        };
        let mut previous: Option<&Part> = None;
        for (position, part) in parts.iter().enumerate() {
            let next = parts.get(position + 1);
            joined.push(previous, part, next);
            previous = Some(part);
        }
        Some(Self {
            text: joined.sink.into_mapped(false),
            parts: joined.places,
        })
    }

    pub(super) fn view(&self) -> View<'_> {
        self.text.view()
    }

    /// What was found across parts: one finding for each part that it touches.
    pub(super) fn across_parts(&self, hits: Hits) -> Vec<Finding> {
        let mut findings = Vec::new();
        for hit in hits.into_findings() {
            if hit.score < SUREST {
                continue;
            }
            let first = self
                .parts
                .partition_point(|(part, _)| part.end <= hit.span.start);
            let touched = || {
                self.parts
                    .iter()
                    .skip(first)
                    .take_while(|(part, _)| part.start < hit.span.end)
            };
            // What would be a card by itself is one, or none; it is not the start of a longer one.
            let is_whole = |(part, _): &(Range<usize>, bool)| {
                hit.entity == EntityType::CreditCard && part.len() >= SHORTEST_CARD
            };
            let is_one = touched().skip(1).all(|(_, goes_on)| *goes_on);
            if touched().count() < 2 || !is_one || touched().any(is_whole) {
                continue;
            }
            findings.extend(touched().map(|(part, _)| {
                step();
                let span = part.start.max(hit.span.start)..part.end.min(hit.span.end);
                Finding {
                    span: self.view().original(span),
                    ..hit.clone()
                }
            }));
        }
        findings
    }
}

struct Joining<'v, 't> {
    view: &'v View<'t>,
    sink: Sink,
    places: Vec<(Range<usize>, bool)>,
}

impl Joining<'_, '_> {
    fn push(&mut self, previous: Option<&Part>, part: &Part, next: Option<&Part>) {
        let view = self.view;
        let follows = previous.is_some_and(|previous| has_same_stem(view, previous, part));
        let leads = next.is_some_and(|next| has_same_stem(view, part, next));
        let between: &[u8] = match previous {
            None => b"",
            Some(previous) if is_mailbox(view, previous, part) => b"@",
            Some(previous) if touch_at(view, previous, part) => b"",
            Some(_) => b" ",
        };
        let source = view.source(part.value.start);
        self.sink.push_all(between, source);
        if leads && !follows {
            // `ssn1=…&ssn2=…`: the key says what the parts are, once.
            self.sink.push_all(part.stem(view), source);
            self.sink.push(b' ', source);
        }
        let start = self.sink.len();
        self.sink.copy(view, part.value.clone());
        let goes_on =
            between != b" " || previous.is_some_and(|previous| goes_on(view, previous, part));
        self.places.push((start..self.sink.len(), goes_on));
    }
}
