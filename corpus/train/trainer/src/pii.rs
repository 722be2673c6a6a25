//! The library's own detector, compiled into the trainer so that training and run time cannot differ.
//!
//! All of it is the library's but [`names::find_names`], which is handed what the library would look for
//! names in, and either records it or looks with the weights at hand.

#[path = "../../../../x402-tower/src/pii/allow.rs"]
mod allow;
#[path = "../../../../x402-tower/src/pii/alphabet.rs"]
mod alphabet;
#[path = "../../../../x402-tower/src/pii/chain.rs"]
mod chain;
#[path = "../../../../x402-tower/src/pii/custom/mod.rs"]
mod custom;
#[path = "../../../../x402-tower/src/pii/detector.rs"]
mod detector;
#[path = "../../../../x402-tower/src/pii/entity.rs"]
mod entity;
#[path = "../../../../x402-tower/src/pii/finding.rs"]
mod finding;
#[path = "../../../../x402-tower/src/pii/joined.rs"]
mod joined;
#[path = "../../../../x402-tower/src/pii/lanes.rs"]
mod lanes;
#[path = "../../../../x402-tower/src/pii/long_run.rs"]
mod long_run;
#[path = "../../../../x402-tower/src/pii/mode.rs"]
mod mode;
#[path = "../../../../x402-tower/src/pii/outline/mod.rs"]
mod outline;
#[path = "../../../../x402-tower/src/pii/recognize/mod.rs"]
mod recognize;
#[path = "../../../../x402-tower/src/pii/resolve.rs"]
mod resolve;
#[path = "../../../../x402-tower/src/pii/search/mod.rs"]
mod search;
#[path = "../../../../x402-tower/src/pii/split.rs"]
mod split;
#[path = "../../../../x402-tower/src/pii/steps.rs"]
mod steps;
#[path = "../../../../x402-tower/src/pii/unfold/mod.rs"]
mod unfold;
#[path = "../../../../x402-tower/src/pii/url_parts.rs"]
mod url_parts;
#[path = "../../../../x402-tower/src/pii/view.rs"]
mod view;

pub use allow::Allowed;
pub use custom::{CustomEntity, CustomRecognizer, RecognizerError};
pub use detector::Detector;
pub use entity::EntityType;
pub use finding::Finding;
pub use mode::DetectionMode;

pub(crate) mod names {
    #[path = "../../../../../../x402-tower/src/pii/names/abbreviation.rs"]
    mod abbreviation;
    #[path = "../../../../../../x402-tower/src/pii/names/annotate.rs"]
    mod annotate;
    #[path = "../../../../../../x402-tower/src/pii/names/decode.rs"]
    mod decode;
    #[path = "../../../../../../x402-tower/src/pii/names/features.rs"]
    mod features;
    #[path = "../../../../../../x402-tower/src/pii/names/gap.rs"]
    mod gap;
    #[path = "../../../../../../x402-tower/src/pii/names/gazetteer.rs"]
    mod gazetteer;
    #[path = "../../../../../../x402-tower/src/pii/names/letters.rs"]
    mod letters;
    #[path = "../../../../../../x402-tower/src/pii/names/model.rs"]
    mod model;
    #[path = "../../../../../../x402-tower/src/pii/names/run.rs"]
    mod run;
    #[path = "../../../../../../x402-tower/src/pii/names/scan.rs"]
    mod scan;
    #[path = "../../../../../../x402-tower/src/pii/names/segment.rs"]
    mod segment;
    #[path = "../../../../../../x402-tower/src/pii/names/spans.rs"]
    mod spans;
    #[path = "../../../../../../x402-tower/src/pii/names/token.rs"]
    mod token;
    #[path = "../../../../../../x402-tower/src/pii/names/word.rs"]
    mod word;

    pub(crate) mod clusters;
    pub(crate) mod eval;
    pub(crate) mod perceptron;

    mod data;
    mod fold;
    mod map;
    mod probes;
    mod random;
    mod vectors;
    mod weights;
    mod windows;

    pub(super) use windows::find_names;
}
