//! The whole guard of each position, one control of it alone, and all but one.

use std::sync::Arc;

use base64::prelude::{BASE64_STANDARD, Engine};
use http::{HeaderMap, Request};
use serde_json::Value;
use tower::ServiceExt;
use tower_layer::Layer;
use x402_tower::facilitator::{FacilitatorGuard, FacilitatorGuardService};
use x402_tower::guard::GuardConfigBuilder;
use x402_tower::mpa::{ApprovalSecret, Approver, MpaConfig};
use x402_tower::pay::{PayService, Payer};
use x402_tower::policy::PolicyConfig;
use x402_tower::replay::FingerprintKey;
use x402_tower::testing::{RecordingSigner, ScriptedChallenge, ScriptedSeller};
use x402_tower::{
    Chain, Context, ControlKind, ControlService, FacilitatorGuardLayer, GuardConfig, Usd,
    X402GuardLayer,
};

use crate::ground::{Answer, Empty, Ground, get, outcome};

pub(super) const EMAIL: &str = "alice@example.com";

/// What of the whole guard stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    Only(ControlKind),
    Without(ControlKind),
    Whole,
}

/// A guard of one position, with all that it writes to, and nothing in any of it yet.
pub(super) struct Stage {
    pub(super) ground: Ground,
    guard: Guard,
    config: GuardConfig,
    /// The key of whoever signs without this guard.
    foreign: RecordingSigner,
}

impl Stage {
    /// Two dollars a payment, five a day, and an approval from a dollar on, which nobody gives.
    pub(super) fn buyer(guard: Guard) -> Self {
        let policy = PolicyConfig::new()
            .with_max_per_call(Usd::parse("2.00").unwrap())
            .with_daily_limit(Usd::parse("5.00").unwrap());
        let ground = Ground::with_policy(policy);
        let secret = ApprovalSecret::new("the secret of alice, who is away").unwrap();
        let approvals = MpaConfig::new(1)
            .with_min_amount(Usd::parse("1.00").unwrap())
            .with_approver(Approver::hmac("alice", secret));
        let builder = ground.builder().mpa(approvals);
        Self::of(ground, guard, builder, 5)
    }

    pub(super) fn seller(guard: Guard) -> Self {
        Self::spending_nothing(guard, GuardConfig::seller())
    }

    pub(super) fn facilitator_bound(guard: Guard) -> Self {
        Self::spending_nothing(guard, GuardConfig::facilitator())
    }

    fn spending_nothing(guard: Guard, builder: GuardConfigBuilder) -> Self {
        let ground = Ground::new();
        let builder = builder
            .claims(ground.store.clone())
            .fingerprint_key(FingerprintKey::from_hex(&"0a0b".repeat(16)).unwrap())
            .audit(Arc::clone(&ground.log))
            .clock(Arc::new(ground.clock.clone()));
        Self::of(ground, guard, builder, 3)
    }

    fn of(ground: Ground, guard: Guard, builder: GuardConfigBuilder, controls: usize) -> Self {
        let config = builder.build().unwrap();
        assert_eq!(config.chain().kinds().count(), controls, "the whole guard");
        Self {
            ground,
            guard,
            config,
            foreign: RecordingSigner::new(),
        }
    }

    /// The controls that stand, out of the whole guard's own.
    fn chain(&self) -> Chain {
        let whole = self.config.chain();
        let stands = |kind: ControlKind| match self.guard {
            Guard::Only(only) => kind == only,
            Guard::Without(missing) => kind != missing,
            Guard::Whole => true,
        };
        let standing = whole.controls().filter(|control| stands(control.kind()));
        let chain = Chain::new(standing.cloned().collect()).unwrap();
        let expected = match self.guard {
            Guard::Only(_) => 1,
            Guard::Without(_) => whole.kinds().count() - 1,
            Guard::Whole => whole.kinds().count(),
        };
        assert_eq!(chain.kinds().count(), expected, "{:?}", self.guard);
        chain
    }

    /// A client that pays with its own signer.
    pub(super) fn paying(&self, seller: &ScriptedSeller) -> PayService<ScriptedSeller> {
        if self.guard == Guard::Whole {
            return self.ground.guard_with(self.config.clone(), seller.clone());
        }
        let signer = Arc::new(self.ground.signer.clone());
        let payer = Payer::new(self.chain(), self.config.context(), signer);
        PayService::with_payer(seller.clone(), payer)
    }

    /// A client whose payments somebody else signs, or a service that sells.
    pub(super) fn watching(&self, inner: &ScriptedSeller) -> ControlService<ScriptedSeller> {
        if self.guard == Guard::Whole {
            return X402GuardLayer::new(self.config.clone()).layer(inner.clone());
        }
        ControlService::new(inner.clone(), self.chain(), self.config.context())
    }

    /// A seller's client for its facilitator.
    pub(super) fn asking(
        &self,
        facilitator: &ScriptedSeller,
    ) -> FacilitatorGuardService<ScriptedSeller> {
        let layer = if self.guard == Guard::Whole {
            FacilitatorGuardLayer::new(&self.config)
        } else {
            let guard = FacilitatorGuard::with_chain(self.chain(), self.config.context());
            FacilitatorGuardLayer::with_guard(guard)
        };
        layer.layer(facilitator.clone())
    }

    /// A request for `url` with the next payment that somebody without a guard signed for what `challenge` asks.
    pub(super) async fn signed(&self, url: &str, challenge: &ScriptedChallenge) -> Request<Empty> {
        let seller = ScriptedSeller::new().challenge(challenge).settle();
        let context = Context::buyer().with_clock(Arc::new(self.ground.clock.clone()));
        let signer = Arc::new(self.foreign.clone());
        let payer = Payer::new(Chain::new(vec![]).unwrap(), context, signer);
        let payer = PayService::with_payer(seller.clone(), payer);
        let answer: Answer = payer.oneshot(get(url)).await.unwrap();
        assert_eq!(outcome(&answer), Some("settled"), "signed without a guard");
        let mut request = get(url);
        *request.headers_mut() = seller.requests().remove(1).headers;
        request
    }
}

/// A service that settles this many payments.
pub(super) fn settling(times: usize) -> ScriptedSeller {
    (0..times).fold(ScriptedSeller::new(), |seller, _| seller.settle())
}

/// The JSON in a base64 header.
pub(super) fn decoded(headers: &HeaderMap, name: &str) -> Value {
    let json = BASE64_STANDARD.decode(&headers[name]).unwrap();
    serde_json::from_slice(&json).unwrap()
}
