//! Personal data in a URL: the seller is told what it is asked, the facilitator is not.

use std::io::Write;

use serde_json::Value;
use url::{Position, Url};
use x402_tower::wire::Version;

use super::stage::Stage;
use crate::Failure;

const TARGET: &str = "/report?email=alice@example.com&ssn=123-45-6789";
const SECRETS: [&str; 4] = ["alice", "example.com", "123-45-6789", "123456789"];

pub(super) async fn play<W: Write>(stage: &mut Stage<'_, W>) -> Result<(), Failure> {
    let url = stage.url(TARGET)?;
    let asked = stage.ask(TARGET, &url).await?;
    let echoed = asked.resource.as_str();
    stage
        .checks
        .same("what the challenge names", &echoed, &url.as_str());
    let names = format!("names {}", target(echoed)?);
    stage.timeline.line("challenge", &names)?;

    let earlier = stage.servers.facilitator.log().bodies().len();
    stage.buys_as_asked(&url, &asked, Version::V2).await?;

    let bodies = stage.servers.facilitator.log().bodies();
    let mut named = Vec::new();
    for received in bodies.iter().skip(earlier) {
        let clean = SECRETS.iter().all(|secret| !received.body.contains(secret));
        let what = format!("{} carries no personal data", received.path);
        stage.checks.holds(&what, clean);
        named.extend(resource_url(&received.body)?);
    }
    stage
        .checks
        .same("messages that name a resource", &named.len(), &2);
    if let Some(resource) = named.first() {
        let redacted = target(resource)?;
        stage
            .checks
            .holds("the URL is redacted", redacted.contains("REDACTED"));
        stage
            .timeline
            .line("payment", &format!("names {redacted}"))?;
    }
    let text =
        "That is what the seller passes on: the facilitator learns neither address nor number.";
    stage.timeline.line("", text)?;
    Ok(())
}

/// The URL that a payment names.
fn resource_url(body: &str) -> Result<Option<String>, Failure> {
    let body: Value = serde_json::from_str(body)?;
    let url = body.pointer("/paymentPayload/resource/url");
    Ok(url.and_then(Value::as_str).map(str::to_owned))
}

/// Path and query, as they stand in the URL.
fn target(url: &str) -> Result<String, Failure> {
    let origin = Url::parse(url)?[..Position::BeforePath].len();
    Ok(url.get(origin..).unwrap_or_default().to_owned())
}
