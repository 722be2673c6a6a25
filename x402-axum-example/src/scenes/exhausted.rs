//! Small purchases, until the rolling daily limit has no room.

use std::io::Write;

use x402_tower::wire::Version;

use super::stage::Stage;
use crate::Failure;

/// What the earlier scenes left of the limit pays for two more.
const PAGES: [&str; 2] = ["/report?page=2", "/report?page=3"];
const ONE_TOO_MANY: &str = "/report?page=4";

pub(super) async fn play<W: Write>(stage: &mut Stage<'_, W>) -> Result<(), Failure> {
    for page in PAGES {
        stage.buys(page, Version::V2).await?;
    }
    stage.is_stopped(ONE_TOO_MANY, "policy.window").await
}
