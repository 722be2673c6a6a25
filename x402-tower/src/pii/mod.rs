//! Finds personal data in text and URLs, and replaces it.
//!
//! This part is pure: it knows nothing of tower, HTTP or payments. A [`Detector`] looks at a string and
//! returns [`Finding`]s, whose spans point into the original text; [`redact`] and [`redact_url`] put a
//! marker in their place; [`PiiAction`] names what a caller does when something was found.
//!
//! Detection is a single-digit number of linear passes. A first pass classifies the bytes of a field and
//! rules out every recognizer that cannot match, so a clean field costs that pass alone and allocates
//! nothing. What a recognizer proposes is validated in code (Luhn, mod-97, numbering rules), never by a
//! backtracking expression, so hostile input cannot make a scan slow.
//!
//! x402 fields are full of numbers that are not personal data: atomic amounts, timestamps, hex
//! addresses, nonces, CAIP-2 ids and UUIDs. Those are never reported.
//!
//! ```
//! use x402_tower::pii::{Detector, EntityType, RedactionTemplate, redact, redact_url};
//!
//! let detector = Detector::new();
//! let template = RedactionTemplate::default();
//!
//! let text = "Report for alice@example.com, amount 312456789";
//! let findings = detector.scan(text);
//! assert_eq!(findings.len(), 1);
//! assert_eq!(findings[0].entity, EntityType::EmailAddress);
//! assert_eq!(redact(text, &findings, &template), "Report for <REDACTED>, amount 312456789");
//!
//! let url = "https://api.example.com/report?email=alice%40example.com&page=2";
//! let findings = detector.scan_url(url);
//! assert_eq!(
//!     redact_url(url, &findings, &template),
//!     "https://api.example.com/report?email=%3CREDACTED%3E&page=2",
//! );
//! ```

mod across;
mod action;
mod allow;
mod alphabet;
mod body;
mod chain;
mod control;
mod custom;
mod detector;
mod entity;
mod finding;
mod found;
mod joined;
mod lanes;
mod layer;
mod long_run;
mod mask;
mod mode;
#[cfg(feature = "nlp")]
mod names;
mod operators;
mod outgoing;
mod outline;
mod recognize;
mod redact;
mod resolve;
mod search;
mod split;
mod steps;
mod template;
#[cfg(test)]
mod tests;
mod unfold;
mod url_parts;
mod view;

pub use action::{ParsePiiActionError, PiiAction};
pub use allow::Allowed;
pub use control::PiiControl;
pub use custom::{
    CustomEntity, CustomEntityError, CustomRecognizer, ParseValidatorError, RecognizerError,
    Validator,
};
pub use detector::Detector;
pub use entity::{EntityType, ParseEntityTypeError};
pub use finding::Finding;
pub use layer::PiiLayer;
pub use mask::{Mask, MaskError};
pub use mode::{DetectionMode, ParseDetectionModeError};
pub use operators::{Operators, RedactionOperator};
pub use redact::{redact, redact_url};
pub use template::{RedactionTemplate, TemplateError};
