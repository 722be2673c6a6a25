//! The policy that holds: a file, with what the environment says put over it.

use std::path::PathBuf;

use x402_tower::guard::ReloadError;
use x402_tower::policy::{DetectorKind, FindingAction, PolicyConfig, ReplaySettings, Rules};
use x402_tower::{ConfigError, Usd};

use super::variable;
use crate::fetch::policy::{find, written};
use crate::fetch::state::StateDir;
use crate::serve::error::ServeError;

/// Where the policy comes from, to be read again.
#[derive(Debug, Clone)]
pub(crate) struct PolicySource {
    chosen: Option<PathBuf>,
    state: StateDir,
}

impl PolicySource {
    pub(crate) fn new(chosen: Option<PathBuf>, state: StateDir) -> Self {
        Self { chosen, state }
    }

    /// Reads it for the first time: without any, a careful one holds.
    pub(crate) fn first(&self) -> Result<PolicyConfig, ServeError> {
        overridden(find(self.chosen.as_deref(), &self.state)?)
    }

    /// Reads it again: a file that is gone is no reason to fall back to another policy.
    pub(crate) fn again(&self) -> Result<PolicyConfig, ReloadError> {
        let setting =
            |setting, problem| ReloadError::Config(ConfigError::Setting { setting, problem });
        let Some(policy) = written(self.chosen.as_deref(), &self.state)? else {
            return Err(setting("policy", "the file is gone".to_owned()));
        };
        // Without this, an editor that empties a file before it writes would lift every limit (attack 84).
        if Rules::compile(&policy)?.revision() == Rules::compile(&PolicyConfig::new())?.revision() {
            return Err(ReloadError::Blank);
        }
        overridden(policy).map_err(|error| match error {
            ServeError::Override { name, problem } => setting(name, problem),
            other => setting("environment", other.to_string()),
        })
    }
}

/// Puts over the policy what the environment says.
fn overridden(mut policy: PolicyConfig) -> Result<PolicyConfig, ServeError> {
    if let Some(id) = variable("X402_AGENT_ID", false)? {
        policy.agent_id = Some(id);
    }
    if let Some(most) = dollars("X402_MAX_PER_CALL_USD")? {
        policy.max_per_call = Some(most);
    }
    if let Some(most) = dollars("X402_DAILY_LIMIT_USD")? {
        policy.daily_limit = Some(most);
    }
    if let Some(seconds) = number("X402_WINDOW_SECONDS")? {
        policy.window_seconds = seconds;
    }
    if let Some(seconds) = number("X402_REPLAY_TTL_SECONDS")? {
        let replay = policy.replay.get_or_insert_with(ReplaySettings::default);
        replay.ttl_seconds = Some(seconds);
    }
    let actions = FindingAction::ALL.iter().map(|one| (one.as_str(), *one));
    if let Some(action) = choice("X402_PII_ACTION", actions)? {
        policy.pii.get_or_insert_default().action = Some(action);
    }
    let detectors = DetectorKind::ALL.iter().map(|one| (one.as_str(), *one));
    if let Some(detector) = choice("X402_PII_DETECTOR", detectors)? {
        policy.pii.get_or_insert_default().detector = detector;
    }
    Ok(policy)
}

fn dollars(name: &'static str) -> Result<Option<Usd>, ServeError> {
    let parse = |text: String| Usd::parse(&text).map_err(|error| wrong(name, &error));
    variable(name, false)?.map(parse).transpose()
}

fn number(name: &'static str) -> Result<Option<u64>, ServeError> {
    let parse = |text: String| text.parse().map_err(|error| wrong(name, &error));
    variable(name, false)?.map(parse).transpose()
}

/// One of the words that the policy has for it.
fn choice<T: Copy>(
    name: &'static str,
    words: impl Iterator<Item = (&'static str, T)>,
) -> Result<Option<T>, ServeError> {
    let Some(text) = variable(name, false)? else {
        return Ok(None);
    };
    let words: Vec<(&str, T)> = words.collect();
    match words.iter().find(|(word, _)| *word == text) {
        Some((_, chosen)) => Ok(Some(*chosen)),
        None => {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            Err(wrong(name, &format!("it is one of {}", all.join(", "))))
        }
    }
}

fn wrong(name: &'static str, problem: &dyn core::fmt::Display) -> ServeError {
    ServeError::Override {
        name,
        problem: problem.to_string(),
    }
}
