//! `POST /v1/screen`.

use axum::body::Body;
use axum::extract::State;
use http::{Response, StatusCode};
use x402_tower::pii::{Detector, PiiAction};
use x402_tower::policy::FindingAction;

use super::asked::{Asking, Whole};
use super::{Api, json};
use crate::screen::screen_one;
use crate::serve::problem::Problem;

/// Takes what the policy's detector finds out of every text of a JSON object, and says what was found where. Its operators
/// and markers are for payments: here `<REDACTED>` stands for each.
pub(super) async fn screen(
    State(api): State<Api>,
    _: Asking,
    Whole(body): Whole,
) -> Result<Response<Body>, Problem> {
    let policy = api.guards.policy();
    let settings = policy.pii.as_ref();
    let detector = match settings {
        None => Detector::new(),
        Some(settings) => settings.detector().ok_or_else(|| {
            let detail = "the policy's [pii] cannot be used; run x402-guard policy check";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "api.policy", detail)
        })?,
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
    match screen_one(detector, action, line) {
        Ok(screened) => Ok(json(StatusCode::OK, screened)),
        Err(bad) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "api.body",
            format!("the body cannot be screened: {bad}"),
        )),
    }
}
