//! One search: which recognizers run over which views of a field.

use std::ops::Range;

use super::classes::ByteClasses;
use super::entity::EntitySet;
use super::joined::Joined;
use super::recognize::{Hits, RECOGNIZERS};
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
        let classes = ByteClasses::of(view.bytes());
        self.unfolded(view, classes);
        self.runs(view, &classes);
    }

    /// Searches what runs of base64 or hexadecimal digits hold.
    fn runs(&mut self, view: &View<'_>, classes: &ByteClasses) {
        if self.is_in_run || !may_be_encoded(classes) || !view.can_be_mapped() {
            return;
        }
        self.is_in_run = true;
        encoded_runs(view, |run, text| self.encoded(view, run, text));
        self.is_in_run = false;
    }

    /// Searches the text that `run` holds. The words before it only name that, and have been searched; no name starts in
    /// them, and what a decimal number would spell is nobody's.
    fn encoded(&mut self, view: &View<'_>, run: Range<usize>, text: &View<'_>) {
        let is_number = view.slice(run.clone()).iter().all(u8::is_ascii_digit);
        let start = view.original(run).start;
        let before = self.findings.len();
        self.unfolded(text, ByteClasses::of(text.bytes()));
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
        self.joined(&view, &ByteClasses::of(view.bytes()));
    }

    /// Searches a view as it stands, folded, and with its escapes peeled off round by round.
    fn unfolded(&mut self, view: &View<'_>, classes: ByteClasses) {
        let plain = !classes.needs_folding() && !classes.has_escapes();
        if plain && !classes.has_equals() && !classes.has_brackets() {
            self.view(view, &classes);
            self.names(view);
            return;
        }
        // What escapes hide in a URL stands beside digits of the escapes themselves.
        let escaped = view.in_url() && classes.has_percent() && has_percent_escape(view);
        if !escaped {
            self.view(view, &classes);
        }
        if !view.can_be_mapped() {
            self.names(view);
            return;
        }
        let clear = self.as_read(view, &classes);
        if let Some(clear) = &clear {
            let clear = clear.view();
            self.runs(&clear, &ByteClasses::of(clear.bytes()));
        }
        let clear = clear.as_ref().map_or(*view, Mapped::view);
        self.peel(&clear, Escapes::Common, 0);
    }

    /// Searches what is under the escapes of `view`, [`MAX_DECODING_ROUNDS`] deep. Where quoted-printable
    /// shows, it is from there on read as such as well.
    fn peel(&mut self, view: &View<'_>, escapes: Escapes, peeled: usize) {
        let mut escapes_at_hand = escapes;
        if escapes == Escapes::Common && has_quoted_printable(view) {
            self.peel(view, Escapes::QuotedPrintable, peeled);
            escapes_at_hand = Escapes::CommonAlone;
        }
        let next = (peeled < MAX_DECODING_ROUNDS)
            .then(|| decoded(view, escapes))
            .flatten();
        let Some(current) = next else {
            // Names are looked for once, where nothing is in the way any more.
            if escapes != Escapes::QuotedPrintable {
                self.names(view);
            }
            if peeled > 0 {
                self.runs(view, &ByteClasses::of(view.bytes()));
            }
            return;
        };
        let current = current.view();
        let classes = ByteClasses::of(current.bytes());
        self.view(&current, &classes);
        let clear = self.as_read(&current, &classes);
        let clear = clear.as_ref().map_or(current, Mapped::view);
        self.peel(&clear, escapes_at_hand, peeled + 1);
    }

    /// Searches `view` as a person would read it, and returns that view if it differs.
    fn as_read(&mut self, view: &View<'_>, classes: &ByteClasses) -> Option<Mapped> {
        let clear = classes.needs_folding().then(|| folded(view)).flatten();
        let mut may_be_spelled = classes.has_brackets();
        if let Some(clear) = &clear {
            let clear = clear.view();
            let classes = ByteClasses::of(clear.bytes());
            self.view(&clear, &classes);
            may_be_spelled = classes.has_brackets();
        }
        if self.detector.spelled_emails
            && may_be_spelled
            && let clear = clear.as_ref().map_or(*view, Mapped::view)
            && let Some(spelled) = spelled(&clear)
        {
            let spelled = spelled.view();
            self.view(&spelled, &ByteClasses::of(spelled.bytes()));
        }
        clear
    }

    /// Searches one view.
    fn view(&mut self, view: &View<'_>, classes: &ByteClasses) {
        self.joined(view, classes);
        let found = self.hits(view, classes).into_findings();
        self.report(found.map(|found| Finding {
            span: view.original(found.span),
            ..found
        }));
    }

    /// Searches what is split over the parts of `view`.
    fn joined(&mut self, view: &View<'_>, classes: &ByteClasses) {
        if !may_be_split(classes) || !view.can_be_mapped() {
            return;
        }
        let may_be_number = classes.digits >= FEWEST_DIGITS;
        if !may_be_number && !classes.has_at() && !may_be_mailbox(view) {
            return;
        }
        if let Some(joined) = Joined::of(view, self.looks_for_more()) {
            let hits = self.hits(&joined.view(), &ByteClasses::of(joined.view().bytes()));
            self.report(joined.across_parts(hits).into_iter());
        }
    }

    /// Whether kinds are looked for that are not by default, whose forms joining lists does not know.
    fn looks_for_more(&self) -> bool {
        !self.detector.own.is_empty() || !self.detector.entities.is_within(EntitySet::DEFAULT)
    }

    fn hits(&self, view: &View<'_>, classes: &ByteClasses) -> Hits {
        let mut hits = Hits::of(self.detector.entities);
        for recognizer in &RECOGNIZERS {
            if (recognizer.may_match)(classes) && hits.wants_one_of(recognizer.entities) {
                (recognizer.recognize)(view, classes, &mut hits);
            }
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

/// URI schemes that stand before personal data.
#[cfg(feature = "nlp")]
const SCHEMES: &[&[u8]] = &[b"mailto", b"tel", b"sms", b"sip", b"sips", b"xmpp", b"acct"];

#[cfg(feature = "nlp")]
impl Search<'_> {
    /// Searches for names where nothing else was found.
    fn names(&mut self, view: &View<'_>) {
        use super::DetectionMode;

        let wanted = self.detector.entities;
        let wants = |entity: &EntityType| wanted.contains(*entity);
        if self.detector.mode != DetectionMode::Nlp || !EntityType::NAMES.iter().any(wants) {
            return;
        }
        let hits = self.hits(view, &ByteClasses::of(view.bytes()));
        let mut taken: Vec<_> = hits.into_findings().map(|found| found.span).collect();
        taken.sort_unstable_by_key(|span| span.start);
        let mut names = Vec::new();
        super::names::find_names(view, &taken, &mut names);
        // `mailto:` before an address is a scheme; `Maria:` before one is somebody's name.
        let is_scheme = |found: &Finding| {
            let word = view.slice(found.span.clone());
            view.at(found.span.end) == b':'
                && SCHEMES
                    .iter()
                    .any(|scheme| word.eq_ignore_ascii_case(scheme))
        };
        names.retain(|found| wants(&found.entity) && !is_scheme(found));
        self.report(names.into_iter().map(|found| Finding {
            span: view.original(found.span),
            ..found
        }));
    }
}

#[cfg(not(feature = "nlp"))]
impl Search<'_> {
    /// Without the model there are no names to be found.
    #[expect(
        clippy::unused_self,
        clippy::needless_pass_by_ref_mut,
        reason = "the same call with and without the model"
    )]
    fn names(&mut self, _view: &View<'_>) {}
}

/// Whether a number or an address may be split over the parts of a list.
const fn may_be_split(classes: &ByteClasses) -> bool {
    classes.has_separators()
        && (classes.digits >= FEWEST_DIGITS
            || classes.has_at()
            || (classes.has_equals() && classes.has_dot()))
}

/// Whether there may be a run of base64 or hexadecimal digits that holds something: the shortest that writes a number
/// has three capitals or digits.
const fn may_be_encoded(classes: &ByteClasses) -> bool {
    classes.len >= 11 && classes.uppers + classes.digits >= 3
}

fn has_percent_escape(view: &View<'_>) -> bool {
    (0..view.bytes().len()).any(|position| {
        step();
        view.escape_at(position).is_some()
    })
}
