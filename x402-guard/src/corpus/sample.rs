//! Samples: which fields say something personal, and of what.

use crate::corpus::held_out::Split;
use crate::corpus::prng::Prng;
use crate::corpus::record::{Field, Record};
use crate::corpus::scene::{Cast, Scene};
use crate::corpus::template::{self, Group, Template};
use crate::corpus::text::FieldText;

const SHARED: &str = include_str!("data/templates/shared.txt");

/// The categories: how many of a hundred samples each has, and its templates.
const CATEGORIES: [(&str, usize, &str); 7] = [
    (
        "data_access",
        18,
        include_str!("data/templates/data_access.txt"),
    ),
    (
        "ai_inference",
        18,
        include_str!("data/templates/ai_inference.txt"),
    ),
    ("medical", 15, include_str!("data/templates/medical.txt")),
    ("media", 13, include_str!("data/templates/media.txt")),
    (
        "financial",
        13,
        include_str!("data/templates/financial.txt"),
    ),
    ("compute", 13, include_str!("data/templates/compute.txt")),
    ("generic", 10, include_str!("data/templates/generic.txt")),
];

/// Of so many samples in a row...
const BLOCK: usize = 100;
/// ...so many have personal data in them.
const POSITIVE: usize = 38;

/// Which fields of a positive sample have personal data in them, and how often.
const FIELDS: [(&[Field], u64); 7] = [
    (&[Field::ResourceUrl], 30),
    (&[Field::Description], 21),
    (&[Field::Reason], 17),
    (&[Field::ResourceUrl, Field::Description], 13),
    (&[Field::ResourceUrl, Field::Reason], 9),
    (&[Field::Description, Field::Reason], 5),
    (&Field::ALL, 5),
];

/// How often a field without personal data is left empty.
const EMPTY_DESCRIPTION: u64 = 5;
const EMPTY_REASON: u64 = 35;

/// Keeps the streams of blocks apart from those of samples.
const BLOCK_STREAM: u64 = 1 << 63;

/// An endless row of samples: the first ones are the same however many are taken.
#[derive(Debug)]
pub(super) struct Corpus {
    seed: u64,
    next: u64,
    cast: Cast,
    categories: Vec<Category>,
    /// The category and the sign of the samples to come, last first.
    block: Vec<(usize, bool)>,
}

#[derive(Debug)]
struct Category {
    name: &'static str,
    templates: Vec<Template>,
}

impl Corpus {
    pub(super) fn new(seed: u64, split: Split) -> Self {
        let categories = CATEGORIES.iter().map(|(name, _, own)| {
            let mut templates = template::read(own);
            templates.extend(template::read(SHARED));
            templates.retain(|template| split.has_line(template.line));
            Category { name, templates }
        });
        Self {
            seed,
            next: 0,
            cast: Cast::new(split),
            categories: categories.collect(),
            block: Vec::new(),
        }
    }

    /// The categories and signs of the next samples, in an order of their own.
    fn block(&self) -> Vec<(usize, bool)> {
        let number = self.next / u64::try_from(BLOCK).unwrap_or(1);
        let mut prng = Prng::new(self.seed, BLOCK_STREAM | number);
        let mut categories: Vec<usize> = CATEGORIES
            .iter()
            .enumerate()
            .flat_map(|(at, (_, share, _))| core::iter::repeat_n(at, *share))
            .collect();
        let mut signs: Vec<bool> = (0..BLOCK).map(|at| at < POSITIVE).collect();
        prng.shuffle(&mut categories);
        prng.shuffle(&mut signs);
        categories.into_iter().zip(signs).collect()
    }

    fn sample(&self, category: &Category, positive: bool) -> Record {
        let mut scene = Scene::new(&self.cast, Prng::new(self.seed, self.next));
        let fields = if positive {
            scene.prng().weighted(&FIELDS).copied()
        } else {
            None
        };
        let personal = fields.unwrap_or_default();
        let [url, description, reason] = Field::ALL.map(|field| {
            let text = category.field(field, personal.contains(&field), &mut scene);
            text.unwrap_or_else(|| FieldText::new(field)).finish()
        });
        let labels = [url.1, description.1, reason.1].concat();
        Record {
            id: format!("s{}-{:05}", self.seed, self.next),
            category: category.name.to_owned(),
            resource_url: url.0,
            description: description.0,
            reason: reason.0,
            pii_positive: !labels.is_empty(),
            labels,
        }
    }
}

impl Iterator for Corpus {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        if self.block.is_empty() {
            self.block = self.block();
            self.block.reverse();
        }
        let (category, positive) = self.block.pop()?;
        let record = self.sample(self.categories.get(category)?, positive);
        self.next = self.next.checked_add(1)?;
        Some(record)
    }
}

impl Category {
    /// A field; none where it is left empty.
    fn field(&self, field: Field, personal: bool, scene: &mut Scene<'_>) -> Option<FieldText> {
        let empty = match field {
            Field::ResourceUrl => 0,
            Field::Description => EMPTY_DESCRIPTION,
            Field::Reason => EMPTY_REASON,
        };
        if !personal && scene.prng().percent(empty) {
            return None;
        }
        let group = if personal {
            Some(self.group(field, scene.prng())?)
        } else {
            None
        };
        let templates: Vec<&Template> = self.of(field, group).collect();
        let template = scene.prng().one_of(&templates).copied()?;
        Some(scene.fill(template))
    }

    fn of(&self, field: Field, group: Option<Group>) -> impl Iterator<Item = &Template> {
        let all = self.templates.iter();
        all.filter(move |template| template.field == field && template.group == group)
    }

    /// One of the groups that there are templates of.
    fn group(&self, field: Field, prng: &mut Prng) -> Option<Group> {
        let there = |group: Group| self.of(field, Some(group)).next().is_some();
        let weights = Group::WEIGHTS.iter().copied();
        let weights: Vec<_> = weights.filter(|(group, _)| there(*group)).collect();
        prng.weighted(&weights).copied()
    }
}
