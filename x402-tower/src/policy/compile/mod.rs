//! From [`PolicyConfig`] to [`Rules`]: what each text means, and whether they fit together.

mod limits;
mod mpa;
mod settings;
mod tables;

use core::hash::Hash;
use std::collections::HashSet;
use std::time::Duration;

use super::config::PolicyConfig;
use super::contract::{AssetRule, Recipient, chain_id};
use super::denied::{Denied, Recipients};
use super::error::{PolicyError, Problems, item_path, quoted};
use super::lookalike::Lookalikes;
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
    let schemes = check.schemes("allowed_schemes", &config.allowed_schemes);
    let limits = check.limits(origins.as_ref());
    let denied = check.denied();
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
        limits,
        denied,
        lookalikes: Lookalikes::of(origins.iter().flatten()),
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
        self.whole_origin(path, &scope)
    }

    fn any_origin(&mut self, path: &str, text: &str) -> Option<Origin> {
        let scope = self.any_scope(path, text)?;
        self.whole_origin(path, &scope)
    }

    fn whole_origin(&mut self, path: &str, scope: &UrlScope) -> Option<Origin> {
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
        let scope = self.any_scope(path, text)?;
        let origin = scope.origin();
        if !origin.is_secure() && !origin.is_loopback() && !self.config.allow_insecure_http {
            self.problems.add(
                "config.insecure",
                path,
                "plain http is not payable off this machine",
                "write https, or set allow_insecure_http = true",
            );
        }
        Some(scope)
    }

    fn any_scope(&mut self, path: &str, text: &str) -> Option<UrlScope> {
        let scope = UrlScope::parse(text);
        scope
            .map_err(|error| {
                self.problems
                    .add(error.code(), path, error.to_string(), "correct the URL");
            })
            .ok()
    }

    fn networks(&mut self) -> Option<HashSet<ChainId>> {
        let texts = self.config.allowed_networks.as_ref()?;
        Some(self.each("allowed_networks", texts, Self::network))
    }

    fn network(&mut self, path: &str, text: &str) -> Option<ChainId> {
        let chain = chain_id(text);
        chain
            .map_err(|message| {
                let remedy = "name chains as CAIP-2 does";
                self.problems.add("config.network", path, message, remedy);
            })
            .ok()
    }

    fn assets(&mut self, networks: Option<&HashSet<ChainId>>) -> Option<HashSet<AssetRule>> {
        let texts = self.config.allowed_assets.as_ref()?;
        Some(self.each("allowed_assets", texts, |check, path, text| {
            let asset = check.asset(path, text)?;
            check.on_network(path, &asset.chain, networks);
            Some(asset)
        }))
    }

    fn asset(&mut self, path: &str, text: &str) -> Option<AssetRule> {
        let asset = AssetRule::parse(text);
        asset
            .map_err(|message| {
                let remedy = "name the token's contract on its chain";
                self.problems.add("config.asset", path, message, remedy);
            })
            .ok()
    }

    fn recipient(&mut self, path: &str, text: &str) -> Option<Recipient> {
        let recipient = Recipient::parse(text);
        recipient
            .map_err(|message| {
                let remedy = "name an account as eip155:8453/0x…";
                self.problems.add("config.recipient", path, message, remedy);
            })
            .ok()
    }

    /// What is denied may well be allowed elsewhere: deny wins, and that is no contradiction.
    fn denied(&mut self) -> Denied {
        let config = self.config;
        Denied {
            origins: self.each(
                "denied_origins",
                &config.denied_origins,
                |check, path, text| {
                    // Nobody is paid over plain http, and to say so twice is no mistake.
                    check.any_origin(path, text)
                },
            ),
            schemes: self.schemes("denied_schemes", &config.denied_schemes),
            networks: self.each("denied_networks", &config.denied_networks, Self::network),
            assets: self.each("denied_assets", &config.denied_assets, Self::asset),
            recipients: Recipients::of(self.denied_recipients()),
        }
    }

    fn denied_recipients(&mut self) -> HashSet<Recipient> {
        let config = self.config;
        let list = &config.denied_recipients;
        let mut recipients = self.each("denied_recipients", list, Self::recipient);
        let key = "denied_recipients_file";
        let Some(file) = &config.denied_recipients_file else {
            if config.denied_recipients_max_age_days.is_some() {
                self.problems.add(
                    "config.contradiction",
                    "denied_recipients_max_age_days",
                    "there is no denied_recipients_file that it could be the age of",
                    "add denied_recipients_file, or take this out",
                );
            }
            return recipients;
        };
        let Some(listed) = &config.deny_list else {
            let message = "only a policy that is itself read from a file can name another";
            let remedy =
                "load the policy from its file, or write the addresses into denied_recipients";
            self.problems.add("config.no_folder", key, message, remedy);
            return recipients;
        };
        self.bounded(key, listed.entries.len());
        for (line, entry) in listed.entries.iter().take(MAX_ENTRIES) {
            match Recipient::parse(entry) {
                Ok(recipient) => {
                    recipients.insert(recipient);
                }
                Err(message) => self.problems.add(
                    "config.recipient",
                    key,
                    format!("line {line} of {}: {message}", quoted(file)),
                    "write one address a line, and comments after #",
                ),
            }
        }
        recipients
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

    fn schemes(&mut self, list: &str, texts: &[String]) -> HashSet<String> {
        self.each(list, texts, |check, path, text| {
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
        })
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
