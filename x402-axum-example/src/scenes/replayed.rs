//! A captured payment, presented by a client that never had the key.

use std::io::Write;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use x402_tower::wire::header::PAYMENT_SIGNATURE;

use super::asked::DEADLINE;
use super::stage::Stage;
use crate::timeline::Tone;
use crate::{Failure, bounded};

const TARGET: &str = "/report?page=9";

pub(super) async fn play<W: Write>(stage: &mut Stage<'_, W>) -> Result<(), Failure> {
    let payment = stage.tap.captured().ok_or("no payment came by")?;
    let before = stage.counted().await?;
    let asked_before = stage.servers.facilitator.log().bodies().len();
    stage.timeline.line(
        "stranger",
        &format!("GET {TARGET}, with the payment of scene 3"),
    )?;
    let response = stage
        .http
        .get(stage.url(TARGET)?)
        .header(PAYMENT_SIGNATURE, payment)
        .timeout(DEADLINE)
        .send()
        .await?;
    let status = response.status();
    let problem = response.headers().get(CONTENT_TYPE).cloned();
    let body: Value = serde_json::from_slice(&bounded::read(response).await?)?;
    let code = body.get("code").and_then(Value::as_str).unwrap_or_default();

    stage.checks.same("status", &status, &StatusCode::CONFLICT);
    stage.checks.same("code", &code, &"replay.other_request");
    let problem = problem.is_some_and(|kind| kind == "application/problem+json");
    stage
        .checks
        .holds("the answer is a problem document", problem);
    let after = stage.counted().await?;
    stage
        .checks
        .same("settlements, signatures, budget", &after, &before);
    let asked_after = stage.servers.facilitator.log().bodies().len();
    stage
        .checks
        .same("questions to the facilitator", &asked_after, &asked_before);

    let text = format!("REFUSED by the seller's guard: {} {code}", status.as_u16());
    stage
        .timeline
        .toned_line("decision", Tone::Stopped, &text)?;
    let text = "The guard answers before the seller works and before the facilitator is asked.";
    stage.timeline.line("", text)?;
    Ok(())
}
