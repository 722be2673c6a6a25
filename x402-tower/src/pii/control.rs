//! The detector as a control.

use http::header::HeaderName;
use url::{Position, Url};

use super::found::{Actions, Found, Text};
use super::outgoing::{RequestScreen, may_change};
use super::{Detector, Operators, PiiAction, RedactionOperator, RedactionTemplate};
use crate::control::{Control, ControlKind};
use crate::denial::{Denial, DenialKind};
use crate::outgoing::{OutgoingRequest, RequestNeed};
use crate::payment::{Findings, Payment, PaymentText};
use crate::screening::{Purpose, Screening, TextScreening};
use crate::step::Step;
use crate::telemetry;
use crate::wire::TextField;

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
/// A private key, a recovery phrase, a token or a key of a service ([`EntityType::Secret`](super::EntityType::Secret)) is
/// denied with the code `pii.secret`, also where personal data is redacted or let pass: whoever sees one can use it, and a
/// marker in its place would only hide that it was about to leave (attack 117). That holds for payments, challenges and
/// those parts of the agent's own requests that are screened. What is not screened is not searched for secrets either: an
/// agent's `Authorization` header is where a secret belongs. Receipts and answers cannot be denied, so secrets are taken
/// out of them. [`with_secret_action`](Self::with_secret_action) chooses otherwise.
///
/// ```
/// use x402_tower::pii::{PiiAction, PiiControl};
///
/// let control = PiiControl::new()
///     .with_request_urls(PiiAction::Block)
///     .with_request_headers(PiiAction::Redact, [http::header::REFERER])
///     .with_request_bodies(PiiAction::Redact);
/// ```
#[derive(Debug, Clone)]
pub struct PiiControl {
    pub(super) detector: Detector,
    pub(super) action: PiiAction,
    secret_action: PiiAction,
    pub(super) operators: Operators,
    pub(super) request: RequestScreen,
}

impl PiiControl {
    /// Redacts every kind of personal data that it knows from payments, denies those with secrets, and leaves the agent's
    /// own requests alone.
    #[must_use]
    pub fn new() -> Self {
        Self {
            detector: Detector::new(),
            action: PiiAction::Redact,
            secret_action: PiiAction::Block,
            operators: Operators::new(),
            request: RequestScreen::default(),
        }
    }

    /// Does something else than redact.
    #[must_use]
    pub fn with_action(mut self, action: PiiAction) -> Self {
        self.action = action;
        self
    }

    /// Does something else than deny what holds a secret, in payments and in those parts of the agent's own requests that
    /// are screened.
    #[must_use]
    pub fn with_secret_action(mut self, action: PiiAction) -> Self {
        self.secret_action = action;
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
        self.operators = self
            .operators
            .with_default(RedactionOperator::Replace(template));
        self
    }

    /// Masks, hashes or removes some kinds, or all.
    #[must_use]
    pub fn with_operators(mut self, operators: Operators) -> Self {
        self.operators = operators;
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

    /// What happens in a place whose action is `personal`.
    pub(super) const fn actions(&self, personal: PiiAction) -> Actions {
        Actions::new(personal, self.secret_action)
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
        if let Some((_, redacted)) = self.hide(&shown, true) {
            shown = redacted;
        }
        shown + query
    }

    /// A path as a log may show it: its keys are the sender's words.
    pub(super) fn shown_path(&self, path: &str) -> String {
        self.hide(path, false)
            .map_or_else(|| path.to_owned(), |(_, redacted)| redacted)
    }

    fn check_text(
        &self,
        actions: Actions,
        text: &mut PaymentText,
        findings: &mut Findings,
    ) -> Result<(), Denial> {
        let looked_at = Text {
            field: Some(text.path()),
            value: text.value(),
            is_url: text.is_url(),
        };
        match self.find(looked_at, actions) {
            Some(found) => self.act_on(text, found, findings),
            None => Ok(()),
        }
    }

    /// Takes out of a text what was found, leaves or denies it.
    pub(super) fn act_on(
        &self,
        text: &mut PaymentText,
        mut found: Found,
        findings: &mut Findings,
    ) -> Result<(), Denial> {
        let taken_out =
            found.has(PiiAction::Redact) && text.redact(std::mem::take(&mut found.text));
        note(findings, &found, taken_out);
        if found.has(PiiAction::Block) {
            return Err(blocked(&found));
        }
        if !taken_out || found.has(PiiAction::Warn) {
            self.report(text.path(), text.is_rewritable(), &found, taken_out);
        }
        Ok(())
    }

    /// Says what was found and left.
    fn report(&self, path: &str, may_change: bool, found: &Found, taken_out: bool) {
        let field = self.shown_path(path);
        let entities = if taken_out {
            found.names(PiiAction::Warn)
        } else {
            found.all_names()
        };
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
        match self.find(Text::of_field(field), self.actions(self.action)) {
            Some(found) => self.act_on_field(screening, field, &found),
            None => Ok(()),
        }
    }

    /// Takes out of a text of a challenge what was found, leaves or denies it.
    pub(super) fn act_on_field(
        &self,
        screening: &mut Screening<'_>,
        field: &TextField,
        found: &Found,
    ) -> Result<(), Denial> {
        for (entity, action) in found.entities() {
            telemetry::pii_found(entity, action.as_str());
        }
        if found.has(PiiAction::Block) {
            return Err(blocked(found));
        }
        let taken_out = found.has(PiiAction::Redact) && field.rewritable;
        if taken_out {
            screening.replace_text(field, &found.text);
        }
        if !taken_out || found.has(PiiAction::Warn) {
            self.report(&field.path, field.rewritable, found, taken_out);
        }
        Ok(())
    }
}

impl Default for PiiControl {
    fn default() -> Self {
        Self::new()
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
        let actions = self.actions(self.action);
        let verdict = payment
            .texts_mut()
            .iter_mut()
            .try_for_each(|text| self.check_text(actions, text, &mut findings))
            .and_then(|()| self.check_across(actions, payment.texts_mut(), &mut findings));
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
        if let Err(denial) = self.screen_across(screening) {
            screening.refuse(denial);
        }
    }

    fn screen_texts(&self, texts: &mut TextScreening<'_>) -> Result<(), Denial> {
        let mut actions = self.actions(self.action);
        if !texts.place().may_deny() {
            actions = actions.without_denial();
        }
        let (texts, findings) = texts.parts();
        texts
            .iter_mut()
            .try_for_each(|text| self.check_text(actions, text, findings))?;
        self.check_across(actions, texts, findings)
    }

    fn request_need(&self) -> RequestNeed {
        self.request.need()
    }

    fn screen_request(&self, request: &mut OutgoingRequest<'_>) -> Result<(), Denial> {
        self.screen_outgoing(request)
    }
}

/// Notes what was found: what is to be taken out as such where it is, everything else as kept.
pub(super) fn note(findings: &mut Findings, found: &Found, taken_out: bool) {
    for (entity, action) in found.entities() {
        telemetry::pii_found(entity, action.as_str());
        if taken_out && action == PiiAction::Redact {
            findings.redacted(entity);
        } else {
            findings.kept(entity);
        }
    }
}

fn blocked(found: &Found) -> Denial {
    found.denial("the payment", |entities| {
        Denial::new(
            DenialKind::PiiBlocked,
            "pii.blocked",
            format!(
                "personal data ({}) would travel with the payment; take it out of URL and description",
                entities.join(", ")
            ),
        )
    })
}
