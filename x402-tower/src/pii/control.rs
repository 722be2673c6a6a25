//! The detector as a control.

use http::header::HeaderName;
use url::{Position, Url};

use super::outgoing::{RequestScreen, may_change};
use super::{Detector, PiiAction, RedactionTemplate, redact, redact_url};
use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::outgoing::{OutgoingRequest, RequestNeed};
use crate::payment::{Findings, Payment, PaymentText};
use crate::screening::{Purpose, Screening, TextScreening};
use crate::step::Step;
use crate::telemetry;
use crate::wire::TextField;

/// How often a text that held personal data is looked at, before it is let go.
const ROUNDS: usize = 16;

/// Keeps personal data out of payments, of the agent's own requests where that is wanted, and of what logs say about
/// them.
///
/// | what | [`Redact`](PiiAction::Redact) | [`Block`](PiiAction::Block) | [`Warn`](PiiAction::Warn) |
/// |---|---|---|---|
/// | free text of a payment or challenge | replaced | denied | kept, reported |
/// | what is signed, matched or echoed | kept, reported | denied | kept, reported |
/// | receipts and facilitators' answers | explanations replaced, the rest kept and reported | as redact: who paid has to know | kept, reported |
/// | the agent's own URL, headers, body | each off unless [set](Self::with_request_bodies) | | |
///
/// "Reported" is an event of the log and a count in [`PaymentRecord::kept_findings`](crate::PaymentRecord::kept_findings);
/// neither shows the data. What a body cannot be read as, or may not be changed in, is denied under both redact and block:
/// nobody knows what would leave.
///
/// ```
/// use x402_tower::pii::{PiiAction, PiiControl};
///
/// let control = PiiControl::new()
///     .with_request_urls(PiiAction::Block)
///     .with_request_headers(PiiAction::Redact, [http::header::REFERER])
///     .with_request_bodies(PiiAction::Redact);
/// ```
#[derive(Debug, Clone, Default)]
pub struct PiiControl {
    pub(super) detector: Detector,
    action: PiiAction,
    template: RedactionTemplate,
    pub(super) request: RequestScreen,
}

impl PiiControl {
    /// Redacts every kind of personal data that it knows from payments, and leaves the agent's own requests alone.
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

    /// Screens the URLs of the agent's own requests: user name, path and query, percent-encoded or not. A redacted one is
    /// requested, and paid for, in place of the original.
    #[must_use]
    pub fn with_request_urls(mut self, action: PiiAction) -> Self {
        self.request.urls = Some(action);
        self
    }

    /// Screens these headers of the agent's own requests. Those that frame a message, route it or carry a payment are
    /// never changed and are left out.
    #[must_use]
    pub fn with_request_headers(
        mut self,
        action: PiiAction,
        names: impl IntoIterator<Item = HeaderName>,
    ) -> Self {
        self.request.set_headers(action, names);
        self
    }

    /// Whether a header may be screened: it neither frames a message, nor routes it, nor carries a payment.
    #[must_use]
    pub fn may_screen_header(name: &HeaderName) -> bool {
        may_change(name)
    }

    /// Screens the bodies of the agent's own requests: JSON value by value, forms and text as a whole. A body in which
    /// something is found but nothing can be changed, such as multipart, is denied unless the action is to warn; images,
    /// sound, video, fonts, archives and `application/octet-stream` are not looked into.
    #[must_use]
    pub fn with_request_bodies(mut self, action: PiiAction) -> Self {
        self.request.bodies = Some(action);
        self
    }

    /// What is found in a text, and the text without it; `None` where it is clean.
    ///
    /// What is taken out may be all that hid the number glued to it, so it is looked at again until nothing is left, up to
    /// [`ROUNDS`] times.
    pub(crate) fn clean(&self, text: &str, is_url: bool) -> Option<(Vec<&'static str>, String)> {
        let (mut entities, mut clean) = self.clean_once(text, is_url)?;
        for _ in 1..ROUNDS {
            match self.clean_once(&clean, is_url) {
                Some((more, cleaner)) if cleaner != clean => {
                    entities.extend(more);
                    clean = cleaner;
                }
                _ => break,
            }
        }
        Some((entities, clean))
    }

    fn clean_once(&self, text: &str, is_url: bool) -> Option<(Vec<&'static str>, String)> {
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

    /// A path as a log may show it: its keys are the sender's words.
    pub(super) fn shown_path(&self, path: &str) -> String {
        self.clean(path, false)
            .map_or_else(|| path.to_owned(), |(_, redacted)| redacted)
    }

    fn check_text(
        &self,
        action: PiiAction,
        text: &mut PaymentText,
        findings: &mut Findings,
    ) -> Result<(), Denial> {
        let Some((entities, redacted)) = self.clean(text.value(), text.is_url()) else {
            return Ok(());
        };
        let taken_out = action == PiiAction::Redact && text.redact(redacted);
        note(findings, action, &entities, taken_out);
        if action == PiiAction::Block {
            return Err(blocked(&entities));
        }
        if !taken_out {
            self.report(text.path(), text.is_rewritable(), &entities);
        }
        Ok(())
    }

    fn report(&self, path: &str, may_change: bool, entities: &[&'static str]) {
        let field = self.shown_path(path);
        if may_change {
            tracing::warn!(field, ?entities, "personal data in a payment");
        } else {
            tracing::warn!(
                field,
                ?entities,
                "personal data in a field that must not be changed"
            );
        }
    }

    /// Redacts one text of a challenge; `Err` where it keeps the whole challenge back.
    fn screen_field(&self, screening: &mut Screening<'_>, field: &TextField) -> Result<(), Denial> {
        let Some((entities, redacted)) = self.clean(&field.value, field.is_url) else {
            return Ok(());
        };
        for entity in &entities {
            telemetry::pii_found(entity, self.action.as_str());
        }
        match self.action {
            PiiAction::Block => return Err(blocked(&entities)),
            PiiAction::Redact if field.rewritable => screening.replace_text(field, &redacted),
            PiiAction::Redact | PiiAction::Warn => {
                self.report(&field.path, field.rewritable, &entities);
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
        let mut findings = Findings::new();
        let verdict = payment
            .texts_mut()
            .iter_mut()
            .try_for_each(|text| self.check_text(self.action, text, &mut findings));
        payment.note_findings(&findings);
        Step::ready(verdict)
    }

    fn screen(&self, screening: &mut Screening<'_>) {
        if screening.purpose() == Purpose::Choose {
            return;
        }
        for field in screening.challenge().texts() {
            if let Err(denial) = self.screen_field(screening, &field) {
                screening.refuse(denial);
                return;
            }
        }
    }

    fn screen_texts(&self, texts: &mut TextScreening<'_>) -> Result<(), Denial> {
        let action = match self.action {
            PiiAction::Block if !texts.place().may_deny() => PiiAction::Redact,
            action => action,
        };
        let (texts, findings) = texts.parts();
        texts
            .iter_mut()
            .try_for_each(|text| self.check_text(action, text, findings))
    }

    fn request_need(&self) -> RequestNeed {
        self.request.need()
    }

    fn screen_request(&self, request: &mut OutgoingRequest<'_>) -> Result<(), Denial> {
        self.screen_outgoing(request)
    }
}

pub(super) fn note(
    findings: &mut Findings,
    action: PiiAction,
    entities: &[&'static str],
    taken_out: bool,
) {
    for entity in entities {
        telemetry::pii_found(entity, action.as_str());
        if taken_out {
            findings.redacted(entity);
        } else {
            findings.kept(entity);
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
