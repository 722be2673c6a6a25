//! `POST /v1/screen`.

use axum::body::Body;
use axum::extract::State;
use http::{Response, StatusCode};
use x402_tower::pii::{DetectionMode, Detector, PiiAction};
use x402_tower::policy::{DetectorKind, FindingAction};

use super::asked::{Asking, Whole};
use super::{Api, json};
use crate::screen::screen_one;
use crate::serve::problem::Problem;

/// Takes personal data out of every text of a JSON object, as the policy says, and says what was found where.
pub(super) async fn screen(
    State(api): State<Api>,
    _: Asking,
    Whole(body): Whole,
) -> Result<Response<Body>, Problem> {
    let policy = api.guards.policy();
    let settings = policy.pii.as_ref();
    let mode = match settings.map(|settings| settings.detector) {
        Some(DetectorKind::Nlp) => DetectionMode::Nlp,
        _ => DetectionMode::Structural,
    };
    let action = match settings.and_then(|settings| settings.action) {
        Some(FindingAction::Block) => PiiAction::Block,
        Some(FindingAction::Warn) => PiiAction::Warn,
        _ => PiiAction::Redact,
    };
    // A record is one line for the screener: line breaks between JSON's tokens mean nothing.
    let line = body
        .iter()
        .map(|byte| {
            if matches!(byte, b'\n' | b'\r') {
                b' '
            } else {
                *byte
            }
        })
        .collect();
    let detector = Detector::new().with_mode(mode);
    match screen_one(detector, action, line) {
        Ok(screened) => Ok(json(StatusCode::OK, screened)),
        Err(bad) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "api.body",
            format!("the body cannot be screened: {bad}"),
        )),
    }
}
