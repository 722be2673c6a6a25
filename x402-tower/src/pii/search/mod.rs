//! One search: which recognizers run over which views of a field.

mod names;

use std::ops::Range;

use super::entity::EntitySet;
use super::joined::Joined;
use super::lanes::{is, places};
use super::outline::Outline;
use super::recognize::{Hits, recognize};
use super::split::{FEWEST_DIGITS, may_be_mailbox};
use super::steps::step;
use super::unfold::{Escapes, decoded, encoded_runs, folded, has_quoted_printable, spelled};
use super::view::{Mapped, View};
use super::{Detector, EntityType, Finding};

/// How often escapes are peeled off: `%2540` is `@` after two rounds. Bounded, so that a text of nested
/// escapes cannot multiply the work.
const MAX_DECODING_ROUNDS: usize = 3;

/// What a detector has found so far; spans are in the original text.
#[derive(Debug)]
pub(super) struct Search<'d> {
    detector: &'d Detector,
    findings: Vec<Finding>,
    /// Whether a run of base64 or hexadecimal digits is looked into: those within one are not.
    is_in_run: bool,
}

/// What was found in a view, sorted by where it starts: no names are looked for there.
type Taken = Vec<Range<usize>>;

/// A view that has been searched, and what there is in it.
struct Reading<'r> {
    view: View<'r>,
    outline: &'r Outline,
    taken: &'r Taken,
}

/// A text as a person would read it, searched.
struct Clear {
    text: Mapped,
    outline: Outline,
    taken: Taken,
}

impl Clear {
    fn reading(&self) -> Reading<'_> {
        Reading {
            view: self.text.view(),
            outline: &self.outline,
            taken: &self.taken,
        }
    }
}

impl<'d> Search<'d> {
    pub(super) const fn of(detector: &'d Detector) -> Self {
        Self {
            detector,
            findings: Vec::new(),
            is_in_run: false,
        }
    }

    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// Searches a field as it stands and in every other way that it can be read.
    pub(super) fn field(&mut self, view: &View<'_>) {
        if view.bytes().is_empty() {
            return;
        }
        let is_escaped = view.in_url() && view.can_be_mapped() && has_percent_escape(view);
        let outline = if is_escaped {
            Outline::of_escaped(view)
        } else {
            Outline::of(view)
        };
        self.unfolded(view, &outline, is_escaped);
        self.runs(view, &outline);
    }

    /// Searches what runs of base64 or hexadecimal digits hold.
    fn runs(&mut self, view: &View<'_>, outline: &Outline) {
        if self.is_in_run || !outline.may_be_encoded() || !view.can_be_mapped() {
            return;
        }
        self.is_in_run = true;
        encoded_runs(view, &outline.encoded.range(), |run, text| {
            self.encoded(view, run, text);
        });
        self.is_in_run = false;
    }

    /// Searches the text that `run` holds. The words before it only name that, and have been searched; no name starts in
    /// them, and what a decimal number would spell is nobody's.
    fn encoded(&mut self, view: &View<'_>, run: Range<usize>, text: &View<'_>) {
        let is_number = view.slice(run.clone()).iter().all(u8::is_ascii_digit);
        let start = view.original(run).start;
        let before = self.findings.len();
        self.unfolded(text, &Outline::of(text), false);
        let found = self.findings.split_off(before).into_iter().filter(|found| {
            let is_name = EntityType::NAMES.contains(&found.entity);
            found.span.end > start && !(is_name && (is_number || found.span.start < start))
        });
        self.findings.extend(found);
    }

    /// Searches for what is split over the parts of `view` alone.
    pub(super) fn parts(&mut self, view: &View<'_>) {
        let clear = folded(view);
        let view = clear.as_ref().map_or(*view, Mapped::view);
        self.joined(&view, &Outline::of(&view));
    }

    /// Searches a view as it stands, folded, and with its escapes peeled off round by round. What escapes hide in a URL
    /// stands beside digits of the escapes themselves, so one that is escaped is not searched as it stands.
    fn unfolded(&mut self, view: &View<'_>, outline: &Outline, is_escaped: bool) {
        if !(outline.needs_folding() | outline.may_hide_something() | outline.has_brackets()) {
            let taken = self.view(view, outline);
            self.names(view, &taken);
            return;
        }
        let taken = if is_escaped {
            Taken::new()
        } else {
            self.view(view, outline)
        };
        if !view.can_be_mapped() {
            self.names(view, &taken);
            return;
        }
        match self.as_read(view, outline) {
            Some(clear) => {
                self.runs(&clear.text.view(), &clear.outline);
                self.peel(&clear.reading(), Escapes::Common, 0);
            }
            None => {
                let reading = Reading {
                    view: *view,
                    outline,
                    taken: &taken,
                };
                self.peel(&reading, Escapes::Common, 0);
            }
        }
    }

    /// Searches what is under the escapes of what was searched, [`MAX_DECODING_ROUNDS`] deep. Where quoted-printable
    /// shows, it is from there on read as such as well.
    fn peel(&mut self, reading: &Reading<'_>, escapes: Escapes, peeled: usize) {
        let Reading {
            view,
            outline,
            taken,
        } = reading;
        let mut escapes_at_hand = escapes;
        if escapes == Escapes::Common && outline.may_hide_quoted && has_quoted_printable(view) {
            self.peel(reading, Escapes::QuotedPrintable, peeled);
            escapes_at_hand = Escapes::CommonAlone;
        }
        let may_have_more = match escapes {
            Escapes::QuotedPrintable => outline.may_be_escaped(),
            Escapes::Common | Escapes::CommonAlone => outline.has_escapes(),
        };
        let next = (may_have_more && peeled < MAX_DECODING_ROUNDS)
            .then(|| decoded(view, escapes))
            .flatten();
        let Some(current) = next else {
            // Names are looked for once, where nothing is in the way any more.
            if escapes != Escapes::QuotedPrintable {
                self.names(view, taken);
            }
            if peeled > 0 {
                self.runs(view, outline);
            }
            return;
        };
        let view = current.view();
        let outline = Outline::of(&view);
        let taken = self.view(&view, &outline);
        match self.as_read(&view, &outline) {
            Some(clear) => self.peel(&clear.reading(), escapes_at_hand, peeled + 1),
            None => {
                let reading = Reading {
                    view,
                    outline: &outline,
                    taken: &taken,
                };
                self.peel(&reading, escapes_at_hand, peeled + 1);
            }
        }
    }

    /// Searches `view` as a person would read it, and returns that view if it differs.
    fn as_read(&mut self, view: &View<'_>, outline: &Outline) -> Option<Clear> {
        let text = outline.needs_folding().then(|| folded(view)).flatten();
        let clear = text.map(|text| {
            let outline = Outline::of(&text.view());
            let taken = self.view(&text.view(), &outline);
            Clear {
                text,
                outline,
                taken,
            }
        });
        let may_be_spelled = clear
            .as_ref()
            .map_or(outline, |clear| &clear.outline)
            .has_brackets();
        if self.detector.spelled_emails
            && may_be_spelled
            && let clear = clear.as_ref().map_or(*view, |clear| clear.text.view())
            && let Some(spelled) = spelled(&clear)
        {
            let spelled = spelled.view();
            self.view(&spelled, &Outline::of(&spelled));
        }
        clear
    }

    /// Searches one view. Where names are looked for, says what is taken by what was found.
    fn view(&mut self, view: &View<'_>, outline: &Outline) -> Taken {
        self.joined(view, outline);
        let hits = self.hits(view, outline);
        if hits.is_empty() {
            return Taken::new();
        }
        let taken = if self.looks_for_names() {
            hits.spans()
        } else {
            Taken::new()
        };
        self.report(hits.into_findings().map(|found| Finding {
            span: view.original(found.span),
            ..found
        }));
        taken
    }

    /// Searches what is split over the parts of `view`.
    fn joined(&mut self, view: &View<'_>, outline: &Outline) {
        if !may_be_split(outline) || !view.can_be_mapped() {
            return;
        }
        let may_be_number = outline.digits >= FEWEST_DIGITS;
        if !may_be_number && !outline.has_at() && !may_be_mailbox(view) {
            return;
        }
        if let Some(joined) = Joined::of(view, outline, self.looks_for_more()) {
            let hits = self.hits(&joined.view(), &Outline::of(&joined.view()));
            self.report(joined.across_parts(hits).into_iter());
        }
    }

    /// Whether kinds are looked for that are not by default, whose forms joining lists does not know.
    fn looks_for_more(&self) -> bool {
        !self.detector.own.is_empty() || !self.detector.entities.is_within(EntitySet::DEFAULT)
    }

    fn hits(&self, view: &View<'_>, outline: &Outline) -> Hits {
        let mut hits = Hits::of(self.detector.entities);
        let is_quiet = outline.is_quiet() && self.detector.entities.is_within(EntitySet::DEFAULT);
        if !is_quiet {
            recognize(view, outline, &mut hits);
        }
        for recognizer in &*self.detector.own {
            recognizer.recognize(view, &mut hits);
        }
        hits
    }

    fn report(&mut self, found: impl Iterator<Item = Finding>) {
        let least = self.detector.min_score;
        self.findings
            .extend(found.filter(|found| found.score >= least));
    }
}

/// Whether a number or an address may be split over the parts of a list. No test is passed over, as which one decides is
/// hard to foretell.
const fn may_be_split(outline: &Outline) -> bool {
    outline.has_separators()
        & ((outline.digits >= FEWEST_DIGITS)
            | outline.has_at()
            | (outline.has_equals() & outline.has_dot()))
}

fn has_percent_escape(view: &View<'_>) -> bool {
    places(view.bytes(), |lane| is(lane, b'%')).any(|position| {
        step();
        view.escape_at(position).is_some()
    })
}
