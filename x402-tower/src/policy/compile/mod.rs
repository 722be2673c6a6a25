//! From [`PolicyConfig`] to [`Rules`]: what each text means, and whether they fit together.

mod mpa;
mod settings;
mod tables;

use core::hash::Hash;
use std::collections::HashSet;
use std::time::Duration;

use super::config::PolicyConfig;
use super::contract::{AssetRule, chain_id};
use super::error::{PolicyError, Problems, item_path, quoted};
use super::normal;
use super::origin::Origin;
use super::rules::Rules;
use super::scope::UrlScope;
use crate::network::ChainId;

/// Longest scheme name, in bytes.
const MAX_SCHEME: usize = 64;
/// Most entries of one list or table.
const MAX_ENTRIES: usize = 10_000;

pub(super) fn rules(config: &PolicyConfig) -> Result<Rules, PolicyError> {
    let mut check = Check {
        config,
        problems: Problems::new(&config.places),
    };
    check.numbers();
    check.agent_id();
    check.settings();
    let origins = check.origins();
    let networks = check.networks();
    let assets = check.assets(networks.as_ref());
    let endpoints = check.endpoints(origins.as_ref());
    let recipients = check.recipients(origins.as_ref(), networks.as_ref());
    let schemes = check.schemes();
    let mut rules = Rules {
        agent_id: config.agent_id.clone(),
        max_per_call: config.max_per_call,
        daily_limit: config.daily_limit,
        window: Duration::from_secs(config.window_seconds),
        first_contact_cap: config.first_contact_cap,
        recipient_pinning: config.recipient_pinning,
        max_quote_drift_percent: config.max_quote_drift_percent,
        quote_drift_window: Duration::from_secs(config.quote_drift_window_seconds),
        allow_zero_amount: config.allow_zero_amount,
        kill_switch: config.kill_switch,
        mode: config.mode,
        endpoints,
        origins,
        recipients,
        assets,
        networks,
        schemes,
        max_authorization_seconds: config.max_authorization_seconds,
        resource_match: config.resource_match,
        allow_insecure_http: config.allow_insecure_http,
        normal_form: String::new(),
        revision: String::new(),
    };
    check.problems.none()?;
    rules.normal_form = normal::form(&rules, config);
    rules.revision = normal::revision(&rules.normal_form);
    Ok(rules)
}

struct Check<'a> {
    config: &'a PolicyConfig,
    problems: Problems<'a>,
}

impl Check<'_> {
    fn origins(&mut self) -> Option<HashSet<Origin>> {
        let texts = self.config.allowed_origins.as_ref()?;
        Some(self.each("allowed_origins", texts, Self::origin))
    }

    fn origin(&mut self, path: &str, text: &str) -> Option<Origin> {
        let scope = self.scope(path, text)?;
        if !scope.is_whole_origin() {
            self.problems.add(
                "config.path",
                path,
                "an origin has no path",
                format!("write {}", scope.origin()),
            );
            return None;
        }
        Some(scope.origin().clone())
    }

    fn scope(&mut self, path: &str, text: &str) -> Option<UrlScope> {
        match UrlScope::parse(text) {
            Ok(scope) => {
                let origin = scope.origin();
                if !origin.is_secure() && !origin.is_loopback() && !self.config.allow_insecure_http
                {
                    self.problems.add(
                        "config.insecure",
                        path,
                        "plain http is not payable off this machine",
                        "write https, or set allow_insecure_http = true",
                    );
                }
                Some(scope)
            }
            Err(error) => {
                self.problems
                    .add(error.code(), path, error.to_string(), "correct the URL");
                None
            }
        }
    }

    fn networks(&mut self) -> Option<HashSet<ChainId>> {
        let texts = self.config.allowed_networks.as_ref()?;
        Some(self.each("allowed_networks", texts, |check, path, text| {
            chain_id(text)
                .map_err(|message| {
                    check.problems.add(
                        "config.network",
                        path,
                        message,
                        "name chains as CAIP-2 does",
                    );
                })
                .ok()
        }))
    }

    fn assets(&mut self, networks: Option<&HashSet<ChainId>>) -> Option<HashSet<AssetRule>> {
        let texts = self.config.allowed_assets.as_ref()?;
        Some(self.each(
            "allowed_assets",
            texts,
            |check, path, text| match AssetRule::parse(text) {
                Ok(asset) => {
                    check.on_network(path, &asset.chain, networks);
                    Some(asset)
                }
                Err(message) => {
                    check.problems.add(
                        "config.asset",
                        path,
                        message,
                        "name the token's contract on its chain",
                    );
                    None
                }
            },
        ))
    }

    fn on_network(&mut self, path: &str, chain: &ChainId, networks: Option<&HashSet<ChainId>>) {
        if networks.is_some_and(|networks| !networks.contains(chain)) {
            self.problems.add(
                "config.contradiction",
                path,
                format!("allowed_networks does not list {chain}"),
                "add the chain there, or take this out",
            );
        }
    }

    fn at_origin(&mut self, path: &str, origin: &Origin, origins: Option<&HashSet<Origin>>) {
        if origins.is_some_and(|origins| !origins.contains(origin)) {
            self.problems.add(
                "config.contradiction",
                path,
                format!("allowed_origins does not list {origin}"),
                "add the origin there, or take this out",
            );
        }
    }

    fn schemes(&mut self) -> HashSet<String> {
        self.each(
            "allowed_schemes",
            &self.config.allowed_schemes,
            |check, path, text| {
                let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
                if text.is_empty() || text.len() > MAX_SCHEME || !text.bytes().all(plain) {
                    check.problems.add(
                        "config.scheme",
                        path,
                        format!("{} names no scheme", quoted(text)),
                        "write it as x402 does, exact or upto: lower case, digits and hyphens",
                    );
                    return None;
                }
                Some(text.to_owned())
            },
        )
    }

    /// Reads each entry of a list; one that means the same as another is a problem.
    fn each<T: Eq + Hash>(
        &mut self,
        list: &str,
        texts: &[String],
        read: impl Fn(&mut Self, &str, &str) -> Option<T>,
    ) -> HashSet<T> {
        self.bounded(list, texts.len());
        let mut values = HashSet::new();
        for (index, text) in texts.iter().take(MAX_ENTRIES).enumerate() {
            let path = item_path(list, index);
            if let Some(value) = read(self, &path, text)
                && !values.insert(value)
            {
                self.duplicate(&path);
            }
        }
        values
    }

    fn duplicate(&mut self, path: &str) {
        self.problems.add(
            "config.duplicate",
            path,
            "another entry means the same",
            "keep one of them",
        );
    }

    fn bounded(&mut self, path: &str, entries: usize) {
        if entries > MAX_ENTRIES {
            self.problems.add(
                "config.too_many",
                path,
                "more than 10000 entries",
                "split the policy by agent",
            );
        }
    }
}
