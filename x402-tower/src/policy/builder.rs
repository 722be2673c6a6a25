//! A policy set from code.

use super::choice::RecipientPinning;
use super::config::PolicyConfig;
use super::settings::{AuditSettings, LimitSettings, MpaSettings, PiiSettings, ReplaySettings};
use crate::context::ResourceMatch;
use crate::control::Mode;
use crate::money::Usd;

impl PolicyConfig {
    /// Sets [`max_per_call`](Self::max_per_call).
    #[must_use]
    pub fn with_max_per_call(mut self, most: Usd) -> Self {
        self.max_per_call = Some(most);
        self
    }

    /// Sets [`daily_limit`](Self::daily_limit).
    #[must_use]
    pub fn with_daily_limit(mut self, most: Usd) -> Self {
        self.daily_limit = Some(most);
        self
    }

    /// Sets [`window_seconds`](Self::window_seconds).
    #[must_use]
    pub fn with_window_seconds(mut self, seconds: u64) -> Self {
        self.window_seconds = seconds;
        self
    }

    /// Sets [`agent_id`](Self::agent_id).
    #[must_use]
    pub fn with_agent_id(mut self, agent: impl Into<String>) -> Self {
        self.agent_id = Some(agent.into());
        self
    }

    /// Adds to [`per_endpoint`](Self::per_endpoint).
    #[must_use]
    pub fn with_endpoint_limit(mut self, scope: impl Into<String>, most: Usd) -> Self {
        self.per_endpoint.push((scope.into(), most));
        self
    }

    /// Adds to [`limits`](Self::limits).
    #[must_use]
    pub fn with_limit(mut self, limit: LimitSettings) -> Self {
        self.limits.push(limit);
        self
    }

    /// Sets [`allowed_origins`](Self::allowed_origins).
    #[must_use]
    pub fn with_allowed_origins<T: Into<String>>(
        mut self,
        origins: impl IntoIterator<Item = T>,
    ) -> Self {
        self.allowed_origins = Some(texts(origins));
        self
    }

    /// Adds an origin to [`recipients`](Self::recipients).
    #[must_use]
    pub fn with_recipients<T: Into<String>>(
        mut self,
        origin: impl Into<String>,
        addresses: impl IntoIterator<Item = T>,
    ) -> Self {
        self.recipients
            .get_or_insert_default()
            .push((origin.into(), texts(addresses)));
        self
    }

    /// Sets [`allowed_assets`](Self::allowed_assets).
    #[must_use]
    pub fn with_allowed_assets<T: Into<String>>(
        mut self,
        assets: impl IntoIterator<Item = T>,
    ) -> Self {
        self.allowed_assets = Some(texts(assets));
        self
    }

    /// Sets [`allowed_networks`](Self::allowed_networks).
    #[must_use]
    pub fn with_allowed_networks<T: Into<String>>(
        mut self,
        networks: impl IntoIterator<Item = T>,
    ) -> Self {
        self.allowed_networks = Some(texts(networks));
        self
    }

    /// Sets [`allowed_schemes`](Self::allowed_schemes).
    #[must_use]
    pub fn with_allowed_schemes<T: Into<String>>(
        mut self,
        schemes: impl IntoIterator<Item = T>,
    ) -> Self {
        self.allowed_schemes = texts(schemes);
        self
    }

    /// Sets [`first_contact_cap`](Self::first_contact_cap).
    #[must_use]
    pub fn with_first_contact_cap(mut self, most: Usd) -> Self {
        self.first_contact_cap = Some(most);
        self
    }

    /// Sets [`recipient_pinning`](Self::recipient_pinning).
    #[must_use]
    pub fn with_recipient_pinning(mut self, pinning: RecipientPinning) -> Self {
        self.recipient_pinning = pinning;
        self
    }

    /// Sets [`max_quote_drift_percent`](Self::max_quote_drift_percent) and
    /// [`quote_drift_window_seconds`](Self::quote_drift_window_seconds).
    #[must_use]
    pub fn with_max_quote_drift(mut self, percent: u64, window_seconds: u64) -> Self {
        self.max_quote_drift_percent = Some(percent);
        self.quote_drift_window_seconds = window_seconds;
        self
    }

    /// Sets [`allow_zero_amount`](Self::allow_zero_amount).
    #[must_use]
    pub fn with_zero_amount(mut self, allow: bool) -> Self {
        self.allow_zero_amount = allow;
        self
    }

    /// Sets [`distributed`](Self::distributed).
    #[must_use]
    pub fn with_distributed(mut self, on: bool) -> Self {
        self.distributed = on;
        self
    }

    /// Sets [`kill_switch`](Self::kill_switch).
    #[must_use]
    pub fn with_kill_switch(mut self, on: bool) -> Self {
        self.kill_switch = on;
        self
    }

    /// Sets [`mode`](Self::mode).
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Sets [`denied_origins`](Self::denied_origins).
    #[must_use]
    pub fn with_denied_origins<T: Into<String>>(
        mut self,
        origins: impl IntoIterator<Item = T>,
    ) -> Self {
        self.denied_origins = texts(origins);
        self
    }

    /// Sets [`denied_recipients`](Self::denied_recipients).
    #[must_use]
    pub fn with_denied_recipients<T: Into<String>>(
        mut self,
        addresses: impl IntoIterator<Item = T>,
    ) -> Self {
        self.denied_recipients = texts(addresses);
        self
    }

    /// Sets [`denied_assets`](Self::denied_assets).
    #[must_use]
    pub fn with_denied_assets<T: Into<String>>(
        mut self,
        assets: impl IntoIterator<Item = T>,
    ) -> Self {
        self.denied_assets = texts(assets);
        self
    }

    /// Sets [`denied_networks`](Self::denied_networks).
    #[must_use]
    pub fn with_denied_networks<T: Into<String>>(
        mut self,
        networks: impl IntoIterator<Item = T>,
    ) -> Self {
        self.denied_networks = texts(networks);
        self
    }

    /// Sets [`denied_schemes`](Self::denied_schemes).
    #[must_use]
    pub fn with_denied_schemes<T: Into<String>>(
        mut self,
        schemes: impl IntoIterator<Item = T>,
    ) -> Self {
        self.denied_schemes = texts(schemes);
        self
    }

    /// Sets [`pii`](Self::pii).
    #[must_use]
    pub fn with_pii(mut self, pii: PiiSettings) -> Self {
        self.pii = Some(pii);
        self
    }

    /// Sets [`replay`](Self::replay).
    #[must_use]
    pub fn with_replay(mut self, replay: ReplaySettings) -> Self {
        self.replay = Some(replay);
        self
    }

    /// Sets [`audit`](Self::audit).
    #[must_use]
    pub fn with_audit(mut self, audit: AuditSettings) -> Self {
        self.audit = Some(audit);
        self
    }

    /// Sets [`mpa`](Self::mpa).
    #[must_use]
    pub fn with_mpa(mut self, mpa: MpaSettings) -> Self {
        self.mpa = Some(mpa);
        self
    }

    /// Sets [`max_authorization_seconds`](Self::max_authorization_seconds).
    #[must_use]
    pub fn with_max_authorization_seconds(mut self, seconds: u64) -> Self {
        self.max_authorization_seconds = seconds;
        self
    }

    /// Sets [`resource_match`](Self::resource_match).
    #[must_use]
    pub fn with_resource_match(mut self, closeness: ResourceMatch) -> Self {
        self.resource_match = closeness;
        self
    }

    /// Sets [`allow_insecure_http`](Self::allow_insecure_http): whoever is on the way can change whom and how much an
    /// agent pays.
    #[must_use]
    pub fn with_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }
}

fn texts<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(Into::into).collect()
}
