//! Findings lie on character boundaries, in order; redaction touches nothing else.

#![no_main]

use libfuzzer_sys::fuzz_target;
use x402_tower::pii::{DetectionMode, Detector, RedactionTemplate, redact, redact_url};

fuzz_target!(|text: &str| {
    let template = RedactionTemplate::default();
    for mode in DetectionMode::ALL {
        let detector = Detector::new().with_mode(*mode);
        let findings = detector.scan(text);
        let mut end = 0;
        for finding in &findings {
            assert!(finding.span.start >= end && text.get(finding.span.clone()).is_some());
            end = finding.span.end;
        }
        let redacted = redact(text, &findings, &template);
        if findings.is_empty() {
            assert_eq!(redacted, text);
        }
        let findings = detector.scan_url(text);
        let _ = redact_url(text, &findings, &template);
        for (field, finding) in detector.scan_split(text.split('|')) {
            let found = text.split('|').nth(field);
            assert!(found.is_some_and(|found| found.get(finding.span).is_some()));
        }
    }
});
