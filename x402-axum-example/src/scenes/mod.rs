//! Eleven scenes between the agent and the seller, each held against what should happen.

mod approved;
mod asked;
mod checks;
mod closing;
mod personal;
mod reloaded;
mod replayed;
mod stage;

use std::io::Write;

use x402_tower::wire::Version;

use crate::Failure;
use crate::timeline::{Timeline, Tone};

use stage::Stage;

/// Plays them in order; `true` if all went as they should.
pub(crate) async fn run<W: Write>(timeline: &mut Timeline<W>) -> Result<bool, Failure> {
    let mut stage = Stage::set(timeline).await?;
    stage.introduce()?;

    stage.scene("The agent buys a report over x402 v2")?;
    let done = stage.buys("/report", Version::V2).await;
    stage.ended(done);

    stage.scene("It buys one over x402 v1")?;
    let done = stage.buys("/v1/report", Version::V1).await;
    stage.ended(done);

    stage.scene("It buys one with personal data in the URL")?;
    let done = personal::play(&mut stage).await;
    stage.ended(done);

    stage.scene("It is asked for more than one call may cost")?;
    let done = stage.is_stopped("/premium", "policy.per_call").await;
    stage.ended(done);

    stage.scene("It is asked to pay somebody else")?;
    let done = stage.is_stopped("/hijacked", "policy.recipient").await;
    stage.ended(done);

    stage.scene("It asks for the report of scene 1 again, as a retry would")?;
    let done = stage.is_stopped("/report", "replay.duplicate").await;
    stage.ended(done);

    stage.scene("Somebody presents a captured payment to the seller")?;
    let done = replayed::play(&mut stage).await;
    stage.ended(done);

    stage.scene("The agent buys what two of three people have to approve")?;
    let done = approved::bought(&mut stage).await;
    stage.ended(done);

    stage.scene("It wants to buy what two of them refuse")?;
    let done = approved::refused(&mut stage).await;
    stage.ended(done);

    stage.scene("The policy file gets a mistake while the agent runs")?;
    let done = reloaded::mistaken(&mut stage).await;
    stage.ended(done);

    stage.scene("The daily limit in the policy file is lowered")?;
    let done = reloaded::lowered(&mut stage).await;
    stage.ended(done);

    let done = closing::play(&mut stage);
    stage.ended(done);

    let Stage {
        servers,
        timeline,
        checks,
        number,
        ..
    } = stage;
    servers.close().await?;
    let differences = checks.differences();
    timeline.gap()?;
    if differences.is_empty() {
        let all = format!("All {number} scenes went as they should.");
        timeline.verdict(Tone::Good, &all)?;
    } else {
        timeline.verdict(Tone::Bad, "Not everything went as it should:")?;
        for difference in differences {
            timeline.verdict(Tone::Plain, &format!("- {difference}"))?;
        }
    }
    Ok(differences.is_empty())
}
