//! What a refusal is called, and which key of the policy it comes from.

use super::violation::Violation;
use crate::money::Usd;

impl Violation {
    /// The key of the policy that refuses; `None` where the URL or the address is refused under any policy.
    #[must_use]
    pub fn key(&self) -> Option<&'static str> {
        Some(match self {
            Self::Url { .. } | Self::UnpayableRecipient { .. } | Self::Unpriced => return None,
            Self::InsecureUrl { .. } => "allow_insecure_http",
            Self::Origin { .. } => "allowed_origins",
            Self::Scheme => "allowed_schemes",
            Self::Network { .. } => "allowed_networks",
            Self::Asset { .. } => "allowed_assets",
            Self::Recipient { .. } => "recipients",
            Self::DeniedOrigin { .. } => "denied_origins",
            Self::DeniedScheme => "denied_schemes",
            Self::DeniedNetwork { .. } => "denied_networks",
            Self::DeniedAsset { .. } => "denied_assets",
            Self::DeniedRecipient { .. } => "denied_recipients",
            Self::ZeroAmount => "allow_zero_amount",
            Self::Lifetime { .. } => "max_authorization_seconds",
            Self::PerCall { .. } => "max_per_call_usd",
            Self::Window { .. } => "daily_limit_usd",
            Self::EndpointWindow { .. } => "per_endpoint",
            Self::AmountWindow { .. } | Self::CountWindow { .. } => "limits",
            Self::KillSwitch => "kill_switch",
            Self::RecipientChanged { .. } | Self::AssetChanged { .. } => "recipient_pinning",
            Self::FirstContact { .. } => "first_contact_cap_usd",
            Self::QuoteDrift { .. } => "max_quote_drift_percent",
        })
    }

    /// The stable code of this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Url { .. } => "policy.url",
            Self::InsecureUrl { .. } => "policy.insecure_url",
            Self::Origin { .. } => "policy.origin",
            Self::Scheme => "policy.scheme",
            Self::Network { .. } => "policy.network",
            Self::Asset { .. } => "policy.asset",
            Self::Recipient { .. } => "policy.recipient",
            Self::DeniedOrigin { .. } => "policy.denied_origin",
            Self::DeniedScheme => "policy.denied_scheme",
            Self::DeniedNetwork { .. } => "policy.denied_network",
            Self::DeniedAsset { .. } => "policy.denied_asset",
            Self::DeniedRecipient { .. } => "policy.denied_recipient",
            Self::UnpayableRecipient { .. } => "policy.unpayable_recipient",
            Self::ZeroAmount => "policy.zero_amount",
            Self::Lifetime { .. } => "policy.lifetime",
            Self::Unpriced => "policy.unpriced",
            Self::PerCall { .. } => "policy.per_call",
            Self::Window { .. } => "policy.window",
            Self::EndpointWindow { .. } => "policy.endpoint_window",
            Self::AmountWindow { .. } => "policy.limit_amount",
            Self::CountWindow { .. } => "policy.limit_count",
            Self::KillSwitch => "policy.kill_switch",
            Self::RecipientChanged { .. } => "policy.recipient_changed",
            Self::AssetChanged { .. } => "policy.asset_changed",
            Self::FirstContact { .. } => "policy.first_contact",
            Self::QuoteDrift { .. } => "policy.quote_drift",
        }
    }

    /// The limit in dollars that was met, where it was one.
    #[must_use]
    pub const fn limit(&self) -> Option<Usd> {
        match self {
            Self::PerCall { limit, .. }
            | Self::Window { limit, .. }
            | Self::EndpointWindow { limit, .. }
            | Self::AmountWindow { limit, .. } => Some(*limit),
            Self::FirstContact { cap, .. } => Some(*cap),
            _ => None,
        }
    }
}
