use proptest::prelude::*;

use super::generators::{clean_words, personal_value, suspicious_text};
use super::{found, found_in_url};
use crate::pii::{Detector, Finding, RedactionTemplate, redact, redact_url};

fn assert_sound(text: &str, findings: &[Finding]) -> Result<(), TestCaseError> {
    let mut end = 0;
    for found in findings {
        prop_assert!(
            found.span.start >= end,
            "sorted and apart: {findings:?} in {text:?}"
        );
        prop_assert!(found.span.start < found.span.end);
        prop_assert!(
            text.get(found.span.clone()).is_some(),
            "on character boundaries"
        );
        prop_assert!(found.score <= 100);
        end = found.span.end;
    }
    Ok(())
}

/// What is left of `text` outside `findings`.
fn outside(text: &str, findings: &[Finding]) -> Vec<String> {
    let ends = findings
        .iter()
        .map(|found| found.span.start)
        .chain([text.len()]);
    let starts = [0]
        .into_iter()
        .chain(findings.iter().map(|found| found.span.end));
    starts
        .zip(ends)
        .map(|(start, end)| text[start..end].to_owned())
        .collect()
}

fn percent_encoded(value: &str, selected: &[bool]) -> String {
    value
        .bytes()
        .zip(selected.iter().cycle())
        .map(|(byte, encode)| {
            if *encode || byte == b' ' {
                format!("%{byte:02x}")
            } else {
                char::from(byte).to_string()
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_gives_sound_findings_and_untouched_rest(text in prop_oneof![any::<String>(), suspicious_text()]) {
        let marker = RedactionTemplate::default();
        let findings = Detector::new().scan(&text);
        assert_sound(&text, &findings)?;
        prop_assert_eq!(redact(&text, &findings, &marker), outside(&text, &findings).join("<REDACTED>"));

        let findings = Detector::new().scan_url(&text);
        assert_sound(&text, &findings)?;
        prop_assert_eq!(redact_url(&text, &findings, &marker), outside(&text, &findings).join("%3CREDACTED%3E"));
    }

    #[test]
    fn a_value_among_words_is_found_and_redacted((entity, value) in personal_value(), before in clean_words(), after in clean_words()) {
        let text = format!("{before}{value} {after}");
        prop_assert_eq!(found(&text), [(entity, value.as_str())]);
        let redacted = redact(&text, &Detector::new().scan(&text), &RedactionTemplate::default()).into_owned();
        prop_assert_eq!(&redacted, &format!("{before}<REDACTED> {after}"));
        prop_assert_eq!(found(&redacted), []);
    }

    #[test]
    fn a_value_in_a_url_is_found_however_it_is_escaped((entity, value) in personal_value(), selected in prop::collection::vec(any::<bool>(), 1..40)) {
        let escaped = percent_encoded(&value, &selected);
        let url = format!("https://10.1.2.3:4021/report?q={escaped}&page=2#end");
        prop_assert_eq!(found_in_url(&url), [(entity, escaped.as_str())]);
        let redacted = redact_url(&url, &Detector::new().scan_url(&url), &RedactionTemplate::default()).into_owned();
        prop_assert_eq!(&redacted, "https://10.1.2.3:4021/report?q=%3CREDACTED%3E&page=2#end");
        prop_assert!(url::Url::parse(&redacted).is_ok());
        prop_assert_eq!(found_in_url(&redacted), []);
    }

    #[test]
    fn a_redacted_url_keeps_its_host(path in suspicious_text()) {
        let url = format!("https://api.example.com:8443/{path}");
        let Ok(parsed) = url::Url::parse(&url) else { return Ok(()) };
        let redacted = redact_url(&url, &Detector::new().scan_url(&url), &RedactionTemplate::default()).into_owned();
        let reparsed = url::Url::parse(&redacted);
        prop_assert_eq!(reparsed.as_ref().map(url::Url::origin), Ok(parsed.origin()));
    }
}

/// What a transform puts into a text without changing how it reads.
const NOISE: &[&str] = &[
    "\u{200b}",
    "\u{200d}",
    "\u{ad}",
    "\u{34f}",
    "\u{2060}",
    "\u{fe0f}",
    "\u{301}",
    "\u{e0020}",
    "\u{feff}",
    "\u{1}",
    "\u{3164}",
    "\u{202e}",
    "\u{2066}",
    "\u{180e}",
];

/// Look-alikes of other scripts, from Unicode's list of confusables (UTS 39).
const LOOK_ALIKES: &[(char, &[char])] = &[
    ('a', &['а', 'α', '𝐚', 'ａ', 'ⓐ']),
    ('c', &['с', 'ⅽ', 'ᴄ', 'ｃ']),
    ('e', &['е', 'ҽ', 'ｅ', '𝖾']),
    ('i', &['і', 'ⅰ', 'ｉ', 'ι']),
    ('j', &['ј', 'ϳ', 'ｊ']),
    ('o', &['о', 'ο', 'օ', 'ｏ', '𝗈']),
    ('p', &['р', 'ρ', 'ｐ']),
    ('s', &['ѕ', 'ｓ', 'ꜱ']),
    ('x', &['х', 'ⅹ', 'ｘ']),
    ('y', &['у', 'ｙ']),
    ('@', &['＠', '﹫']),
    ('.', &['．', '。']),
    ('1', &['１', '١', '१', '𝟏']),
    ('4', &['４', '٤', '४', '𝟒']),
    ('5', &['５', '٥', '५', '𝟓']),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn attack_107_noise_hides_nothing((entity, value) in personal_value(), noise in prop::collection::vec((0..40usize, prop::sample::select(NOISE)), 1..12)) {
        let mut noisy = String::new();
        for (position, character) in value.chars().enumerate() {
            noisy.push(character);
            let last = position + 1 == value.chars().count();
            for (_, mark) in noise.iter().filter(|(at, _)| *at == position && !last) {
                noisy.push_str(mark);
            }
        }
        let findings = found(&noisy);
        prop_assert_eq!(findings, [(entity, noisy.as_str())]);
    }

    #[test]
    fn attack_106_look_alikes_hide_nothing((entity, value) in personal_value(), choices in prop::collection::vec(0..8usize, 1..30)) {
        let disguised: String = value
            .chars()
            .zip(choices.iter().cycle())
            .map(|(character, choice)| {
                let like = LOOK_ALIKES.iter().find(|(plain, _)| *plain == character);
                like.and_then(|(_, others)| others.get(*choice)).copied().unwrap_or(character)
            })
            .collect();
        let findings = found(&disguised);
        prop_assert_eq!(findings, [(entity, disguised.as_str())]);
    }
}
