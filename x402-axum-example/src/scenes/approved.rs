//! Payments that people have to approve: decided as soon as the outcome is certain, whoever has not answered by then.

use std::io::Write;

use x402_tower::wire::Version;
use x402_tower::{Clock, SystemClock};

use super::stage::Stage;
use crate::Failure;
use crate::approvers::WAIT;

pub(super) async fn bought<W: Write>(stage: &mut Stage<'_, W>) -> Result<(), Failure> {
    let begun = milliseconds()?;
    stage.buys("/forecast", Version::V2).await?;
    decided(stage, begun, true)?;
    let text = "Two of three are enough. Nobody waits for the third.";
    Ok(stage.timeline.line("", text)?)
}

pub(super) async fn refused<W: Write>(stage: &mut Stage<'_, W>) -> Result<(), Failure> {
    let begun = milliseconds()?;
    stage.is_stopped("/archive", "mpa.denied").await?;
    decided(stage, begun, false)?;
    let text = "The third alone could not change that, so nobody waits for it either.";
    Ok(stage.timeline.line("", text)?)
}

/// Two said the same, the third said nothing, and that was enough.
fn decided<W: Write>(stage: &mut Stage<'_, W>, begun: u64, yes: bool) -> Result<(), Failure> {
    let expected = vec![("bob", Some(yes)), ("carol", Some(yes)), ("dave", None)];
    let said = core::mem::take(&mut stage.said);
    stage.checks.same("what approvers said", &said, &expected);
    let took = milliseconds()?.saturating_sub(begun);
    let at_once = u128::from(took) < WAIT.as_millis();
    stage.checks.holds("nobody waited for dave", at_once);
    Ok(())
}

fn milliseconds() -> Result<u64, Failure> {
    let now = SystemClock::new().now().ok_or("the clock is missing")?;
    Ok(now.as_millis())
}
