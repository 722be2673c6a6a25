//! From [`PolicyConfig`] to [`Rules`]: what each text means, and whether they fit together.

use core::hash::Hash;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::config::PolicyConfig;
use super::contract::{AssetRule, Recipient, chain_id};
use super::error::{PolicyError, Problems, item_path, key_path, quoted};
use super::normal;
use super::origin::Origin;
use super::rules::Rules;
use super::scope::UrlScope;
use crate::money::Usd;
use crate::network::ChainId;

/// Longest window: 366 days.
const MAX_WINDOW_SECONDS: u64 = 366 * 86_400;
/// Longest agent id, in bytes.
const MAX_AGENT_ID: usize = 128;
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
    fn numbers(&mut self) {
        let config = self.config;
        if config.window_seconds == 0 || config.window_seconds > MAX_WINDOW_SECONDS {
            self.problems.add(
                "config.window",
                "window_seconds",
                "the window is nothing, or longer than 366 days",
                "write 1 to 31622400 seconds; a day is 86400",
            );
        }
        if config.max_authorization_seconds == 0 {
            self.problems.add(
                "config.lifetime",
                "max_authorization_seconds",
                "no authorization can be valid for no time at all",
                "write at least 1; 900 is what official SDKs fit into",
            );
        }
    }

    fn agent_id(&mut self) {
        let Some(agent) = &self.config.agent_id else {
            return;
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-:@/".contains(&b);
        if agent.is_empty() || agent.len() > MAX_AGENT_ID || !agent.bytes().all(plain) {
            self.problems.add(
                "config.agent_id",
                "agent_id",
                "the id is empty, too long or holds other characters than it may",
                "write 1 to 128 of A-Z a-z 0-9 . _ - : @ /",
            );
        }
    }

    fn settings(&mut self) {
        let config = self.config;
        if let Some(pii) = &config.pii {
            self.choice(
                "pii.action",
                pii.action.as_deref(),
                &["redact", "block", "warn"],
            );
            self.choice("pii.mode", pii.mode.as_deref(), &["regex"]);
            if pii.entities.as_ref().is_some_and(Vec::is_empty) {
                self.problems.add(
                    "config.empty",
                    "pii.entities",
                    "an empty list would look for nothing",
                    "name what to look for, or leave the key out to look for everything",
                );
            }
        }
        if config.replay.as_ref().and_then(|r| r.ttl_seconds) == Some(0) {
            self.problems.add(
                "config.ttl",
                "replay.ttl_seconds",
                "a duplicate that is remembered for no time is never refused",
                "write at least 1, or set enabled = false",
            );
        }
        let path = config.audit.as_ref().and_then(|a| a.path.as_deref());
        if path.is_some_and(|path| path.is_empty() || path.contains('\0')) {
            self.problems.add(
                "config.audit_path",
                "audit.path",
                "this is no file",
                "name the file that decisions are written to",
            );
        }
    }

    fn choice(&mut self, path: &str, value: Option<&str>, known: &[&str]) {
        if let Some(value) = value
            && !known.contains(&value)
        {
            self.problems.add(
                "config.choice",
                path,
                format!("{} is not one of the choices", quoted(value)),
                format!("write one of: {}", known.join(", ")),
            );
        }
    }

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

    fn endpoints(
        &mut self,
        origins: Option<&HashSet<Origin>>,
    ) -> HashMap<Origin, Vec<(UrlScope, Usd)>> {
        let mut endpoints: HashMap<Origin, Vec<(UrlScope, Usd)>> = HashMap::new();
        self.bounded("per_endpoint", self.config.per_endpoint.len());
        for (text, most) in self.config.per_endpoint.iter().take(MAX_ENTRIES) {
            let path = key_path("per_endpoint", text);
            let Some(scope) = self.scope(&path, text) else {
                continue;
            };
            self.at_origin(&path, scope.origin(), origins);
            let list = endpoints.entry(scope.origin().clone()).or_default();
            for (other, other_most) in list.iter() {
                let (outer, inner) = if other.contains(&scope) {
                    (*other_most, *most)
                } else {
                    (*most, *other_most)
                };
                if *other == scope {
                    self.duplicate(&path);
                } else if (other.contains(&scope) || scope.contains(other)) && inner > outer {
                    self.problems.add(
                        "config.contradiction",
                        &path,
                        format!(
                            "with {other} the inner limit is above the outer one and has no effect"
                        ),
                        "an outer limit counts what lies below it: make it the larger one",
                    );
                }
            }
            list.push((scope, *most));
        }
        // The order of the file decides nothing, also not which of two refusals is named.
        endpoints.values_mut().for_each(|list| list.sort());
        endpoints
    }

    fn recipients(
        &mut self,
        origins: Option<&HashSet<Origin>>,
        networks: Option<&HashSet<ChainId>>,
    ) -> Option<HashMap<Origin, Vec<Recipient>>> {
        let table = self.config.recipients.as_ref()?;
        let mut recipients = HashMap::new();
        self.bounded("recipients", table.len());
        for (text, addresses) in table.iter().take(MAX_ENTRIES) {
            let path = key_path("recipients", text);
            let list = self.each(
                &path,
                addresses,
                |check, path, text| match Recipient::parse(text) {
                    Ok(recipient) => {
                        if let Some(chain) = recipient.chain() {
                            check.on_network(path, chain, networks);
                        }
                        Some(recipient)
                    }
                    Err(message) => {
                        check.problems.add(
                            "config.recipient",
                            path,
                            message,
                            "name an account as eip155:8453/0x…",
                        );
                        None
                    }
                },
            );
            let Some(origin) = self.origin(&path, text) else {
                continue;
            };
            self.at_origin(&path, &origin, origins);
            let mut list: Vec<_> = list.into_iter().collect();
            list.sort();
            if recipients.insert(origin, list).is_some() {
                self.duplicate(&path);
            }
        }
        Some(recipients)
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
