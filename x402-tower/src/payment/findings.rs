//! What kinds of personal data were found, and how often; never the data.

/// Entity types of personal data with how often they were found, and how often they stayed where they were.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    found: Vec<(&'static str, u32)>,
    kept: Vec<(&'static str, u32)>,
}

impl Findings {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            found: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// Notes one that was taken out.
    pub fn redacted(&mut self, entity: &'static str) {
        add(&mut self.found, entity, 1);
    }

    /// Notes one that stayed: it may not be changed there, or was to be reported only.
    pub fn kept(&mut self, entity: &'static str) {
        add(&mut self.found, entity, 1);
        add(&mut self.kept, entity, 1);
    }

    /// Adds what others found.
    pub fn extend(&mut self, others: &Self) {
        for (entity, count) in &others.found {
            add(&mut self.found, entity, *count);
        }
        for (entity, count) in &others.kept {
            add(&mut self.kept, entity, *count);
        }
    }

    /// The same, where what was taken out was put back.
    pub(crate) fn none_taken_out(&self) -> Self {
        Self {
            found: self.found.clone(),
            kept: self.found.clone(),
        }
    }

    /// What was found after `before`.
    pub(crate) fn since(&self, before: &Self) -> Self {
        Self {
            found: difference(&self.found, &before.found),
            kept: difference(&self.kept, &before.kept),
        }
    }

    /// All that were found.
    #[must_use]
    pub fn all(&self) -> &[(&'static str, u32)] {
        &self.found
    }

    /// Those of them that stayed where they were.
    #[must_use]
    pub fn all_kept(&self) -> &[(&'static str, u32)] {
        &self.kept
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }
}

fn difference(
    now: &[(&'static str, u32)],
    before: &[(&'static str, u32)],
) -> Vec<(&'static str, u32)> {
    let count = |entity: &str| {
        before
            .iter()
            .find(|(known, _)| *known == entity)
            .map_or(0, |(_, n)| *n)
    };
    now.iter()
        .map(|(entity, sum)| (*entity, sum.saturating_sub(count(entity))))
        .filter(|(_, sum)| *sum > 0)
        .collect()
}

fn add(list: &mut Vec<(&'static str, u32)>, entity: &'static str, count: u32) {
    match list.iter_mut().find(|(known, _)| *known == entity) {
        Some((_, sum)) => *sum = sum.saturating_add(count),
        None => list.push((entity, count)),
    }
}
