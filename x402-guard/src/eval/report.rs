//! What was measured, as programs get it.

use serde::Serialize;

use crate::eval::bootstrap::{Bootstrap, Intervals};
use crate::eval::difference::Listed;
use crate::eval::judge::{Counts, Totals};
use crate::eval::latency::Latency;
use crate::eval::share::{Interval, Share};
use crate::shown::Hundredths;

#[derive(Serialize)]
pub(super) struct Report {
    pub(super) corpus: About,
    pub(super) detector: Configuration,
    pub(super) per_entity: Vec<Entity>,
    pub(super) micro: Scores,
    pub(super) samples: Samples,
    pub(super) bootstrap: Draws,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latency: Option<Latency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) differences: Option<Vec<Listed>>,
}

#[derive(Serialize)]
pub(super) struct About {
    pub(super) file: String,
    pub(super) samples: usize,
    pub(super) positive: usize,
    /// Texts that are not empty.
    pub(super) fields: usize,
    pub(super) labels: usize,
}

/// The detector that was measured.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Configuration {
    pub(super) mode: &'static str,
    /// Empty where all types count.
    pub(super) entities: Vec<&'static str>,
    pub(super) min_score: Hundredths,
}

#[derive(Serialize)]
pub(super) struct Entity {
    pub(super) entity_type: String,
    #[serde(flatten)]
    pub(super) scores: Scores,
}

#[derive(Serialize)]
pub(super) struct Scores {
    pub(super) labels: u64,
    pub(super) findings: u64,
    pub(super) partial: Matched,
    pub(super) exact: Matched,
    pub(super) full_cover: Covered,
}

#[derive(Serialize)]
pub(super) struct Matched {
    pub(super) true_positives: u64,
    pub(super) precision: Share,
    pub(super) recall: Share,
    pub(super) f1: Share,
    #[serde(skip_serializing_if = "Option::is_none")]
    precision_95: Option<Interval>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recall_95: Option<Interval>,
    pub(super) f1_95: Interval,
}

#[derive(Serialize)]
pub(super) struct Covered {
    pub(super) labels: u64,
    pub(super) share: Share,
    pub(super) share_95: Interval,
}

#[derive(Serialize)]
pub(super) struct Samples {
    pub(super) positive: u64,
    pub(super) positive_flagged: u64,
    pub(super) clean: u64,
    pub(super) clean_flagged: u64,
    pub(super) precision: Share,
    pub(super) recall: Share,
    pub(super) f1: Share,
    pub(super) clean_flagged_rate: Share,
    pub(super) recall_95: Interval,
    pub(super) clean_flagged_rate_95: Interval,
}

#[derive(Serialize)]
pub(super) struct Draws {
    pub(super) resamples: u32,
    pub(super) seed: u64,
}

impl Scores {
    fn of(counts: &Counts, drawn: Intervals) -> Self {
        Self {
            labels: counts.labels,
            findings: counts.findings,
            partial: Matched {
                true_positives: counts.partial,
                precision: counts.precision(counts.partial),
                recall: counts.recall(counts.partial),
                f1: counts.f1(counts.partial),
                precision_95: Some(drawn.precision),
                recall_95: Some(drawn.recall),
                f1_95: drawn.f1,
            },
            exact: Matched {
                true_positives: counts.exact,
                precision: counts.precision(counts.exact),
                recall: counts.recall(counts.exact),
                f1: counts.f1(counts.exact),
                precision_95: None,
                recall_95: None,
                f1_95: drawn.exact_f1,
            },
            full_cover: Covered {
                labels: counts.covered,
                share: counts.full_cover(),
                share_95: drawn.full_cover,
            },
        }
    }
}

/// The scores of every type that was labelled or found, of all of them, and of samples.
pub(super) fn scores(
    types: &[String],
    totals: &Totals,
    drawn: Bootstrap,
) -> (Vec<Entity>, Scores, Samples) {
    let counted = types.iter().zip(&totals.counts).zip(drawn.types);
    let entities = counted.filter(|((_, counts), _)| !counts.is_empty());
    let entities = entities.map(|((name, counts), drawn)| Entity {
        entity_type: name.clone(),
        scores: Scores::of(counts, drawn),
    });
    let flagged = &totals.samples;
    let samples = Samples {
        positive: flagged.positive,
        positive_flagged: flagged.positive_flagged,
        clean: flagged.clean,
        clean_flagged: flagged.clean_flagged,
        precision: flagged.precision(),
        recall: flagged.recall(),
        f1: flagged.f1(),
        clean_flagged_rate: flagged.clean_flagged_rate(),
        recall_95: drawn.flagged_recall,
        clean_flagged_rate_95: drawn.clean_flagged_rate,
    };
    (
        entities.collect(),
        Scores::of(&totals.micro(), drawn.micro),
        samples,
    )
}
