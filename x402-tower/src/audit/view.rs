//! The fields of a line that the chain itself needs.

use std::borrow::Cow;

use serde::Deserialize;

/// A line as far as reading it back goes; the fields about the payment are passed over.
#[derive(Deserialize)]
pub(super) struct LineView<'a> {
    pub(super) seq: u64,
    #[serde(borrow)]
    pub(super) writer: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) key_id: Cow<'a, str>,
    pub(super) timestamp_ms: u64,
    #[serde(borrow)]
    pub(super) event_type: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) decision_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) prev_entry_hmac: Option<Cow<'a, str>>,
}
