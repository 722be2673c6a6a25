//! Makes one list of findings out of what several recognizers and views reported.

use std::cmp::Reverse;

use super::Finding;

/// A structure whose rules hold; what is inside such a one is a part of it.
const SURE: u8 = 85;

/// Sorts `findings` and joins those that overlap, so that redacting never leaves a tail behind.
///
/// The joined finding covers all of them. It is named after one that contains the others, if that is sure of
/// itself, else after the surest: a validated one before a form, and that before a name.
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
    last.span.end = last.span.end.max(next.span.end);
    if next.score > last.score && !(contains && last.score >= SURE) {
        last.entity = next.entity;
        last.score = next.score;
    }
}
