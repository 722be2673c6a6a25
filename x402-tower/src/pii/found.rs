//! What was found in one text, and what becomes of each kind.

use super::{EntityType, Finding, PiiAction, PiiControl};
use crate::denial::{Denial, DenialKind};
use crate::wire::TextField;

/// How often a text that held personal data is looked at, before it is let go.
const ROUNDS: usize = 16;

/// What happens to personal data in one place, and to secrets there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Actions {
    personal: PiiAction,
    secret: PiiAction,
}

impl Actions {
    /// Takes out everything.
    pub(super) const REDACT: Self = Self {
        personal: PiiAction::Redact,
        secret: PiiAction::Redact,
    };

    pub(super) const fn new(personal: PiiAction, secret: PiiAction) -> Self {
        Self { personal, secret }
    }

    /// The same where nothing can be denied: what would be is taken out.
    pub(super) fn without_denial(self) -> Self {
        let soften = |action| match action {
            PiiAction::Block => PiiAction::Redact,
            action => action,
        };
        Self {
            personal: soften(self.personal),
            secret: soften(self.secret),
        }
    }

    fn of(self, entity: EntityType) -> PiiAction {
        if entity == EntityType::Secret {
            self.secret
        } else {
            self.personal
        }
    }
}

/// A text that is looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'t> {
    /// Where it stands, for what is allowed there.
    pub(super) field: Option<&'t str>,
    pub(super) value: &'t str,
    pub(super) is_url: bool,
}

impl<'t> Text<'t> {
    pub(super) fn of_field(field: &'t TextField) -> Self {
        Self {
            field: Some(&field.path),
            value: &field.value,
            is_url: field.is_url,
        }
    }
}

/// What was found in a text that is not clean.
#[derive(Debug)]
pub(super) struct Found {
    entities: Vec<(EntityType, PiiAction)>,
    /// The text without what is to be taken out.
    pub(super) text: String,
}

impl Found {
    /// The name of each and what is to become of it.
    pub(super) fn entities(&self) -> impl Iterator<Item = (&'static str, PiiAction)> {
        let entities = self.entities.iter();
        entities.map(|(entity, action)| (entity.as_str(), *action))
    }

    /// The names of what is to be taken out, left or denied.
    pub(super) fn names(&self, action: PiiAction) -> Vec<&'static str> {
        let entities = self.entities().filter(|(_, wanted)| *wanted == action);
        entities.map(|(entity, _)| entity).collect()
    }

    pub(super) fn all_names(&self) -> Vec<&'static str> {
        self.entities().map(|(entity, _)| entity).collect()
    }

    pub(super) fn has(&self, action: PiiAction) -> bool {
        self.entities.iter().any(|(_, wanted)| *wanted == action)
    }

    /// The denial for what may not pass: of a secret if there is one, else the one that `otherwise` makes.
    pub(super) fn denial(&self, place: &str, otherwise: impl FnOnce(&[&str]) -> Denial) -> Denial {
        if self
            .entities
            .contains(&(EntityType::Secret, PiiAction::Block))
        {
            return Denial::new(
                DenialKind::PiiBlocked,
                "pii.secret",
                format!(
                    "{place} holds a secret (a private key, a recovery phrase, a token or a key of a service); take it out, and replace it where anyone may have seen it"
                ),
            );
        }
        otherwise(&self.names(PiiAction::Block))
    }
}

impl PiiControl {
    /// What is found in a text, and the text without what is to be taken out; `None` where it is clean.
    ///
    /// What is taken out may be all that hid the number glued to it, so it is looked at again until nothing is left, up to
    /// [`ROUNDS`] times.
    pub(super) fn find(&self, text: Text<'_>, actions: Actions) -> Option<Found> {
        let mut found = self.find_once(text, actions)?;
        for _ in 1..ROUNDS {
            let left = Text {
                value: &found.text,
                ..text
            };
            match self.find_once(left, actions) {
                Some(more) if more.text != found.text => {
                    let taken_out = more.entities.into_iter();
                    let taken_out = taken_out.filter(|(_, action)| *action != PiiAction::Warn);
                    found.entities.extend(taken_out);
                    found.text = more.text;
                }
                _ => break,
            }
        }
        Some(found)
    }

    fn find_once(&self, text: Text<'_>, actions: Actions) -> Option<Found> {
        let Text {
            field,
            value,
            is_url,
        } = text;
        let findings = match (field, is_url) {
            (Some(field), true) => self.detector.scan_url_field(field, value),
            (Some(field), false) => self.detector.scan_field(field, value),
            (None, true) => self.detector.scan_url(value),
            (None, false) => self.detector.scan(value),
        };
        self.found_in(value, is_url, findings, actions)
    }

    /// What becomes of these findings in a text; `None` if there are none.
    pub(super) fn found_in(
        &self,
        value: &str,
        is_url: bool,
        mut findings: Vec<Finding>,
        actions: Actions,
    ) -> Option<Found> {
        if findings.is_empty() {
            return None;
        }
        let action = |finding: &Finding| actions.of(finding.entity);
        let entities = findings
            .iter()
            .map(|finding| (finding.entity, action(finding)))
            .collect();
        findings.retain(|finding| action(finding) != PiiAction::Warn);
        let text = if is_url {
            self.operators.redact_url(value, &findings)
        } else {
            self.operators.redact(value, &findings)
        };
        Some(Found {
            entities,
            text: text.into_owned(),
        })
    }

    /// A text as anyone may see it, with the names of what was taken out; `None` where it is clean.
    pub(crate) fn hide(&self, text: &str, is_url: bool) -> Option<(Vec<&'static str>, String)> {
        let text = Text {
            field: None,
            value: text,
            is_url,
        };
        let found = self.find(text, Actions::REDACT)?;
        Some((found.all_names(), found.text))
    }
}
