//! Which policy holds.

use std::fs;
use std::io;
use std::path::Path;

use x402_tower::Usd;
use x402_tower::policy::{PolicyConfig, PolicyError};

use crate::fetch::state::StateDir;
use crate::shown::note;

/// Without a policy: ten cents a call, and a dollar a day, as the official SDK's clients start with.
const DEFAULT_PER_CALL: Usd = Usd::from_micros(100_000);
const DEFAULT_DAILY: Usd = Usd::from_micros(1_000_000);

/// The policy that was chosen, else the state directory's, where there is one.
pub(crate) fn written(
    chosen: Option<&Path>,
    state: &StateDir,
) -> Result<Option<PolicyConfig>, PolicyError> {
    if let Some(path) = chosen {
        return PolicyConfig::load(path).map(Some);
    }
    let path = state.policy();
    // Also a link that leads nowhere is there: it must not fall back to other limits.
    let missing =
        fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    if missing {
        return Ok(None);
    }
    PolicyConfig::load(path).map(Some)
}

/// The policy that was chosen, else the state directory's, else a careful one.
pub(crate) fn find(chosen: Option<&Path>, state: &StateDir) -> Result<PolicyConfig, PolicyError> {
    if let Some(policy) = written(chosen, state)? {
        return Ok(policy);
    }
    note(format_args!(
        "no policy, so at most {DEFAULT_PER_CALL} USD a call and {DEFAULT_DAILY} USD a day; write your own to {}",
        state.policy().display()
    ));
    Ok(PolicyConfig::new()
        .with_max_per_call(DEFAULT_PER_CALL)
        .with_daily_limit(DEFAULT_DAILY))
}
