//! What a control looks at: the payment, the exchange it belongs to, and how it ended.

mod approvals;
mod exchange;
mod findings;
mod id;
mod id_stock;
mod notes;
mod operation;
mod outcome;
mod record;
mod terms;
mod text;

use core::fmt;
use std::sync::Arc;

use http::Extensions;

pub use approvals::{ApprovalSignatures, Approvals};
pub use exchange::{AgentId, AgentIdError, Exchange, MAX_AGENT_ID_BYTES, Position};
pub use findings::Findings;
pub use id::PaymentId;
pub use notes::MAX_NOTES;
pub use operation::Operation;
pub use outcome::{NotSent, Outcome, Refusal, Uncertainty};
pub use record::PaymentRecord;
pub use terms::Terms;
pub use text::PaymentText;

use notes::Notes;

use crate::control::ControlKind;
use crate::denial::Denial;
use crate::store::RequestKey;
use crate::wire::{Authorization, TextField, Version};

/// A payment on its way through the controls.
pub struct Payment {
    id: PaymentId,
    exchange: Exchange,
    version: Version,
    terms: Terms,
    authorization: Option<Arc<Authorization>>,
    texts: Vec<PaymentText>,
    shown_url: Option<String>,
    findings: Findings,
    notes: Notes,
    policy_revision: Option<Arc<str>>,
    fingerprint: Option<[u8; 32]>,
    approvals: Option<Box<Approvals>>,
    summed: bool,
    used_request: Option<Box<[u8; 32]>>,
    set_aside: bool,
    claimed: Vec<[u8; 32]>,
    request_key: Option<RequestKey>,
    resent: bool,
    extensions: Extensions,
}

/// The warning that personal data travelled all the same.
const KEPT: &str = "pii.kept";

impl Payment {
    /// A payment of `terms` in `exchange`.
    #[must_use]
    pub fn new(id: PaymentId, exchange: Exchange, version: Version, terms: Terms) -> Self {
        let policy_revision = exchange.policy_revision.clone();
        let in_request = exchange.findings.clone();
        let mut payment = Self {
            id,
            findings: Findings::new(),
            exchange,
            version,
            terms,
            authorization: None,
            texts: Vec::new(),
            shown_url: None,
            notes: Notes::default(),
            policy_revision,
            fingerprint: None,
            approvals: None,
            summed: false,
            used_request: None,
            set_aside: false,
            claimed: Vec::new(),
            request_key: None,
            resent: false,
            extensions: Extensions::new(),
        };
        payment.note_findings(&in_request);
        payment
    }

    pub(crate) fn set_authorization(&mut self, authorization: impl Into<Arc<Authorization>>) {
        self.authorization = Some(authorization.into());
    }

    pub(crate) fn set_texts(&mut self, texts: Vec<TextField>) {
        self.texts = PaymentText::all(texts);
    }

    pub(crate) fn with_texts(mut self, texts: Vec<TextField>) -> Self {
        self.set_texts(texts);
        self
    }

    /// Names this payment everywhere.
    #[must_use]
    pub fn id(&self) -> PaymentId {
        self.id
    }

    /// The exchange that it belongs to.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// The protocol version that it is paid in.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// What would be paid.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The signed authorization, once there is one.
    #[must_use]
    pub fn authorization(&self) -> Option<&Authorization> {
        self.authorization.as_deref()
    }

    /// Every free text that would travel with the payment.
    #[must_use]
    pub fn texts(&self) -> &[PaymentText] {
        &self.texts
    }

    /// The same, to redact.
    pub fn texts_mut(&mut self) -> &mut [PaymentText] {
        &mut self.texts
    }

    /// The requested URL as a log may show it: set by the control that screened it, else nothing.
    #[must_use]
    pub fn shown_url(&self) -> Option<&str> {
        self.shown_url.as_deref()
    }

    /// Says how a log may show the requested URL. Only a control that has screened it should.
    pub fn set_shown_url(&mut self, url: String) {
        self.shown_url = Some(url);
    }

    /// Entity types of personal data that were found, with how often.
    #[must_use]
    pub fn findings(&self) -> &[(&'static str, u32)] {
        self.findings.all()
    }

    /// Those of them that stayed where they were, because nothing may be changed there.
    #[must_use]
    pub fn kept_findings(&self) -> &[(&'static str, u32)] {
        self.findings.all_kept()
    }

    pub(crate) fn all_findings(&self) -> &Findings {
        &self.findings
    }

    /// Notes that personal data was found, and taken out.
    pub fn note_finding(&mut self, entity: &'static str) {
        self.findings.redacted(entity);
    }

    /// Notes what was found in the payment or beside it. What stayed where it was is a warning on the record as well:
    /// `pii.kept`.
    pub fn note_findings(&mut self, findings: &Findings) {
        self.findings.extend(findings);
        if !findings.all_kept().is_empty() {
            self.note_warning(KEPT);
        }
    }

    /// Codes of what controls found worth a warning and let pass, such as a recipient that is not the pinned one.
    #[must_use]
    pub fn warnings(&self) -> &[&'static str] {
        &self.notes.warnings
    }

    /// Notes a warning by its stable code. It ends up in the audit record.
    pub fn note_warning(&mut self, code: &'static str) {
        self.notes.warn(code);
    }

    /// Whether there were more than [`MAX_NOTES`] notes of one kind, so that some are missing.
    #[must_use]
    pub fn notes_clipped(&self) -> bool {
        self.notes.clipped
    }

    /// What controls in shadow denied, in the order in which they did: none of it held.
    #[must_use]
    pub fn shadowed(&self) -> &[(ControlKind, Denial)] {
        &self.notes.shadowed
    }

    pub(crate) fn note_shadowed(&mut self, control: ControlKind, denial: Denial) {
        self.notes.would_deny(control, denial);
    }

    /// What each text was redacted to, to be put back after a control in shadow has looked.
    pub(crate) fn redactions(&self) -> (Vec<Option<String>>, Findings) {
        (PaymentText::redactions(&self.texts), self.findings.clone())
    }

    /// Puts back what the texts were before, and says so of what was found in them since.
    pub(crate) fn restore_redactions(&mut self, before: (Vec<Option<String>>, Findings)) {
        let (redactions, findings) = before;
        PaymentText::restore(&mut self.texts, redactions);
        let since = self.findings.since(&findings).none_taken_out();
        self.findings = findings;
        self.note_findings(&since);
    }

    /// The revision of the policy that decides: the guard's, or that of the policy control that looked.
    #[must_use]
    pub fn policy_revision(&self) -> Option<&str> {
        self.policy_revision.as_deref()
    }

    /// Says which policy decided.
    pub fn set_policy_revision(&mut self, revision: Arc<str>) {
        self.policy_revision = Some(revision);
    }

    /// What the replay control claimed for it, where one did.
    #[must_use]
    pub fn fingerprint(&self) -> Option<&[u8; 32]> {
        self.fingerprint.as_ref()
    }

    /// Says what was claimed.
    pub fn set_fingerprint(&mut self, fingerprint: [u8; 32]) {
        self.fingerprint = Some(fingerprint);
    }

    /// Who approved it, where approvals were needed.
    #[must_use]
    pub fn approvals(&self) -> Option<&Approvals> {
        self.approvals.as_deref()
    }

    /// Says who approved it.
    pub fn set_approvals(&mut self, approvals: Approvals) {
        self.approvals = Some(Box::new(approvals));
    }

    /// Whether the approval control counts it in the sum of its recipient.
    pub(crate) fn is_summed(&self) -> bool {
        self.summed
    }

    pub(crate) fn note_summed(&mut self, summed: bool) {
        self.summed = summed;
    }

    /// Digest of the countersigned request that it has used up.
    pub(crate) fn used_request(&self) -> Option<&[u8; 32]> {
        self.used_request.as_deref()
    }

    pub(crate) fn note_used_request(&mut self, request: Option<[u8; 32]>) {
        self.used_request = request.map(Box::new);
    }

    /// Whether the policy set money aside for it.
    pub(crate) fn is_set_aside(&self) -> bool {
        self.set_aside
    }

    pub(crate) fn note_set_aside(&mut self, set_aside: bool) {
        self.set_aside = set_aside;
    }

    /// Digests of what the replay control claimed for it, in the order of the claims.
    pub(crate) fn claimed(&self) -> &[[u8; 32]] {
        &self.claimed
    }

    pub(crate) fn claimed_mut(&mut self) -> &mut Vec<[u8; 32]> {
        &mut self.claimed
    }

    /// The logical request under which its signed payment is kept, where it is.
    #[must_use]
    pub fn request_key(&self) -> Option<RequestKey> {
        self.request_key
    }

    pub(crate) fn note_request_key(&mut self, key: RequestKey) {
        self.request_key = Some(key);
    }

    /// Whether it was signed before, and may have left before: it is sent again, byte for byte.
    #[must_use]
    pub fn is_resent(&self) -> bool {
        self.resent
    }

    pub(crate) fn resent(mut self) -> Self {
        self.resent = true;
        self
    }

    /// What controls of your own keep about this payment between its steps.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// The same, to add to.
    pub fn extensions_mut(&mut self) -> &mut Extensions {
        &mut self.extensions
    }
}

/// Shows typed fields only: texts may hold personal data.
impl fmt::Debug for Payment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payment")
            .field("id", &self.id)
            .field("exchange", &self.exchange)
            .field("version", &self.version)
            .field("terms", &self.terms)
            .field("texts", &self.texts.len())
            .finish_non_exhaustive()
    }
}
