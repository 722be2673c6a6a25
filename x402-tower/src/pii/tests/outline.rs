//! What the first pass rules out is nowhere, and what it points at is found as if it had pointed at everything.

use proptest::prelude::*;

use super::generators::{EXAMPLES, suspicious_text};
use crate::pii::entity::EntitySet;
use crate::pii::outline::Outline;
use crate::pii::recognize::{Hits, recognize};
use crate::pii::unfold::has_quoted_printable;
use crate::pii::view::View;
use crate::pii::{EntityType, Finding};

fn hits(view: &View<'_>, outline: &Outline) -> Vec<Finding> {
    let mut hits = Hits::of(EntitySet::of(EntityType::ALL));
    recognize(view, outline, &mut hits);
    let mut findings: Vec<_> = hits.into_findings().collect();
    findings.sort_by_key(|found| (found.span.start, found.span.end, found.entity));
    findings
}

fn assert_nothing_is_lost(text: &str) {
    for view in [View::of_text(text), View::of_url_part(text, 0)] {
        let outline = Outline::of(&view);
        let everything = hits(&view, &Outline::pointing_at_everything(&view));
        assert_eq!(hits(&view, &outline), everything, "{text:?}");
        let is_default = |found: &Finding| EntityType::DEFAULT.contains(&found.entity);
        assert!(
            !outline.is_quiet() || !everything.iter().any(is_default),
            "{text:?}"
        );
    }
}

#[test]
fn values_are_found_wherever_blocks_of_bytes_end_in_them() {
    for (_, example) in EXAMPLES {
        let value = example.replace(['«', '»'], "");
        for filler in [" ", "word, ", "1 ", "a1-"] {
            for length in 30..=66 {
                let before: String = filler.chars().cycle().take(length).collect();
                assert_nothing_is_lost(&format!("{before} {value}, {before}"));
            }
        }
    }
}

#[test]
fn letters_that_go_on_over_many_blocks_lose_nothing() {
    for length in [60, 64, 65, 127, 128, 129, 200] {
        let letters = "x".repeat(length);
        for value in [
            "IBANGB82WEST12345698765432",
            "4111111111111111",
            "12345678Z",
        ] {
            assert_nothing_is_lost(&format!("{letters}{value}"));
            assert_nothing_is_lost(&format!("{letters} {value}"));
            assert_nothing_is_lost(&format!("{value}{letters} {value}"));
        }
    }
}

proptest! {
    #[test]
    fn suspicious_text_loses_nothing(text in suspicious_text(), more in suspicious_text()) {
        assert_nothing_is_lost(&text);
        assert_nothing_is_lost(&format!("{text}{more}{text}{more}"));
    }

    #[test]
    fn no_quoted_printable_goes_unseen(text in "((=[0-9A-Fa-f]{2}|=\\r?\\n|=|[a-z0-9 &])){0,12}") {
        let view = View::of_text(&text);
        prop_assert!(Outline::of(&view).may_hide_quoted || !has_quoted_printable(&view));
    }

    #[test]
    fn digits_and_letters_lose_nothing(text in "(([0-9]{1,4}|[A-Z]{1,3}|[0-9a-f]{2}|[0-9])([-. +/:_]|, )?){0,40}") {
        assert_nothing_is_lost(&text);
    }
}
