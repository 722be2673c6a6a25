//! A buyer, its controls and its signer in front of a scripted seller.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::ServiceExt;
use x402_tower::pay::{PayService, Payer};
use x402_tower::testing::{
    ManualClock, Offer, RecordingControl, RecordingSigner, ScriptedBody, ScriptedChallenge,
    ScriptedSeller, SellerError,
};
use x402_tower::{
    Chain, Context, Control, ControlKind, Denial, GuardBody, PaymentRecord, wire::Version,
};

pub(crate) const URL: &str = "https://api.example.com/report?id=7";
pub(crate) const NOW: u64 = 1_700_000_000;

pub(crate) type Answer = Result<Response<GuardBody<ScriptedBody>>, SellerError>;

/// A chain of one policy control, a signer and the guard's clock.
pub(crate) struct Buyer {
    pub(crate) control: RecordingControl,
    pub(crate) signer: RecordingSigner,
}

impl Buyer {
    pub(crate) fn new() -> Self {
        Self {
            control: RecordingControl::new(ControlKind::Policy),
            signer: RecordingSigner::new(),
        }
    }

    pub(crate) fn with_signer(signer: RecordingSigner) -> Self {
        Self {
            signer,
            ..Self::new()
        }
    }

    pub(crate) fn with_control(control: RecordingControl) -> Self {
        Self {
            control,
            ..Self::new()
        }
    }

    pub(crate) fn service(&self, seller: &ScriptedSeller) -> PayService<ScriptedSeller> {
        let control: Arc<dyn Control> = Arc::new(self.control.clone());
        let chain = Chain::new(vec![control]).unwrap();
        let payer = Payer::new(chain, context(), Arc::new(self.signer.clone()));
        PayService::with_payer(seller.clone(), payer)
    }

    pub(crate) async fn get(&self, seller: &ScriptedSeller) -> Answer {
        self.service(seller).oneshot(get(URL)).await
    }
}

pub(crate) fn context() -> Context {
    Context::buyer().with_clock(Arc::new(ManualClock::from_secs(NOW)))
}

pub(crate) fn get(url: &str) -> Request<Full<Bytes>> {
    Request::get(url).body(Full::default()).unwrap()
}

pub(crate) const VERSIONS: [Version; 2] = [Version::V1, Version::V2];

/// A seller that asks for one cent and settles.
pub(crate) fn honest_seller(version: Version) -> ScriptedSeller {
    ScriptedSeller::new()
        .challenge(&ScriptedChallenge::new(version, URL, [Offer::usdc(10_000)]))
        .settle()
}

pub(crate) fn denial<B>(response: &Response<B>) -> Option<&'static str> {
    response.extensions().get::<Denial>().map(Denial::code)
}

pub(crate) fn outcome<B>(response: &Response<B>) -> Option<&'static str> {
    let record = response.extensions().get::<PaymentRecord>()?;
    Some(record.outcome().as_str())
}

/// Asserts the pass condition of every buyer-side block: nothing was signed, nothing left, and one control heard why.
pub(crate) async fn assert_blocked(seller: ScriptedSeller, code: &str) {
    let buyer = Buyer::new();
    let response = buyer.get(&seller).await.unwrap();
    assert_eq!(denial(&response), Some(code));
    assert_eq!(buyer.signer.count(), 0, "the signer was called");
    assert_eq!(seller.requests().len(), 1, "a second request left");
    assert_eq!(buyer.control.lines(), [format!("policy refused {code}")]);
}
