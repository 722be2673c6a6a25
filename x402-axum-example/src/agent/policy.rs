//! What the agent's policy says.

use url::{Position, Url};

use crate::seller::SELLER;
use crate::servers::CHAIN;

/// The policy for buying at `seller`, and nowhere else.
pub(super) fn text(seller: &Url) -> String {
    let origin = &seller[..Position::BeforePath];
    format!(
        r#"agent_id         = "research-agent"
max_per_call_usd = 0.10
daily_limit_usd  = 0.20

# Who may be paid, where. Nobody else may be.
[recipients]
"{origin}" = [
  "{CHAIN}/{SELLER}",
]

[pii]
action = "redact"
"#
    )
}
