//! A buyer whose payments need approvals, in front of a seller that asks for them.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::ServiceExt;
use x402_tower::mpa::{ApprovalRequest, ApprovalSecret, MpaConfig, MpaControl, NotApproved};
use x402_tower::pay::{PayService, Payer};
use x402_tower::payment::ApprovalSignatures;
use x402_tower::testing::{
    ManualClock, Offer, RecordingSigner, ScriptedBody, ScriptedChallenge, ScriptedSeller,
};
use x402_tower::{AgentId, Chain, Context, Control, Denial, GuardBody, PaymentRecord};

pub(crate) const URL: &str = "https://api.example.com/report?id=7";
pub(crate) const NOW: u64 = 1_700_000_000;

pub(crate) type Answer = Response<GuardBody<ScriptedBody>>;

/// A chain, a signer and a clock. Clones share them.
#[derive(Clone)]
pub(crate) struct Buyer {
    chain: Chain,
    pub(crate) clock: ManualClock,
    pub(crate) signer: RecordingSigner,
}

/// One attempt to buy.
pub(crate) struct Attempt {
    pub(crate) offer: Offer,
    pub(crate) signatures: Option<ApprovalSignatures>,
    pub(crate) agent: Option<&'static str>,
    pub(crate) description: &'static str,
}

impl Attempt {
    pub(crate) fn of(offer: Offer) -> Self {
        Self {
            offer,
            signatures: None,
            agent: None,
            description: "a report",
        }
    }

    pub(crate) fn signed(mut self, signatures: ApprovalSignatures) -> Self {
        self.signatures = Some(signatures);
        self
    }

    pub(crate) fn by(mut self, agent: &'static str) -> Self {
        self.agent = Some(agent);
        self
    }

    pub(crate) fn described(mut self, text: &'static str) -> Self {
        self.description = text;
        self
    }
}

impl Buyer {
    pub(crate) fn guarded(controls: Vec<Arc<dyn Control>>) -> Self {
        Self {
            chain: Chain::new(controls).unwrap(),
            clock: ManualClock::from_secs(NOW),
            signer: RecordingSigner::new(),
        }
    }

    /// A buyer without the control: what every attack is held against.
    pub(crate) fn unguarded() -> Self {
        Self::guarded(vec![])
    }

    pub(crate) fn asking(config: MpaConfig) -> Self {
        Self::with_control(MpaControl::new(config).unwrap())
    }

    pub(crate) fn with_control(control: MpaControl) -> Self {
        Self::guarded(vec![Arc::new(control)])
    }

    pub(crate) fn with_signer(mut self, signer: RecordingSigner) -> Self {
        self.signer = signer;
        self
    }

    /// Buys from a seller that asks for `attempt.offer` and settles.
    pub(crate) async fn buy(&self, attempt: Attempt) -> Answer {
        let challenge =
            ScriptedChallenge::v2(URL, [attempt.offer]).description(attempt.description);
        let seller = ScriptedSeller::new().challenge(&challenge).settle();
        let context = Context::buyer().with_clock(Arc::new(self.clock.clone()));
        let payer = Payer::new(self.chain.clone(), context, Arc::new(self.signer.clone()));
        let mut request = Request::get(URL).body(Full::<Bytes>::default()).unwrap();
        if let Some(signatures) = attempt.signatures {
            request.extensions_mut().insert(signatures);
        }
        if let Some(agent) = attempt.agent {
            request
                .extensions_mut()
                .insert(AgentId::new(agent).unwrap());
        }
        let service = PayService::with_payer(seller, payer);
        service.oneshot(request).await.unwrap()
    }

    /// Buys something for so many cents.
    pub(crate) async fn pay(&self, cents: u64) -> Answer {
        self.buy(Attempt::of(offer(cents))).await
    }

    /// Tries, and answers what has to be signed.
    pub(crate) async fn request_for(&self, cents: u64) -> ApprovalRequest {
        let refused = self.pay(cents).await;
        assert_eq!(code(&refused), Some("mpa.approval_required"));
        not_approved(&refused).request.unwrap()
    }
}

/// USDC for so many cents.
pub(crate) fn offer(cents: u64) -> Offer {
    Offer::usdc(cents * 10_000)
}

/// A secret that only `name` has.
pub(crate) fn secret(name: &str) -> ApprovalSecret {
    ApprovalSecret::new(format!("the secret of {name}, and of nobody else")).unwrap()
}

pub(crate) fn code(response: &Answer) -> Option<&'static str> {
    response.extensions().get::<Denial>().map(Denial::code)
}

pub(crate) fn not_approved(response: &Answer) -> NotApproved {
    let denial = response.extensions().get::<Denial>().unwrap();
    NotApproved::of(denial).unwrap().clone()
}

#[track_caller]
pub(crate) fn assert_paid(response: &Answer) {
    assert_eq!(code(response), None);
    let record = response.extensions().get::<PaymentRecord>().unwrap();
    assert_eq!(record.outcome().as_str(), "settled");
}

/// The shortfall, and how many approvals came of how many.
#[track_caller]
pub(crate) fn assert_refused(
    response: &Answer,
    expected: &str,
    approvals: usize,
    threshold: usize,
) {
    assert_eq!(code(response), Some(expected));
    let told = not_approved(response);
    assert_eq!((told.approvals, told.threshold), (approvals, threshold));
}
