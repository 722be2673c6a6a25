//! Lifetimes that callers with different clocks agree on.

use crate::clock::UnixMillis;

/// A moment that a caller set by its own clock, moved on by as much as that clock is behind: what another caller's
/// clock has seen must not cut a lifetime short.
pub(crate) fn shifted(moment: UnixMillis, callers_now: UnixMillis, now: u64) -> u64 {
    let lifetime = moment.as_millis().saturating_sub(callers_now.as_millis());
    moment.as_millis().max(now.saturating_add(lifetime))
}
