//! Findings held against labels.

use core::ops::{AddAssign, Range};

use x402_tower::pii::{Detector, EntityType, Finding};

use crate::eval::corpus::{Corpus, Sample, TypeId};
use crate::eval::share::Share;

/// What is counted of one type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// What there is to find.
    pub(super) labels: u64,
    /// What was found, right or not.
    pub(super) findings: u64,
    /// Labels with a finding of their own of the same type that overlaps them.
    pub(super) partial: u64,
    /// Labels with a finding of the same type and the same span.
    pub(super) exact: u64,
    /// Labels of which no letter is left.
    pub(super) covered: u64,
}

impl Counts {
    pub(super) fn precision(&self, right: u64) -> Share {
        Share::of(right, self.findings)
    }

    pub(super) fn recall(&self, right: u64) -> Share {
        Share::of(right, self.labels)
    }

    /// The harmonic mean of both.
    pub(super) fn f1(&self, right: u64) -> Share {
        Share::of(
            right.saturating_mul(2),
            self.findings.saturating_add(self.labels),
        )
    }

    pub(super) fn full_cover(&self) -> Share {
        Share::of(self.covered, self.labels)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.labels == 0 && self.findings == 0
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.labels = self.labels.saturating_add(other.labels);
        self.findings = self.findings.saturating_add(other.findings);
        self.partial = self.partial.saturating_add(other.partial);
        self.exact = self.exact.saturating_add(other.exact);
        self.covered = self.covered.saturating_add(other.covered);
    }
}

/// Samples by what they hold and what was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flagged {
    pub(super) positive: u64,
    pub(super) positive_flagged: u64,
    pub(super) clean: u64,
    pub(super) clean_flagged: u64,
}

impl Flagged {
    pub(super) fn precision(&self) -> Share {
        Share::of(self.positive_flagged, self.flagged())
    }

    pub(super) fn recall(&self) -> Share {
        Share::of(self.positive_flagged, self.positive)
    }

    pub(super) fn f1(&self) -> Share {
        Share::of(
            self.positive_flagged.saturating_mul(2),
            self.flagged().saturating_add(self.positive),
        )
    }

    pub(super) fn clean_flagged_rate(&self) -> Share {
        Share::of(self.clean_flagged, self.clean)
    }

    const fn flagged(&self) -> u64 {
        self.positive_flagged.saturating_add(self.clean_flagged)
    }
}

/// What became of one sample.
pub(super) struct Judged {
    pub(super) counts: Vec<(TypeId, Counts)>,
    positive: bool,
    flagged: bool,
    /// Labels of types that were not asked for.
    pub(super) out_of_scope: u64,
}

/// The sums over samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Totals {
    /// By type.
    pub(super) counts: Vec<Counts>,
    pub(super) samples: Flagged,
}

impl Totals {
    pub(super) fn of<'a>(types: usize, judged: impl IntoIterator<Item = &'a Judged>) -> Self {
        let mut totals = Self {
            counts: vec![Counts::default(); types],
            samples: Flagged::default(),
        };
        for sample in judged {
            totals.add(sample);
        }
        totals
    }

    pub(super) fn micro(&self) -> Counts {
        let mut all = Counts::default();
        for counts in &self.counts {
            all += *counts;
        }
        all
    }

    fn add(&mut self, sample: &Judged) {
        for (entity, counts) in &sample.counts {
            if let Some(total) = self.counts.get_mut(*entity) {
                *total += *counts;
            }
        }
        let (all, flagged) = if sample.positive {
            (
                &mut self.samples.positive,
                &mut self.samples.positive_flagged,
            )
        } else {
            (&mut self.samples.clean, &mut self.samples.clean_flagged)
        };
        *all = all.saturating_add(1);
        *flagged = flagged.saturating_add(u64::from(sample.flagged));
    }
}

/// A detector, and the labels that it is held against.
pub(super) struct Judge {
    detector: Detector,
    /// The types that were asked for; all where none is named.
    scope: Vec<TypeId>,
}

impl Judge {
    pub(super) fn new(detector: Detector, asked: &[EntityType], corpus: &mut Corpus) -> Self {
        let scope = asked.iter().map(|entity| corpus.type_id(entity.as_str()));
        Self {
            detector,
            scope: scope.collect(),
        }
    }

    pub(super) fn judge(&self, sample: &Sample, corpus: &Corpus) -> Judged {
        let mut judged = Judged {
            counts: Vec::new(),
            positive: sample.positive,
            flagged: false,
            out_of_scope: 0,
        };
        let mut in_scope = 0_u64;
        for (at, field) in sample.fields.iter().enumerate() {
            let found = field.text().find(&self.detector);
            judged.flagged |= !found.is_empty();
            let mut found = Found::new(found, corpus);
            for label in sample.labels.iter().filter(|label| label.field == at) {
                if !self.scope.is_empty() && !self.scope.contains(&label.entity) {
                    judged.out_of_scope = judged.out_of_scope.saturating_add(1);
                    continue;
                }
                in_scope = in_scope.saturating_add(1);
                let text = field.text().text;
                let counts = found.hold_against(label.entity, &label.span, text);
                add(&mut judged.counts, label.entity, counts);
            }
            for (entity, _, _) in &found.0 {
                let one = Counts {
                    findings: 1,
                    ..Counts::default()
                };
                add(&mut judged.counts, *entity, one);
            }
        }
        if !self.scope.is_empty() {
            judged.positive = in_scope > 0;
        }
        judged
    }
}

fn add(all: &mut Vec<(TypeId, Counts)>, entity: TypeId, counts: Counts) {
    match all.iter_mut().find(|(known, _)| *known == entity) {
        Some((_, total)) => *total += counts,
        None => all.push((entity, counts)),
    }
}

/// The findings of a field: type, span, and whether a label has been held against it.
struct Found(Vec<(TypeId, Range<usize>, bool)>);

impl Found {
    fn new(found: Vec<Finding>, corpus: &Corpus) -> Self {
        let place = |finding: Finding| {
            let name = finding.entity.as_str();
            let entity = corpus.types.iter().position(|known| known == name)?;
            Some((entity, finding.span, false))
        };
        Self(found.into_iter().filter_map(place).collect())
    }

    fn hold_against(&mut self, entity: TypeId, span: &Range<usize>, text: &str) -> Counts {
        let mut counts = Counts {
            labels: 1,
            covered: u64::from(self.covers(span, text)),
            ..Counts::default()
        };
        let overlapping = self.0.iter_mut().find(|(found, place, taken)| {
            !taken && *found == entity && place.start < span.end && span.start < place.end
        });
        if let Some((_, place, taken)) = overlapping {
            *taken = true;
            counts.partial = 1;
            counts.exact = u64::from(place == span);
        }
        counts
    }

    /// Whether every letter and digit of a value lies in a finding, of whatever type.
    fn covers(&self, span: &Range<usize>, text: &str) -> bool {
        let mut at = span.start;
        while at < span.end {
            let rest = text.get(at..span.end).unwrap_or_default();
            let (length, counts) = letter(rest);
            let end = at.saturating_add(length);
            if counts && !(at..end).all(|byte| self.0.iter().any(|(_, p, _)| p.contains(&byte))) {
                return false;
            }
            at = end;
        }
        true
    }
}

/// How many bytes the first letter takes, and whether it is one that tells something.
fn letter(text: &str) -> (usize, bool) {
    if let Some([b'%', high, low]) = text.as_bytes().get(..3)
        && let (Some(high), Some(low)) = (hex(*high), hex(*low))
    {
        // An escaped blank or dot between two names tells nothing, and its digits are no digits.
        let byte = high * 16 + low;
        return (3, byte.is_ascii_alphanumeric() || !byte.is_ascii());
    }
    match text.chars().next() {
        Some(first) => (first.len_utf8(), first.is_alphanumeric()),
        None => (1, false),
    }
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}
