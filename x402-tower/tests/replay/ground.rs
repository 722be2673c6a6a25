//! A replay control in front of a scripted seller.

use std::sync::Arc;

use http::{Request, Response};
use tower::ServiceExt;
use x402_tower::pay::{PayService, Payer};
use x402_tower::replay::{FingerprintKey, ReplayControl};
use x402_tower::store::{Claims, MemoryStore};
use x402_tower::testing::{ManualClock, RecordingSigner, ScriptedBody, ScriptedSeller};
use x402_tower::{
    Chain, Context, Control, ControlService, Denial, GuardBody, PaymentRecord, ResourceMatch,
};

pub(crate) const URL: &str = "https://seller.example/report?id=7";
pub(crate) const NOW: u64 = 1_767_225_600;

pub(crate) type Answer = Response<GuardBody<ScriptedBody>>;

/// A fingerprint key; nothing secret is under it.
pub(crate) fn key() -> FingerprintKey {
    FingerprintKey::from_hex(&"000102030405060708090a0b0c0d0e0f".repeat(2)).unwrap()
}

/// A store, a clock, and controls that share them.
pub(crate) struct Ground {
    pub(crate) claims: Arc<dyn Claims>,
    pub(crate) clock: ManualClock,
    pub(crate) signer: RecordingSigner,
}

impl Ground {
    pub(crate) fn new() -> Self {
        Self::with_claims(MemoryStore::new())
    }

    pub(crate) fn with_claims(claims: impl Claims) -> Self {
        Self {
            claims: Arc::new(claims),
            clock: ManualClock::from_secs(NOW),
            signer: RecordingSigner::new(),
        }
    }

    pub(crate) fn control(&self) -> ReplayControl {
        ReplayControl::new(Arc::clone(&self.claims), key())
    }

    pub(crate) fn seller_context(&self) -> Context {
        Context::seller().with_clock(Arc::new(self.clock.clone()))
    }

    pub(crate) fn buyer_context(&self) -> Context {
        Context::buyer()
            .with_clock(Arc::new(self.clock.clone()))
            .with_resource_match(ResourceMatch::Any)
    }

    /// A seller's service behind the control.
    pub(crate) fn shop(&self, seller: &ScriptedSeller) -> ControlService<ScriptedSeller> {
        let chain = Chain::single(self.control());
        ControlService::new(seller.clone(), chain, self.seller_context())
    }

    /// A client whose payments a third party signs, behind the control.
    pub(crate) fn client(&self, seller: &ScriptedSeller) -> ControlService<ScriptedSeller> {
        let chain = Chain::single(self.control());
        ControlService::new(seller.clone(), chain, self.buyer_context())
    }

    /// A client that pays, behind the control.
    pub(crate) fn payer(&self, seller: &ScriptedSeller) -> PayService<ScriptedSeller> {
        self.payer_through(vec![Arc::new(self.control())], seller)
    }

    /// A client that pays, behind other controls.
    pub(crate) fn payer_through(
        &self,
        controls: Vec<Arc<dyn Control>>,
        seller: &ScriptedSeller,
    ) -> PayService<ScriptedSeller> {
        let chain = Chain::new(controls).unwrap();
        let payer = Payer::new(chain, self.buyer_context(), Arc::new(self.signer.clone()));
        PayService::with_payer(seller.clone(), payer)
    }
}

/// The same service without the control: what the attack is against.
pub(crate) fn unguarded(
    ground: &Ground,
    seller: &ScriptedSeller,
) -> ControlService<ScriptedSeller> {
    let chain = Chain::new(vec![]).unwrap();
    ControlService::new(seller.clone(), chain, ground.seller_context())
}

/// A seller that settles this many payments.
pub(crate) fn settling(times: usize) -> ScriptedSeller {
    (0..times).fold(ScriptedSeller::new(), |seller, _| seller.settle())
}

pub(crate) async fn call(
    service: &ControlService<ScriptedSeller>,
    request: Request<ScriptedBody>,
) -> Answer {
    service.clone().oneshot(request).await.unwrap()
}

pub(crate) fn denial<B>(response: &Response<B>) -> Option<&'static str> {
    response.extensions().get::<Denial>().map(Denial::code)
}

pub(crate) fn outcome<B>(response: &Response<B>) -> Option<&'static str> {
    let record = response.extensions().get::<PaymentRecord>();
    record.map(|record| record.outcome().as_str())
}
