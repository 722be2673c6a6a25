//! Attack 116: what approvers are asked and answer, and who else gets to know of it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tower::ServiceExt;
use x402_tower::mpa::{
    ApprovalRequest, ApprovalSecret, Approver, Countersigner, MpaConfig, NotApproved, WebhookFault,
    WebhookTransport,
};
use x402_tower::payment::ApprovalSignatures;
use x402_tower::pii::{PiiAction, PiiControl};
use x402_tower::testing::ScriptedSeller;
use x402_tower::wire::Version;
use x402_tower::{Denial, Step};

use crate::ground::{Answer, BOTH, Empty, Ground, cent, denial, get, outcome};
use crate::sinks::{CARD, Chatterbox, EMAIL, KEY, SIGNED, Said, canaries, leaking, overheard, url};

/// The path of a webhook, which is a secret in itself.
const HOOK: &str = "T0BpQ7xZr19LkWv3Yc5Nd8Me2Jf6Hs4Ga";

/// What the approver does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Conduct {
    Approves,
    Refuses,
    /// Answers with personal data where an approval should stand.
    Babbles,
    /// Approves with an HMAC that is none.
    Forges,
    Fails,
    Hangs,
}

/// An approver behind a webhook that keeps what it was asked.
#[derive(Debug, Clone)]
struct Script(Conduct, Arc<Mutex<Vec<Request<Bytes>>>>);

impl WebhookTransport for Script {
    fn post(&self, request: Request<Bytes>) -> Step<'_, Result<Response<Bytes>, WebhookFault>> {
        let question: Value = serde_json::from_slice(request.body()).unwrap();
        self.1.lock().push(request);
        let answer = |approved: bool| {
            json!({
                "approved": approved,
                "request_id": question["request"]["request_id"],
                "digest": question["request"]["digest"],
                "note": format!("{EMAIL} says so"),
            })
            .to_string()
        };
        let (body, tag) = match self.0 {
            Conduct::Approves => (answer(true), None),
            Conduct::Refuses => (answer(false), None),
            Conduct::Babbles => (format!("{EMAIL} {CARD} {KEY}"), None),
            Conduct::Forges => (answer(true), Some(SIGNED.repeat(4))),
            Conduct::Fails => return Step::ready(Err(WebhookFault::Connection)),
            Conduct::Hangs => return Step::wait(core::future::pending()),
        };
        let tag = tag.unwrap_or_else(|| secret().sign(body.as_bytes()));
        let mut response = Response::new(Bytes::from(body));
        let value = tag.parse().unwrap();
        response.headers_mut().insert("x-mpa-hmac", value);
        Step::ready(Ok(response))
    }
}

fn secret() -> ApprovalSecret {
    ApprovalSecret::new(KEY).unwrap()
}

fn by_webhook(script: &Script) -> MpaConfig {
    let url = format!("https://approvals.example.com/{HOOK}");
    MpaConfig::new(1)
        .with_timeout(Duration::from_secs(5))
        .with_approver(Approver::webhook("alice", &url).with_shared_secret(secret()))
        .with_webhook_transport(script.clone())
}

/// A purchase that needs approvals, with everything that is said about it.
struct Purchase {
    ground: Ground,
    said: Said,
    seller: ScriptedSeller,
}

impl Purchase {
    fn of(version: Version) -> Self {
        Self {
            ground: Ground::new(),
            said: Said::default(),
            seller: ScriptedSeller::new()
                .challenge(&leaking(version, cent()))
                .settle(),
        }
    }

    async fn buy(&self, approvals: &MpaConfig, pii: PiiControl, request: Request<Empty>) -> Answer {
        self.said.debug("Debug of approvals", approvals);
        let builder = self.ground.builder().pii(pii).mpa(approvals.clone());
        let builder = builder.control(Chatterbox(self.said.clone()));
        let config = builder.build().unwrap();
        self.said.debug("Debug of a configuration", &config);
        let guard = self.ground.guard_with(config, self.seller.clone());
        overheard(&self.said, guard.oneshot(request)).await.unwrap()
    }

    /// Takes what the answer and the log say, and looks for everything that must not be there.
    async fn assert_clean(&self, answer: Answer, more: &[String]) {
        if let Some(denial) = answer.extensions().get::<Denial>()
            && let Some(shortfall) = NotApproved::of(denial)
        {
            self.said.error("what is missing of approvals", shortfall);
        }
        self.said.answer(answer).await;
        self.said.note("the audit log", self.ground.audit_text());
        self.ground.verify();
        self.said.assert_heard();
        let mut hidden = canaries();
        hidden.push(HOOK.to_owned());
        hidden.extend_from_slice(more);
        self.said.assert_clean(&hidden);
    }
}

fn request() -> Request<Empty> {
    let mut request = get(&url());
    let headers = request.headers_mut();
    let order = format!("order of {EMAIL}");
    headers.insert("idempotency-key", order.parse().unwrap());
    headers.insert("authorization", format!("Bearer {KEY}").parse().unwrap());
    request
}

#[tokio::test(start_paused = true)]
async fn attack_116_webhooks_are_asked_without_personal_data_and_not_repeated() {
    for (conduct, expected) in [
        (Conduct::Approves, None),
        (Conduct::Refuses, Some("mpa.denied")),
        (Conduct::Babbles, Some("mpa.denied")),
        (Conduct::Forges, Some("mpa.denied")),
        (Conduct::Fails, Some("mpa.denied")),
        (Conduct::Hangs, Some("mpa.timeout")),
    ] {
        for version in BOTH {
            let purchase = Purchase::of(version);
            let script = Script(conduct, Arc::default());
            let approvals = by_webhook(&script);
            let answer = purchase.buy(&approvals, PiiControl::new(), request()).await;
            assert_eq!(denial(&answer), expected, "{conduct:?}");
            let asked = script.1.lock().clone();
            assert_eq!(asked.len(), 1);
            let question: Value = serde_json::from_slice(asked[0].body()).unwrap();
            let texts = question["untrusted_texts"].to_string();
            assert!(texts.contains("REDACTED"), "there was something to show");
            // What the seller says is shown as such, where it is not personal.
            let question = question.to_string().replace("evil-text", "…");
            purchase.said.note("a question", question);
            purchase
                .said
                .debug("headers of a question", asked[0].headers());
            let tag = asked[0].headers()["x-mpa-signature"].to_str().unwrap();
            purchase.assert_clean(answer, &[tag.to_owned()]).await;
        }
    }
}

/// A control that only warns leaves personal data in what is paid for, and says so. What the approver sees then is what
/// the seller wrote; nobody else may see it all the same.
#[tokio::test]
async fn attack_116_what_a_warned_approver_sees_stays_with_the_approver() {
    for version in BOTH {
        let purchase = Purchase::of(version);
        let script = Script(Conduct::Refuses, Arc::default());
        let pii = PiiControl::new().with_action(PiiAction::Warn);
        let answer = purchase.buy(&by_webhook(&script), pii, request()).await;
        assert_eq!(denial(&answer), Some("mpa.denied"));
        let asked = script.1.lock().clone();
        purchase
            .said
            .debug("headers of a question", asked[0].headers());
        purchase.assert_clean(answer, &[]).await;
    }
}

/// Without screening, nothing that the seller wrote and no path is shown to an approver.
#[tokio::test]
async fn attack_116_approvers_see_nothing_that_was_not_screened() {
    for version in BOTH {
        let purchase = Purchase::of(version);
        let script = Script(Conduct::Approves, Arc::default());
        let builder = purchase.ground.builder().without_pii();
        let config = builder.mpa(by_webhook(&script)).build().unwrap();
        let guard = purchase.ground.guard_with(config, purchase.seller.clone());
        let answer = overheard(&purchase.said, guard.oneshot(request())).await;
        let asked = script.1.lock().clone();
        let question = String::from_utf8(asked[0].body().to_vec()).unwrap();
        purchase.said.note("a question", question);
        purchase.assert_clean(answer.unwrap(), &[]).await;
    }
}

/// Somebody in this process who signs, refuses, or says what no signature is.
#[derive(Debug, Clone, Copy)]
struct Here(Conduct);

impl Countersigner for Here {
    fn countersign<'a>(&'a self, request: &'a ApprovalRequest) -> Step<'a, Option<String>> {
        Step::ready(match self.0 {
            Conduct::Approves => Some(secret().sign(request.payload().as_bytes())),
            Conduct::Forges => Some(SIGNED.repeat(4)),
            Conduct::Babbles => Some(format!("{EMAIL} {KEY}")),
            _ => None,
        })
    }
}

#[tokio::test]
async fn attack_116_countersigners_and_what_they_sign_show_nothing() {
    for conduct in [
        Conduct::Approves,
        Conduct::Forges,
        Conduct::Babbles,
        Conduct::Refuses,
    ] {
        let purchase = Purchase::of(Version::V2);
        let treasury = Approver::hmac("treasury", secret()).with_countersigner(Here(conduct));
        let approvals = MpaConfig::new(1).with_approver(treasury);
        let answer = purchase.buy(&approvals, PiiControl::new(), request()).await;
        let paid = outcome(&answer) == Some("settled");
        assert_eq!(paid, conduct == Conduct::Approves);
        purchase.assert_clean(answer, &[]).await;
    }
}

type Countersign = fn(&ApprovalRequest) -> String;

#[tokio::test]
async fn attack_116_countersignatures_that_a_caller_brings_are_not_shown() {
    let approvals = MpaConfig::new(1).with_approver(Approver::hmac("treasury", secret()));
    let sign = |request: &ApprovalRequest| secret().sign(request.payload().as_bytes());
    let forge = |_: &ApprovalRequest| SIGNED.repeat(4);
    let babble = |_: &ApprovalRequest| format!("{EMAIL} {KEY}");
    let ways: [(Countersign, _); 3] = [
        (sign, None),
        (forge, Some("mpa.approval_required")),
        (babble, Some("mpa.approval_required")),
    ];
    for (signing, expected) in ways {
        let mut purchase = Purchase::of(Version::V2);
        let refused = purchase.buy(&approvals, PiiControl::new(), request()).await;
        assert_eq!(denial(&refused), Some("mpa.approval_required"));
        let wanted = NotApproved::of(refused.extensions().get::<Denial>().unwrap());
        let wanted = wanted.unwrap().request.clone().unwrap();
        purchase.said.debug("Debug of an approval request", &wanted);
        purchase
            .said
            .note("what is to be signed", wanted.payload().to_owned());
        let signature = signing(&wanted);
        let signatures: ApprovalSignatures =
            wanted.signatures().with_signature("treasury", &signature);
        purchase.said.debug("Debug of signatures", &signatures);
        let mut again = request();
        again.extensions_mut().insert(signatures);
        purchase.said.answer(refused).await;
        purchase.seller = Purchase::of(Version::V2).seller;
        let answer = purchase.buy(&approvals, PiiControl::new(), again).await;
        assert_eq!(denial(&answer), expected);
        purchase.assert_clean(answer, &[signature]).await;
    }
}
