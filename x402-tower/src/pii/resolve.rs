//! Makes one list of findings out of what several recognizers and views reported.

use std::cmp::Reverse;

use super::Finding;

/// Sorts `findings` and joins those that overlap, so that redacting never leaves a tail behind.
///
/// The joined finding covers all of them. It is named after the longest if that contains the others,
/// else after the one with the higher score.
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
    if next.span.end <= last.span.end {
        return;
    }
    last.span.end = next.span.end;
    if next.score > last.score {
        last.entity = next.entity;
        last.score = next.score;
    }
}
