//! `[[limits]]`.

use std::collections::HashSet;
use std::time::Duration;

use super::Check;
use super::settings::is_window;
use crate::policy::error::item_path;
use crate::policy::limit_rule::{CompiledLimit, LimitRule};
use crate::policy::origin::Origin;
use crate::policy::settings::LimitSettings;
use crate::store::Quota;

/// Most entries: a ledger takes 64 limits for one payment, and others apply beside these.
const MAX_LIMITS: usize = 32;

impl Check<'_> {
    pub(super) fn limits(&mut self, origins: Option<&HashSet<Origin>>) -> Vec<CompiledLimit> {
        let config = self.config;
        if config.limits.len() > MAX_LIMITS {
            self.problems.add(
                "config.too_many",
                "limits",
                "more than 32 entries",
                "keep those that differ in what they count",
            );
        }
        let mut limits: Vec<CompiledLimit> = Vec::new();
        for (index, settings) in config.limits.iter().take(MAX_LIMITS).enumerate() {
            let path = item_path("limits", index);
            let Some(rule) = self.limit(&path, settings, origins) else {
                continue;
            };
            let limit = CompiledLimit::new(rule);
            let same_kind = |other: &CompiledLimit| {
                let quotas = (other.rule.quota, limit.rule.quota);
                let same = matches!(
                    quotas,
                    (Quota::Amount(_), Quota::Amount(_)) | (Quota::Count(_), Quota::Count(_))
                );
                same && other.counts_as(&limit)
            };
            if limits.iter().any(same_kind) {
                self.duplicate(&path);
            }
            limits.push(limit);
        }
        // The order of the file decides nothing, also not which of two refusals is named.
        limits.sort_by_key(|limit| {
            let rule = &limit.rule;
            let counts = matches!(rule.quota, Quota::Count(_));
            (rule.window, rule.per.clone(), rule.endpoint.clone(), counts)
        });
        limits
    }

    fn limit(
        &mut self,
        path: &str,
        settings: &LimitSettings,
        origins: Option<&HashSet<Origin>>,
    ) -> Option<LimitRule> {
        if !is_window(settings.window_seconds) {
            self.window(&format!("{path}.window_seconds"));
        }
        let quota = match (settings.amount, settings.count) {
            (Some(most), None) => Some(Quota::Amount(most)),
            (None, Some(most)) => Some(Quota::Count(most)),
            (amount, _) => {
                let message = if amount.is_some() {
                    "amount_usd and count stand in one entry"
                } else {
                    "neither amount_usd nor count says how much is allowed"
                };
                let remedy = "write one of the two; both hold at once as two entries";
                self.problems.add("config.limit", path, message, remedy);
                None
            }
        };
        let mut per = settings.per.clone();
        per.sort_unstable();
        per.dedup();
        if per.len() < settings.per.len() {
            self.duplicate(&format!("{path}.per"));
        }
        let endpoint = match &settings.endpoint {
            Some(text) => {
                let path = format!("{path}.endpoint");
                let scope = self.scope(&path, text)?;
                self.at_origin(&path, scope.origin(), origins);
                Some(scope)
            }
            None => None,
        };
        Some(LimitRule {
            window: Duration::from_secs(settings.window_seconds),
            quota: quota?,
            per,
            endpoint,
        })
    }
}
