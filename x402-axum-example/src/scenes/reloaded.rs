//! The policy file changes while the agent runs.

use std::io::Write;

use x402_tower::guard::ReloadStatus;
use x402_tower::wire::Version;

use super::stage::Stage;
use crate::Failure;
use crate::timeline::Tone;

/// The line that is edited: with a slip of the pen, and as it was meant.
const BEFORE: &str = "daily_limit_usd  = 0.20";
const MISTAKEN: &str = "daily_limit_usd  = 0,10";
const LOWERED: &str = "daily_limit_usd  = 0.10";

/// A policy that is not right is not loaded: the limit that stood there is not lifted.
pub(super) async fn mistaken<W: Write>(stage: &mut Stage<'_, W>) -> Result<(), Failure> {
    let before = stage.agent.policy.status();
    let status = edit(stage, MISTAKEN).await?;
    stage
        .checks
        .same("revision in force", &status.revision, &before.revision);
    match &status.last_error {
        Some(error) => {
            stage.checks.same("code", &error.code, &"policy.invalid");
            let text = "NOT LOADED, the policy before it stays in force";
            stage.timeline.toned_line("guard", Tone::Stopped, text)?;
            stage.timeline.line("reason", &error.message)?;
        }
        None => stage.checks.differs("the mistake was loaded"),
    }
    stage.buys("/report?page=2", Version::V2).await
}

/// What was spent stays spent under the new limit, and decisions name the policy that they were made by.
pub(super) async fn lowered<W: Write>(stage: &mut Stage<'_, W>) -> Result<(), Failure> {
    let before = stage.agent.policy.status();
    let status = edit(stage, LOWERED).await?;
    if let Some(error) = &status.last_error {
        return Err(error.message.clone().into());
    }
    let changed = status.revision != before.revision;
    stage.checks.holds("another revision is in force", changed);
    let revision: String = status.revision.chars().take(12).collect();
    let text = format!("LOADED, revision {revision} is in force");
    stage.timeline.toned_line("guard", Tone::Good, &text)?;

    stage.buys("/report?page=3", Version::V2).await?;
    stage.is_stopped("/report?page=4", "policy.window").await?;
    let recorded = stage.agent.records.last_revision()?;
    let expected = Some(status.revision.to_string());
    stage
        .checks
        .same("revision on record", &recorded, &expected);
    let text = format!("on record as decided by revision {revision}");
    Ok(stage.timeline.line("audit", &text)?)
}

/// Saves the policy with one line changed.
async fn edit<W: Write>(stage: &mut Stage<'_, W>, line: &str) -> Result<ReloadStatus, Failure> {
    stage.timeline.line("file", line)?;
    let text = stage.agent.policy.text().replace(BEFORE, line);
    stage
        .checks
        .holds("the line is there", text != stage.agent.policy.text());
    stage.agent.gets_policy(&text).await
}
