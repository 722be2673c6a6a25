//! Numbers, names and the settings of other controls.

use super::Check;
use crate::policy::choice::OutgoingAction;
use crate::policy::settings::PiiSettings;

/// Longest window: 366 days.
const MAX_WINDOW_SECONDS: u64 = 366 * 86_400;
/// Longest agent or approver id, in bytes.
const MAX_ID: usize = 128;

/// Whether a rolling window may be this long.
pub(super) fn is_window(seconds: u64) -> bool {
    (1..=MAX_WINDOW_SECONDS).contains(&seconds)
}

/// Whether a text may name an agent or an approver.
pub(super) fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-:@/".contains(&b);
    !text.is_empty() && text.len() <= MAX_ID && text.bytes().all(plain)
}

impl Check<'_> {
    pub(super) fn numbers(&mut self) {
        let config = self.config;
        if !is_window(config.window_seconds) {
            self.window("window_seconds");
        }
        if !is_window(config.quote_drift_window_seconds) {
            self.window("quote_drift_window_seconds");
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

    pub(super) fn window(&mut self, path: &str) {
        self.problems.add(
            "config.window",
            path,
            "the window is nothing, or longer than 366 days",
            "write 1 to 31622400 seconds; a day is 86400",
        );
    }

    pub(super) fn agent_id(&mut self) {
        let Some(agent) = &self.config.agent_id else {
            return;
        };
        if !is_id(agent) {
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
            self.pii(pii);
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
        if let Some(mpa) = &config.mpa {
            self.mpa(mpa);
        }
    }

    fn pii(&mut self, pii: &PiiSettings) {
        if pii.entities.as_ref().is_some_and(Vec::is_empty) {
            self.problems.add(
                "config.empty",
                "pii.entities",
                "an empty list would look for nothing",
                "name what to look for, or leave the key out to look for everything",
            );
        }
        if pii.headers != OutgoingAction::Off && pii.header_names.is_empty() {
            self.problems.add(
                "config.contradiction",
                "pii.headers",
                "no headers are named to look at",
                "name them, header_names = [\"x-user\"]",
            );
        }
        if pii.headers == OutgoingAction::Off && !pii.header_names.is_empty() {
            self.problems.add(
                "config.contradiction",
                "pii.header_names",
                "headers are named, and nothing is to be done about them",
                "write headers = \"redact\", \"block\" or \"warn\"",
            );
        }
        let detector = pii.to_detector().err();
        let operators = pii.to_operators(None).err();
        for wrong in detector.into_iter().chain(operators).flatten() {
            let path = format!("pii.{}", wrong.path);
            self.problems
                .add(wrong.code, &path, wrong.message, wrong.remedy);
        }
        self.each(
            "pii.header_names",
            &pii.header_names,
            |check, path, text| {
                let name = http::HeaderName::from_bytes(text.as_bytes()).ok();
                if name.is_none() {
                    check.problems.add(
                        "config.header",
                        path,
                        "this is no name of a header",
                        "write it as HTTP does, x-user",
                    );
                }
                name
            },
        );
    }
}
