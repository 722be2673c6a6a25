//! One text of a record.

use core::cmp::Reverse;
use core::ops::Range;
use std::borrow::Cow;

use url::Url;
use x402_tower::pii::{Detector, EntityType, Finding, RedactionTemplate, redact, redact_url};

/// Fields that hold a URL, whatever their text looks like.
const URL_FIELDS: [&str; 3] = ["resource_url", "url", "resource"];

/// How often a text in which something was found is looked at.
const ROUNDS: usize = 16;

/// A text, and how it is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FieldText<'a> {
    pub(crate) text: &'a str,
    /// Whether it is a URL, and has to stay one.
    pub(crate) is_url: bool,
}

impl<'a> FieldText<'a> {
    /// The text of the field with this name.
    pub(crate) fn of(name: &str, text: &'a str) -> Self {
        Self {
            text,
            is_url: URL_FIELDS.contains(&name) || is_http_url(text),
        }
    }

    /// What one scan finds in it: sorted, without overlaps.
    pub(crate) fn scan(self, detector: &Detector) -> Vec<Finding> {
        if self.is_url {
            detector.scan_url(self.text)
        } else {
            detector.scan(self.text)
        }
    }

    /// What has to go until nothing is left to find: sorted, without overlaps.
    ///
    /// What is taken out may be all that hid the number glued to it, so what is left is looked at again, as payments are.
    pub(crate) fn find(self, detector: &Detector) -> Vec<Finding> {
        let mut found = self.scan(detector);
        for _ in 1..ROUNDS {
            if found.is_empty() {
                break;
            }
            let redacted = self.redacted(&found);
            let left = FieldText {
                text: &redacted,
                is_url: self.is_url,
            };
            let more = left.scan(detector);
            if !add(&mut found, more, self.marker_length()) {
                break;
            }
        }
        found
    }

    /// The text with a marker in the place of each finding.
    pub(crate) fn redacted(self, found: &[Finding]) -> Cow<'a, str> {
        let template = RedactionTemplate::default();
        if self.is_url {
            redact_url(self.text, found, &template)
        } else {
            redact(self.text, found, &template)
        }
    }

    /// How long the marker is that stands for a finding of whatever type.
    fn marker_length(self) -> usize {
        let one = Finding::new(EntityType::EmailAddress, 0..1, 100);
        Self { text: "x", ..self }.redacted(&[one]).len()
    }
}

/// Adds what was found in a redacted text, at its places in the original; whether that hides more.
fn add(found: &mut Vec<Finding>, more: Vec<Finding>, marker: usize) -> bool {
    let mut all = found.clone();
    for mut finding in more {
        finding.span = original(found, &finding.span, marker);
        all.push(finding);
    }
    all.sort_by_key(|finding| (finding.span.start, Reverse(finding.span.end)));
    let mut merged: Vec<Finding> = Vec::with_capacity(all.len());
    for finding in all {
        match merged.last_mut() {
            Some(last) if finding.span.start < last.span.end => {
                last.span.end = last.span.end.max(finding.span.end);
            }
            _ => merged.push(finding),
        }
    }
    let more_is_hidden = merged != *found;
    *found = merged;
    more_is_hidden
}

/// The place in the original of one in the redacted text; a marker stands for all of what it replaced.
fn original(found: &[Finding], span: &Range<usize>, marker: usize) -> Range<usize> {
    let place = |at: usize, is_end: bool| {
        // How far the original is ahead of, or behind, the redacted text.
        let (mut kept_from, mut redacted_from) = (0_usize, 0_usize);
        for one in found {
            let marker_start =
                redacted_from.saturating_add(one.span.start.saturating_sub(kept_from));
            let marker_end = marker_start.saturating_add(marker);
            if at < marker_start || (is_end && at == marker_start) {
                break;
            }
            if at < marker_end || (is_end && at == marker_end) {
                return if is_end { one.span.end } else { one.span.start };
            }
            (kept_from, redacted_from) = (one.span.end, marker_end);
        }
        kept_from.saturating_add(at.saturating_sub(redacted_from))
    };
    place(span.start, false)..place(span.end, true)
}

fn is_http_url(text: &str) -> bool {
    // Parsing costs more than a scan, and most texts are none.
    text.contains(':') && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Counts code points up to byte offsets that only grow, in one walk over the text.
#[derive(Debug)]
pub(crate) struct CodePoints<'a> {
    rest: &'a str,
    bytes: usize,
    counted: usize,
}

impl<'a> CodePoints<'a> {
    pub(crate) const fn of(text: &'a str) -> Self {
        Self {
            rest: text,
            bytes: 0,
            counted: 0,
        }
    }

    /// How many code points stand before `offset`, which is not before the last one asked for.
    pub(crate) fn before(&mut self, offset: usize) -> usize {
        let step = offset.saturating_sub(self.bytes);
        let (passed, rest) = self
            .rest
            .split_at_checked(self.rest.ceil_char_boundary(step))
            .unwrap_or((self.rest, ""));
        self.counted = self.counted.saturating_add(passed.chars().count());
        self.bytes = self.bytes.saturating_add(passed.len());
        self.rest = rest;
        self.counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_are_counted_up_to_growing_offsets() {
        let mut before = CodePoints::of("a\u{1F600}\u{6771}b");
        assert_eq!(
            [0, 1, 5, 8, 8, 9, 99].map(|at| before.before(at)),
            [0, 1, 2, 3, 3, 4, 4]
        );
    }

    #[test]
    fn what_was_hidden_by_its_neighbour_is_found_at_its_place() {
        let detector = Detector::new();
        let glued = "https://a.example/69656+444444444444+46469669.)6";
        let field = FieldText::of("resource_url", glued);
        let (once, found) = (field.scan(&detector), field.find(&detector));
        assert_ne!(once, found, "one scan finds it all: take another text");
        let redacted = field.redacted(&found);
        assert_eq!(FieldText::of("resource_url", &redacted).scan(&detector), []);
    }

    #[test]
    fn places_in_a_redacted_text_are_places_in_the_original() {
        //  original: ab[cdefgh]ij[k]l    redacted: ab####ij####l
        let found = |span: Range<usize>| Finding::new(EntityType::EmailAddress, span, 100);
        let found = [found(2..8), found(10..11)];
        for (span, expected) in [
            (0..2, 0..2),
            (1..3, 1..8),
            (3..5, 2..8),
            (2..6, 2..8),
            (6..8, 8..10),
            (7..9, 9..11),
            (12..13, 11..12),
            (0..13, 0..12),
        ] {
            assert_eq!(original(&found, &span, 4), expected, "{span:?}");
        }
    }

    #[test]
    fn urls_are_told_by_their_field_or_by_themselves() {
        for (name, text) in [
            ("resource_url", "no scheme"),
            ("resource", "/path"),
            ("endpoint", "https://a.example/b"),
            ("endpoint", "HTTP://a.example"),
        ] {
            assert!(FieldText::of(name, text).is_url, "{name}: {text}");
        }
        for text in [
            "see https://a.example",
            "mailto:a@b.example",
            "//a.example/b",
            "https://",
        ] {
            assert!(!FieldText::of("reason", text).is_url, "{text}");
        }
    }
}
