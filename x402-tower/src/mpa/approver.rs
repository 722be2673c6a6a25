//! Who is asked, and how.

use core::fmt;
use std::sync::Arc;

use url::Url;

use super::countersignature::{Countersigner, Countersigning, Identity, Key};
use super::webhook::Webhook;
use super::{ApprovalSecret, MpaError};
use crate::payment::AgentId;

/// Longest id of an approver, in bytes.
const MAX_ID_BYTES: usize = 128;

/// Somebody whose approval counts once: asked by webhook, or known by a key that countersigns.
///
/// What is wrong with one is said when the [`MpaControl`](super::MpaControl) is made. `Debug` shows the id and the kind.
///
/// ```
/// use x402_tower::mpa::{ApprovalSecret, Approver};
///
/// let secret = ApprovalSecret::new("3f8a1c5de27b49601122334455667788")?;
/// let approvers = [
///     Approver::webhook("alice", "https://approvals.example.com/alice").with_shared_secret(secret),
///     Approver::ed25519("bob", [0x3b; 32]),
/// ];
/// assert_eq!(approvers[0].id(), "alice");
/// # Ok::<(), x402_tower::mpa::MpaError>(())
/// ```
#[derive(Clone)]
pub struct Approver {
    id: Arc<str>,
    agents: Vec<AgentId>,
    means: Means,
}

#[derive(Clone)]
enum Means {
    Webhook(Webhook),
    Countersignature(Countersigning),
    /// A key that is none; told when the control is made.
    BadKey,
    /// A countersigner on a webhook; told when the control is made.
    SignerOfWebhook,
}

/// How an approver that is fit to be asked is asked.
#[derive(Clone, Copy)]
pub(super) enum Asked<'a> {
    Webhook(&'a Webhook),
    Countersignature(&'a Countersigning),
}

impl Approver {
    /// An approver who answers a `POST` to `url`.
    ///
    /// Without [`with_shared_secret`](Self::with_shared_secret) it is TLS alone that says who answered.
    #[must_use]
    pub fn webhook(id: &str, url: &str) -> Self {
        Self::new(id, Means::Webhook(Webhook::new(url)))
    }

    /// An approver who countersigns with HMAC-SHA256.
    #[must_use]
    pub fn hmac(id: &str, secret: ApprovalSecret) -> Self {
        Self::countersigning(id, Key::Hmac(secret))
    }

    /// An approver who countersigns with Ed25519, by the 32 bytes of the public key.
    #[must_use]
    pub fn ed25519(id: &str, public_key: [u8; 32]) -> Self {
        match Key::ed25519(&public_key) {
            Some(key) => Self::countersigning(id, key),
            None => Self::new(id, Means::BadKey),
        }
    }

    fn countersigning(id: &str, key: Key) -> Self {
        let means = Countersigning { key, signer: None };
        Self::new(id, Means::Countersignature(means))
    }

    fn new(id: &str, means: Means) -> Self {
        Self {
            id: id.into(),
            agents: Vec::new(),
            means,
        }
    }

    /// Signs the webhook's requests with `secret`, and believes only answers that are signed with it.
    #[must_use]
    pub fn with_shared_secret(mut self, secret: ApprovalSecret) -> Self {
        if let Means::Webhook(webhook) = &mut self.means {
            webhook.secret = Some(secret);
        }
        self
    }

    /// Believes signed answers of a webhook that do not say which request they answer, as simple endpoints give them.
    ///
    /// Whoever has seen one signed approval can then give it again for any other payment (attack 96); TLS is all that
    /// keeps others from seeing one.
    #[must_use]
    pub fn dangerous_accept_unbound_answers(mut self) -> Self {
        if let Means::Webhook(webhook) = &mut self.means {
            webhook.unbound = true;
        }
        self
    }

    /// Asks `signer` for this approver's countersignature, where the caller brings none.
    #[must_use]
    pub fn with_countersigner(mut self, signer: impl Countersigner) -> Self {
        match &mut self.means {
            Means::Countersignature(means) => means.signer = Some(Arc::new(signer)),
            Means::Webhook(_) => self.means = Means::SignerOfWebhook,
            Means::BadKey | Means::SignerOfWebhook => {}
        }
        self
    }

    /// Says that this approver runs `agent`: its payments cannot be approved by it (attack 99). An approver never
    /// approves payments of an agent of its own name, whether it is named here or not.
    #[must_use]
    pub fn running_agent(mut self, agent: AgentId) -> Self {
        self.agents.push(agent);
        self
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn shared_id(&self) -> Arc<str> {
        Arc::clone(&self.id)
    }

    /// Whether a payment of `agent` is one of its own. Upper and lower case are the same, against the spender.
    pub(super) fn is_initiator(&self, agent: &AgentId) -> bool {
        let same = |name: &str| name.eq_ignore_ascii_case(agent.as_str());
        same(&self.id) || self.agents.iter().any(|own| same(own.as_str()))
    }

    /// How to ask it; `None` for one that no control was made with.
    pub(super) fn asked(&self) -> Option<Asked<'_>> {
        match &self.means {
            Means::Webhook(webhook) => Some(Asked::Webhook(webhook)),
            Means::Countersignature(means) => Some(Asked::Countersignature(means)),
            Means::BadKey | Means::SignerOfWebhook => None,
        }
    }

    /// Whether it is asked by webhook.
    pub(super) fn is_webhook(&self) -> bool {
        matches!(self.means, Means::Webhook(_))
    }

    /// Checks what can be checked about one approver alone; `place` counts from 1.
    pub(super) fn check(&self, place: usize, private_hosts: &[String]) -> Result<(), MpaError> {
        let letters = |b: u8| b.is_ascii_alphanumeric() || b"._-:@/".contains(&b);
        if !(1..=MAX_ID_BYTES).contains(&self.id.len()) || !self.id.bytes().all(letters) {
            return Err(MpaError::ApproverId { place });
        }
        let id = || self.id.as_ref().to_owned();
        match &self.means {
            Means::Webhook(webhook) => match webhook.problem(private_hosts) {
                Some(problem) => Err(MpaError::WebhookUrl { id: id(), problem }),
                None => Ok(()),
            },
            Means::Countersignature(_) => Ok(()),
            Means::BadKey => Err(MpaError::PublicKey { id: id() }),
            Means::SignerOfWebhook => Err(MpaError::CountersignerOfWebhook { id: id() }),
        }
    }

    /// Whether this and `other` could be one who votes twice: they have one key, or one secret, whatever each uses it for,
    /// or one address that tells them apart by nothing else.
    pub(super) fn is_one_with(&self, other: &Self) -> bool {
        let same_key = self
            .identity()
            .is_some_and(|own| other.identity() == Some(own));
        same_key || self.shares_address(other)
    }

    fn identity(&self) -> Option<Identity> {
        match &self.means {
            Means::Webhook(webhook) => webhook
                .secret
                .as_ref()
                .map(|secret| Identity::Secret(secret.identity())),
            Means::Countersignature(means) => Some(means.key.identity()),
            Means::BadKey | Means::SignerOfWebhook => None,
        }
    }

    /// Two webhooks at one address are two approvers only where each signs with its own secret.
    fn shares_address(&self, other: &Self) -> bool {
        let (Means::Webhook(one), Means::Webhook(two)) = (&self.means, &other.means) else {
            return false;
        };
        let unsigned = one.secret.is_none() || two.secret.is_none();
        let same = |(one, two): (&Url, &Url)| {
            let end = url::Position::AfterPath;
            one[..end] == two[..end]
        };
        unsigned && one.url().zip(two.url()).is_some_and(same)
    }
}

impl fmt::Debug for Approver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind: &dyn fmt::Debug = match &self.means {
            Means::Webhook(webhook) => webhook,
            Means::Countersignature(means) => means,
            Means::BadKey | Means::SignerOfWebhook => &"unusable",
        };
        f.debug_struct("Approver")
            .field("id", &self.id)
            .field("by", kind)
            .finish_non_exhaustive()
    }
}
