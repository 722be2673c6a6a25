//! Findings held against labels.

use core::ops::AddAssign;

use x402_tower::pii::{Detector, EntityType};

use crate::eval::corpus::{Corpus, Sample, TypeId};
use crate::eval::difference::{Difference, What};
use crate::eval::found::Found;
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
    pub(super) differences: Vec<Difference>,
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
            differences: Vec::new(),
        };
        let mut in_scope = 0_u64;
        for (at, field) in sample.fields.iter().enumerate() {
            let findings = field.text().find(&self.detector);
            judged.flagged |= !findings.is_empty();
            let mut found = Found::new(findings, corpus);
            for label in sample.labels.iter().filter(|label| label.field == at) {
                if !self.scope.is_empty() && !self.scope.contains(&label.entity) {
                    judged.out_of_scope = judged.out_of_scope.saturating_add(1);
                    continue;
                }
                in_scope = in_scope.saturating_add(1);
                let counts = found.hold_against(label.entity, &label.span, field.text().text);
                add(&mut judged.counts, label.entity, counts);
                if let Some(what) = What::of_label(&counts) {
                    let span = &label.span;
                    let difference = Difference::new(sample.line, field, label.entity, span, what);
                    judged.differences.push(difference);
                }
            }
            for place in found.places() {
                let one = Counts {
                    findings: 1,
                    ..Counts::default()
                };
                add(&mut judged.counts, place.entity, one);
                if !place.taken {
                    let (entity, span) = (place.entity, &place.span);
                    let difference = Difference::new(sample.line, field, entity, span, What::Extra);
                    judged.differences.push(difference);
                }
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
