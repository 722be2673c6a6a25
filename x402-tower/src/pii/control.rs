//! The detector as a control.

use url::{Position, Url};

use super::{Detector, PiiAction, RedactionTemplate, redact, redact_url};
use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::payment::{Payment, PaymentText};
use crate::screening::{Purpose, Screening};
use crate::step::Step;
use crate::telemetry;

/// Keeps personal data out of payments, and of what logs say about them.
///
/// What is signed, matched by the server or echoed is never changed: a finding there blocks under
/// [`PiiAction::Block`], and is only reported otherwise.
#[derive(Debug, Clone, Default)]
pub struct PiiControl {
    detector: Detector,
    action: PiiAction,
    template: RedactionTemplate,
}

impl PiiControl {
    /// Redacts every kind of personal data that it knows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Does something else than redact.
    #[must_use]
    pub fn with_action(mut self, action: PiiAction) -> Self {
        self.action = action;
        self
    }

    /// Looks for other entities, or by another score.
    #[must_use]
    pub fn with_detector(mut self, detector: Detector) -> Self {
        self.detector = detector;
        self
    }

    /// Writes something else than `<REDACTED>`.
    #[must_use]
    pub fn with_template(mut self, template: RedactionTemplate) -> Self {
        self.template = template;
        self
    }

    /// What is found in a text, and the text without it; `None` where it is clean.
    fn clean(&self, text: &str, is_url: bool) -> Option<(Vec<&'static str>, String)> {
        let findings = if is_url {
            self.detector.scan_url(text)
        } else {
            self.detector.scan(text)
        };
        if findings.is_empty() {
            return None;
        }
        let redacted = if is_url {
            redact_url(text, &findings, &self.template)
        } else {
            redact(text, &findings, &self.template)
        };
        let entities = findings.iter().map(|finding| finding.entity.as_str());
        Some((entities.collect(), redacted.into_owned()))
    }

    /// The requested URL as a log may show it, whatever the action is: redacted, and without user name and query, which
    /// may hold credentials that no detector knows (attack 45).
    fn shown_url(&self, url: &Url) -> String {
        let query = if url.query().is_some() {
            "?[query]"
        } else {
            ""
        };
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        let bare = [url.scheme(), "://", authority, url.path()];
        let mut shown = String::with_capacity(url.as_str().len().saturating_add(query.len()));
        shown.extend(bare);
        if let Some((_, redacted)) = self.clean(&shown, true) {
            shown = redacted;
        }
        shown + query
    }

    fn check_text(
        &self,
        text: &mut PaymentText,
        found: &mut Vec<&'static str>,
    ) -> Result<(), Denial> {
        let Some((entities, redacted)) = self.clean(text.value(), text.is_url()) else {
            return Ok(());
        };
        found.extend(&entities);
        match self.action {
            PiiAction::Block => return Err(blocked(&entities)),
            PiiAction::Redact => {
                if !text.redact(redacted) {
                    tracing::warn!(
                        field = text.path(),
                        ?entities,
                        "personal data in a field that must not be changed"
                    );
                }
            }
            PiiAction::Warn => {
                tracing::warn!(field = text.path(), ?entities, "personal data in a payment");
            }
        }
        Ok(())
    }
}

impl Control for PiiControl {
    fn kind(&self) -> ControlKind {
        ControlKind::Pii
    }

    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        let shown = self.shown_url(payment.exchange().url());
        payment.set_shown_url(shown);
        let mut found = Vec::new();
        let verdict = payment
            .texts_mut()
            .iter_mut()
            .try_for_each(|text| self.check_text(text, &mut found));
        for entity in found {
            payment.note_finding(entity);
            telemetry::pii_found(entity, self.action.as_str());
        }
        Step::ready(verdict)
    }

    fn screen(&self, screening: &mut Screening<'_>) {
        if screening.purpose() == Purpose::Choose || self.action == PiiAction::Warn {
            return;
        }
        for field in screening.challenge().texts() {
            let Some((entities, redacted)) = self.clean(&field.value, field.is_url) else {
                continue;
            };
            if self.action == PiiAction::Block {
                let denial = blocked(&entities);
                screening.retain(|_, _| Err(denial.clone()));
                return;
            }
            screening.replace_text(&field, &redacted);
        }
    }
}

fn blocked(entities: &[&'static str]) -> Denial {
    Denial::new(
        DenialKind::PiiBlocked,
        "pii.blocked",
        format!(
            "personal data ({}) would travel with the payment; take it out of URL and description",
            entities.join(", ")
        ),
    )
}
