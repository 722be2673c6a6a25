//! What is split over several texts of one payment or challenge: the items of a list are texts of their own.

use super::found::Actions;
use super::{Finding, PiiControl};
use crate::denial::Denial;
use crate::payment::{Findings, PaymentText};
use crate::screening::Screening;
use crate::wire::TextField;

impl PiiControl {
    /// Looks at the free texts of a payment together (attack 109).
    pub(super) fn check_across(
        &self,
        actions: Actions,
        texts: &mut [PaymentText],
        findings: &mut Findings,
    ) -> Result<(), Denial> {
        let mut free: Vec<&mut PaymentText> = texts
            .iter_mut()
            .filter(|text| text.is_rewritable())
            .collect();
        for (field, here) in self.split(free.iter().map(|text| text.value())) {
            let Some(text) = free.get_mut(field) else {
                continue;
            };
            if let Some(found) = self.found_in(text.value(), text.is_url(), here, actions) {
                self.act_on(text, found, findings)?;
            }
        }
        Ok(())
    }

    /// Looks at the free texts of a challenge together.
    pub(super) fn screen_across(&self, screening: &mut Screening<'_>) -> Result<(), Denial> {
        let fields = screening.challenge().texts();
        let free: Vec<TextField> = fields
            .into_iter()
            .filter(|field| field.rewritable)
            .collect();
        let actions = self.actions(self.action);
        for (position, here) in self.split(free.iter().map(|field| field.value.as_ref())) {
            let Some(field) = free.get(position) else {
                continue;
            };
            if let Some(found) = self.found_in(&field.value, field.is_url, here, actions) {
                self.act_on_field(screening, field, &found)?;
            }
        }
        Ok(())
    }

    /// What is split over texts: for each that holds parts, its position and the findings in it.
    fn split<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Vec<(usize, Vec<Finding>)> {
        let mut split: Vec<(usize, Vec<Finding>)> = Vec::new();
        for (position, finding) in self.detector.scan_split(texts) {
            match split.last_mut() {
                Some((last, findings)) if *last == position => findings.push(finding),
                _ => split.push((position, vec![finding])),
            }
        }
        split
    }
}
