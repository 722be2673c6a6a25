//! Numbers, names and the settings of other controls.

use super::Check;
use crate::policy::error::quoted;

/// Longest window: 366 days.
const MAX_WINDOW_SECONDS: u64 = 366 * 86_400;
/// Longest agent id, in bytes.
const MAX_AGENT_ID: usize = 128;

impl Check<'_> {
    pub(super) fn numbers(&mut self) {
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

    pub(super) fn agent_id(&mut self) {
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

    pub(super) fn settings(&mut self) {
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
}
