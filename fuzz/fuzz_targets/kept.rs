//! What a store kept for a retry, and what a ledger remembers of a payment: whoever can write to the store may have changed
//! it. It is refused or read, and nothing is signed beside it.

#![no_main]

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Builder;
use tower_service::Service;
use x402_tower::pay::{PayService, Payer};
use x402_tower::store::{Kept, Put, Reach, RequestKey, SentPayment, SignedPayments, StoreError};
use x402_tower::testing::{
    ManualClock, Offer, RecordingSigner, ScriptedBody, ScriptedChallenge, settlement_for,
};
use x402_tower::{Chain, Context, Denial, Idempotency, PaymentRecord, Step, UnixMillis};

const URL: &str = "https://api.example.com/report";

/// Holds the same bytes under every key.
#[derive(Debug)]
struct Scribbled(Vec<u8>);

impl SignedPayments for Scribbled {
    fn load(&self, _: RequestKey, _: UnixMillis) -> Step<'_, Result<Option<Kept>, StoreError>> {
        Step::ready(Ok(Some(Kept::new(1, self.0.clone()))))
    }

    fn put(
        &self,
        _: RequestKey,
        expected: Option<u64>,
        _: &[u8],
        _: UnixMillis,
        _: UnixMillis,
    ) -> Step<'_, Result<Put, StoreError>> {
        assert_eq!(expected, Some(1), "what is there is not overlooked");
        Step::ready(Ok(Put::Done(2)))
    }

    fn remove(&self, _: RequestKey, _: u64) -> Step<'_, Result<bool, StoreError>> {
        Step::ready(Ok(true))
    }

    fn reach(&self) -> Reach {
        Reach::Process
    }
}

/// Asks for a cent, and settles what it is paid.
#[derive(Clone)]
struct Seller;

impl Service<Request<ScriptedBody>> for Seller {
    type Response = Response<ScriptedBody>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<ScriptedBody>) -> Self::Future {
        let headers = request.headers();
        let paid = headers.contains_key("payment-signature") || headers.contains_key("x-payment");
        std::future::ready(Ok(if paid {
            settlement_for(headers)
        } else {
            ScriptedChallenge::v2(URL, [Offer::usdc(10_000)]).to_response()
        }))
    }
}

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(sent) = SentPayment::from_json(text)
    {
        assert_eq!(SentPayment::from_json(&sent.to_json()), Ok(sent));
    }
    // The id in clear, and then how it is kept: as it is.
    let kept = [&[7; 16][..], &[0], data].concat();
    let signer = RecordingSigner::new();
    let context = Context::buyer().with_clock(Arc::new(ManualClock::from_secs(1_700_000_000)));
    let key = x402_tower::replay::FingerprintKey::from_hex(&"0a0b".repeat(16)).expect("a key");
    let payer = Payer::new(
        Chain::new(vec![]).expect("no control is out of order"),
        context,
        Arc::new(signer.clone()),
    )
    .with_idempotency(Idempotency::new(Arc::new(Scribbled(kept)), key));
    let mut service = PayService::with_payer(Seller, payer);
    let runtime = Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let request = Request::get(URL)
        .body(ScriptedBody::from(Bytes::new()))
        .expect("a request");
    let answer = runtime
        .block_on(service.call(request))
        .expect("it never fails");
    // The digest of what was requested is keyed: no bytes of a stranger fit it.
    assert!(answer.extensions().get::<Denial>().is_some());
    assert!(answer.extensions().get::<PaymentRecord>().is_none());
    assert_eq!(signer.count(), 0);
});
