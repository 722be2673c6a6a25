//! Makes one list of findings out of what several recognizers and views reported.

use std::cmp::Reverse;

use super::{EntityType, Finding};

/// A structure whose rules hold; what is inside such a one is a part of it.
const SURE: u8 = 85;
/// A key names the value, or it has a form that nothing else has.
const NAMED: u8 = 95;

/// Sorts `findings` and joins those that overlap, so that redacting never leaves a tail behind.
///
/// The joined finding covers all of them. It is named after one that contains the others, if that is sure of
/// itself, else after the surest: a validated one before a form, and that before a name. What stands beside the
/// digits decides between a payment card and another kind of just these digits.
pub(super) fn resolve(mut findings: Vec<Finding>) -> Vec<Finding> {
    if findings.len() < 2 {
        return findings;
    }
    findings.sort_by_key(|found| {
        (
            found.span.start,
            Reverse(found.span.end),
            Reverse(found.score),
            found.entity,
        )
    });
    let mut joined: Vec<Finding> = Vec::with_capacity(findings.len());
    for next in findings {
        match joined.last_mut() {
            Some(last) if next.span.start < last.span.end => absorb(last, &next),
            _ => joined.push(next),
        }
    }
    joined
}

fn absorb(last: &mut Finding, next: &Finding) {
    let contains = next.span.end <= last.span.end;
    let is_named = is_named_card(last, next);
    last.span.end = last.span.end.max(next.span.end);
    if is_named || (next.score > last.score && !(contains && last.score >= SURE)) {
        last.entity = next.entity;
        last.score = next.score;
    }
}

/// Whether `next` is sure to be another kind of the very digits of a payment card. Cards are found by their digits alone,
/// and one in some forty numbers of thirteen passes for one; what else is as sure of them knows a key or a form of its own.
fn is_named_card(last: &Finding, next: &Finding) -> bool {
    last.entity == EntityType::CreditCard
        && last.span == next.span
        && next.score >= NAMED
        && !matches!(next.entity, EntityType::Custom(_))
}
