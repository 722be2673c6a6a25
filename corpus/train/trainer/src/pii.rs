//! The library's own sources, compiled into the trainer so that training and run time cannot differ.

#[path = "../../../../x402-tower/src/pii/steps.rs"]
mod steps;

#[allow(dead_code, reason = "the library uses the rest")]
pub(crate) mod names {
    #[path = "../../../../../../x402-tower/src/pii/names/annotate.rs"]
    mod annotate;
    #[path = "../../../../../../x402-tower/src/pii/names/decode.rs"]
    mod decode;
    #[path = "../../../../../../x402-tower/src/pii/names/features.rs"]
    mod features;
    #[path = "../../../../../../x402-tower/src/pii/names/gazetteer.rs"]
    mod gazetteer;
    #[path = "../../../../../../x402-tower/src/pii/names/letters.rs"]
    mod letters;
    #[path = "../../../../../../x402-tower/src/pii/names/model.rs"]
    mod model;
    #[path = "../../../../../../x402-tower/src/pii/names/scan.rs"]
    mod scan;
    #[path = "../../../../../../x402-tower/src/pii/names/segment.rs"]
    mod segment;
    #[path = "../../../../../../x402-tower/src/pii/names/spans.rs"]
    mod spans;
    #[path = "../../../../../../x402-tower/src/pii/names/token.rs"]
    mod token;

    pub(crate) mod eval;
    pub(crate) mod perceptron;

    mod data;
    mod map;
    mod random;
    mod weights;
}
