//! What a payment leaves in the log.

use core::cmp::Ordering;
use std::borrow::Cow;

use super::event::AuditEventType;
use super::line::CLIPPED_TEXT;
use super::sink::TornTail;

/// How many kinds of PII one record names; the counts of further ones are added up under `OTHER`.
pub const MAX_PII_ENTITIES: usize = 32;

/// How many entries each list of a record has: warnings, shadow denials, approvals. A list that was cut ends in
/// `...[clipped]`.
pub const MAX_LIST_ENTRIES: usize = 32;

/// The name for findings of kinds that a record has no room for.
pub(super) const OTHER_PII: &str = "OTHER";

/// One event, as it is handed to [`AuditLog::write`](super::AuditLog::write).
///
/// Whoever builds it has redacted it: a record takes texts as they are, and only makes them safe to
/// print. Texts that are too long for the log are cut, and say so ([`MAX_LINE_BYTES`](super::MAX_LINE_BYTES)).
/// Fields that were not set are left out of the line. Field names follow presidio-hardened-x402 0.3 where
/// it has one.
///
/// ```
/// use x402_tower::audit::{AuditEventType, AuditRecord};
///
/// let record = AuditRecord::new(AuditEventType::PolicyBlocked, 1_767_225_600_000)
///     .agent_id("researcher")
///     .decision_id("d-1")
///     .resource_url("https://api.example.com/report")
///     .amount_usd_micros(50_000_000)
///     .code("policy.over_daily_limit");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct AuditRecord<'a> {
    pub(super) event_type: AuditEventType,
    pub(super) timestamp_ms: u64,
    pub(super) amount_usd_micros: Option<u64>,
    pub(super) pii_entities_found: Vec<(Cow<'a, str>, u32)>,
    pub(super) other_pii: u32,
    pub(super) policy_limit_usd_micros: Option<u64>,
    pub(super) warnings: Vec<Cow<'a, str>>,
    pub(super) shadow: Vec<Cow<'a, str>>,
    pub(super) approvals: Vec<Cow<'a, str>>,
    pub(super) torn: Option<TornTail>,
    pub(super) agent_id: Option<Cow<'a, str>>,
    pub(super) decision_id: Option<Cow<'a, str>>,
    pub(super) position: Option<Cow<'a, str>>,
    pub(super) method: Option<Cow<'a, str>>,
    pub(super) resource_url: Option<Cow<'a, str>>,
    pub(super) origin: Option<Cow<'a, str>>,
    pub(super) amount: Option<Cow<'a, str>>,
    pub(super) asset: Option<Cow<'a, str>>,
    pub(super) network: Option<Cow<'a, str>>,
    pub(super) scheme: Option<Cow<'a, str>>,
    pub(super) pay_to: Option<Cow<'a, str>>,
    pub(super) control: Option<Cow<'a, str>>,
    pub(super) code: Option<Cow<'a, str>>,
    pub(super) outcome: Option<Cow<'a, str>>,
    pub(super) replay_fingerprint: Option<Cow<'a, str>>,
    pub(super) transaction: Option<Cow<'a, str>>,
    pub(super) policy_revision: Option<Cow<'a, str>>,
    pub(super) reason: Option<Cow<'a, str>>,
    pub(super) error_message: Option<Cow<'a, str>>,
    pub(super) note: Option<Cow<'a, str>>,
}

macro_rules! text_setters {
    ($($(#[$doc:meta])+ $field:ident;)+) => {
        $(
            $(#[$doc])+
            pub fn $field(mut self, text: impl Into<Cow<'a, str>>) -> Self {
                self.$field = Some(text.into());
                self
            }
        )+
    };
}

impl<'a> AuditRecord<'a> {
    /// A record of something that happened at `timestamp_ms`, in milliseconds since the Unix epoch.
    pub const fn new(event_type: AuditEventType, timestamp_ms: u64) -> Self {
        Self {
            event_type,
            timestamp_ms,
            amount_usd_micros: None,
            pii_entities_found: Vec::new(),
            other_pii: 0,
            policy_limit_usd_micros: None,
            warnings: Vec::new(),
            shadow: Vec::new(),
            approvals: Vec::new(),
            torn: None,
            agent_id: None,
            decision_id: None,
            position: None,
            method: None,
            resource_url: None,
            origin: None,
            amount: None,
            asset: None,
            network: None,
            scheme: None,
            pay_to: None,
            control: None,
            code: None,
            outcome: None,
            replay_fingerprint: None,
            transaction: None,
            policy_revision: None,
            reason: None,
            error_message: None,
            note: None,
        }
    }

    text_setters! {
        /// Which agent pays.
        agent_id;
        /// The decision that the record belongs to: an intent and its outcome carry the same one.
        decision_id;
        /// Where the guard stands: `buyer`, `seller` or `facilitator`.
        position;
        /// The HTTP method of the request.
        method;
        /// The URL that was requested, after redaction.
        resource_url;
        /// The origin that was asked and answered, as in `https://api.example.com`.
        origin;
        /// The amount in the asset's atomic units, in digits.
        amount;
        /// The asset: a contract address or its chain's own name for it.
        asset;
        /// The network, as CAIP-2.
        network;
        /// The payment scheme, as in `exact`.
        scheme;
        /// Who is paid.
        pay_to;
        /// The control that decided: `pii`, `policy`, `replay`, `mpa`.
        control;
        /// The stable code of the denial.
        code;
        /// How the payment ended: `settled`, `rejected`, `unknown`, `not_sent`, `blocked`; `released` where it was found out
        /// later that it never can be settled.
        outcome;
        /// The beginning of the payment's replay fingerprint, in hex.
        replay_fingerprint;
        /// The transaction that the receipt names.
        transaction;
        /// The revision of the policy that decided.
        policy_revision;
        /// Why, as a plain word: `cancelled`, `transport`, `oracle_unused`, what a counterparty's receipt gave as its error
        /// code.
        reason;
        /// What a denial said, for people to read; already redacted.
        error_message;
        /// What an operator gave as the reason for what they did; already redacted.
        note;
    }

    /// The price in micro-dollars. The line holds it twice: as a whole number, and as exact dollars.
    pub const fn amount_usd_micros(mut self, micros: u64) -> Self {
        self.amount_usd_micros = Some(micros);
        self
    }

    /// Adds `count` findings of one kind of PII, by its name and never by its text.
    pub fn pii_entity(mut self, kind: impl Into<Cow<'a, str>>, count: u32) -> Self {
        let kind = kind.into();
        let found = &mut self.pii_entities_found;
        let full = found.len() >= MAX_PII_ENTITIES || kind == OTHER_PII;
        match found.binary_search_by(|(seen, _)| seen.cmp(&kind)) {
            Ok(at) => {
                if let Some((_, seen)) = found.get_mut(at) {
                    *seen = seen.saturating_add(count);
                }
            }
            Err(_) if full => self.other_pii = self.other_pii.saturating_add(count),
            Err(at) => found.insert(at, (kind, count)),
        }
        self
    }

    /// The limit that a denied payment met, in micro-dollars; the line shows exact dollars.
    pub const fn policy_limit_usd_micros(mut self, micros: u64) -> Self {
        self.policy_limit_usd_micros = Some(micros);
        self
    }

    /// Adds the code of something that a control warned of and let pass.
    pub fn warning(mut self, code: impl Into<Cow<'a, str>>) -> Self {
        list(&mut self.warnings, code.into());
        self
    }

    /// Adds the code of a denial that a control in shadow mode would have made.
    pub fn shadow(mut self, code: impl Into<Cow<'a, str>>) -> Self {
        list(&mut self.shadow, code.into());
        self
    }

    /// Adds the id of somebody who approved.
    pub fn approval(mut self, approver_id: impl Into<Cow<'a, str>>) -> Self {
        list(&mut self.approvals, approver_id.into());
        self
    }

    pub(super) fn torn(mut self, torn: TornTail) -> Self {
        self.torn = Some(torn);
        self
    }
}

/// Adds an entry while there is room; the last place says that the list was cut.
fn list<'a>(entries: &mut Vec<Cow<'a, str>>, entry: Cow<'a, str>) {
    match (entries.len().saturating_add(1)).cmp(&MAX_LIST_ENTRIES) {
        Ordering::Less => entries.push(entry),
        Ordering::Equal => entries.push(Cow::Borrowed(CLIPPED_TEXT)),
        Ordering::Greater => {}
    }
}
