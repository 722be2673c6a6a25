//! What every layer owes to tower, to other services and to callers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests fail as loudly as tests

#[path = "contract/answers.rs"]
mod answers;
#[path = "contract/ground.rs"]
mod ground;
#[path = "contract/readiness.rs"]
mod readiness;
#[path = "contract/types.rs"]
mod types;
