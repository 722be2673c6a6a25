//! Three approvers of large payments, each behind a webhook of their own: two decide by the price, one never answers.

mod webhook;

use std::sync::Arc;
use std::time::Duration;

use url::Url;
use x402_tower::Usd;
use x402_tower::mpa::{ApprovalSecret, Approver, MpaConfig};

use webhook::Webhook;

use crate::Failure;
use crate::servers::Servers;

/// Payments of at least this need approvals.
pub(crate) const FROM: Usd = Usd::from_micros(50_000);
/// How many.
pub(crate) const THRESHOLD: usize = 2;
/// How long they are waited for.
pub(crate) const WAIT: Duration = Duration::from_secs(30);

/// Most that an approver says yes to.
const MOST: Usd = Usd::from_micros(60_000);
/// Who there is, and what each approves at most; one of them never answers.
const NAMES: [(&str, Option<Usd>); 3] =
    [("bob", Some(MOST)), ("carol", Some(MOST)), ("dave", None)];

/// Everybody who is asked.
#[derive(Debug)]
pub(crate) struct Approvers(Vec<Member>);

#[derive(Debug)]
struct Member {
    name: &'static str,
    url: Url,
    webhook: Arc<Webhook>,
}

/// What an approver said, by name; `None` without an answer.
pub(crate) type Said = (&'static str, Option<bool>);

impl Approvers {
    /// Opens a webhook for each, with a fresh secret.
    pub(crate) async fn open(servers: &mut Servers) -> Result<Self, Failure> {
        let mut members = Vec::new();
        for (name, most) in NAMES {
            let webhook = Arc::new(Webhook::new(fresh_secret()?, most, servers.stopped()));
            let url = servers
                .add(webhook::router(Arc::clone(&webhook)), 0)
                .await?;
            let url = url.join(webhook::PATH)?;
            members.push(Member { name, url, webhook });
        }
        Ok(Self(members))
    }

    /// What the agent's guard has to know. Webhooks without TLS and on private addresses are for hosts that are named.
    pub(crate) fn config(&self) -> MpaConfig {
        let config = MpaConfig::new(THRESHOLD)
            .with_min_amount(FROM)
            .with_timeout(WAIT)
            .with_private_host("127.0.0.1");
        self.0.iter().fold(config, |config, member| {
            let approver = Approver::webhook(member.name, member.url.as_str());
            config.with_approver(approver.with_shared_secret(member.webhook.secret().clone()))
        })
    }

    /// What each has said since this was asked last.
    pub(crate) fn take_answers(&self) -> Vec<Said> {
        let answer = |member: &Member| (member.name, member.webhook.take_answer());
        self.0.iter().map(answer).collect()
    }
}

fn fresh_secret() -> Result<ApprovalSecret, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| "the operating system gave no random bytes")?;
    Ok(ApprovalSecret::new(const_hex::encode(bytes))?)
}
