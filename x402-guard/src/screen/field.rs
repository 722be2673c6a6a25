//! One text of a record.

use std::borrow::Cow;

use url::Url;
use x402_tower::pii::{Detector, Finding, RedactionTemplate, redact, redact_url};

/// Fields that hold a URL, whatever their text looks like.
const URL_FIELDS: [&str; 3] = ["resource_url", "url", "resource"];

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

    /// What is found in it: sorted, without overlaps.
    pub(crate) fn find(self, detector: &Detector) -> Vec<Finding> {
        if self.is_url {
            detector.scan_url(self.text)
        } else {
            detector.scan(self.text)
        }
    }

    /// The text with a marker in the place of each finding.
    pub(crate) fn redacted(self, found: &[Finding], template: &RedactionTemplate) -> Cow<'a, str> {
        if self.is_url {
            redact_url(self.text, found, template)
        } else {
            redact(self.text, found, template)
        }
    }
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
