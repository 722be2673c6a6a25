//! Other middleware around the guard: wrapped errors, and retries that must not pay twice.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::SystemTime;

use axum::http::{Extensions, StatusCode};
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use reqwest_retry::{RetryDecision, RetryPolicy, RetryTransientMiddleware};
use x402_tower_reqwest::{GuardMiddleware, X402Error, payment_record};

use crate::Buyer;
use crate::controls::Recorder;
use crate::seller::{Asked, Reply, Seller, challenge_v2, honest, status};

/// Retries a number of times, at once.
struct AtOnce(u32);

impl RetryPolicy for AtOnce {
    fn should_retry(&self, started: SystemTime, past: u32) -> RetryDecision {
        if past < self.0 {
            RetryDecision::Retry {
                execute_after: started,
            }
        } else {
            RetryDecision::DoNotRetry
        }
    }
}

/// Gives up once the payment has left, and tries again.
struct Impatient(Arc<Seller>);

#[async_trait::async_trait]
impl Middleware for Impatient {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let again = request.try_clone().unwrap();
        tokio::select! {
            answer = next.clone().run(request, extensions) => panic!("{answer:?}"),
            () = self.0.paid() => {}
        }
        next.run(again, extensions).await
    }
}

/// Wraps errors as its own.
struct Wrapping;

#[derive(Debug, thiserror::Error)]
#[error("the call failed")]
struct Wrapped(#[source] reqwest_middleware::Error);

#[async_trait::async_trait]
impl Middleware for Wrapping {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let answer = next.run(request, extensions).await;
        answer.map_err(|error| reqwest_middleware::Error::middleware(Wrapped(error)))
    }
}

/// The guard inside `reqwest-retry`.
fn retrying(buyer: &Buyer, retries: u32) -> ClientWithMiddleware {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    ClientBuilder::new(client)
        .with(RetryTransientMiddleware::new_with_policy(AtOnce(retries)))
        .with(GuardMiddleware::new(buyer.payer.clone()))
        .build()
}

async fn denial_is_found_and_not_retried(retries: u32) {
    let seller = Seller::start(honest).await;
    let buyer = Buyer::with(Recorder::denying());
    let request = retrying(&buyer, retries).get(seller.url("/report"));
    let error = request.send().await.unwrap_err();
    let found = X402Error::from_middleware(&error).unwrap();
    assert!(found.is_policy_violation());
    assert_eq!(found.code(), "policy.test");
    assert_eq!(X402Error::from(error).code(), "policy.test");
    assert_eq!(seller.asked().len(), 1);
}

#[tokio::test]
async fn a_denial_is_found_inside_a_retry_layer_without_retries() {
    denial_is_found_and_not_retried(0).await;
}

#[tokio::test]
async fn a_denial_is_found_inside_a_retry_layer_and_not_retried() {
    denial_is_found_and_not_retried(3).await;
}

#[tokio::test]
async fn a_denial_is_found_without_other_middleware() {
    let seller = Seller::start(honest).await;
    let buyer = Buyer::with(Recorder::denying());
    let client = ClientBuilder::new(reqwest::Client::new())
        .with(GuardMiddleware::new(buyer.payer.clone()))
        .build();
    let error = client.get(seller.url("/report")).send().await.unwrap_err();
    let found = X402Error::from_middleware(&error).unwrap();
    assert_eq!(found.denial().unwrap().code(), "policy.test");
    assert_eq!(
        error.to_string(),
        "the x402 guard stopped the request (policy.test)"
    );
}

#[tokio::test]
async fn a_denial_is_found_inside_several_wrappers() {
    let seller = Seller::start(honest).await;
    let buyer = Buyer::with(Recorder::denying());
    let client = ClientBuilder::new(reqwest::Client::new())
        .with(Wrapping)
        .with(RetryTransientMiddleware::new_with_policy(AtOnce(3)))
        .with(Wrapping)
        .with(GuardMiddleware::new(buyer.payer.clone()))
        .build();
    let error = client.get(seller.url("/report")).send().await.unwrap_err();
    assert_eq!(error.to_string(), "the call failed");
    assert_eq!(
        X402Error::from_middleware(&error).unwrap().code(),
        "policy.test"
    );
}

#[tokio::test]
async fn a_denial_is_found_after_real_retries() {
    let served = AtomicUsize::new(0);
    let seller = Seller::start(
        move |asked: &_| match served.fetch_add(1, Ordering::SeqCst) {
            0 => status(StatusCode::SERVICE_UNAVAILABLE),
            _ => challenge_v2(asked),
        },
    )
    .await;
    let buyer = Buyer::with(Recorder::denying());
    let request = retrying(&buyer, 3).get(seller.url("/report"));
    let error = request.send().await.unwrap_err();
    assert_eq!(error.to_string(), "Request failed after 1 retries");
    assert_eq!(
        X402Error::from_middleware(&error).unwrap().code(),
        "policy.test"
    );
    assert_eq!(seller.asked().len(), 2);
}

#[tokio::test]
async fn errors_of_others_are_not_mistaken_for_ours() {
    let seller = Seller::start(|_: &_| Reply::HangUp).await;
    let buyer = Buyer::new();
    let request = retrying(&buyer, 0).get(seller.url("/report"));
    let error = request.send().await.unwrap_err();
    assert!(X402Error::from_middleware(&error).is_none());
    assert!(X402Error::from(error).is_transport());
}

#[tokio::test]
async fn an_unknown_outcome_is_found_and_not_retried() {
    let seller = Seller::start(|asked: &_| {
        if asked.is_paid() {
            Reply::HangUp
        } else {
            Reply::Now(challenge_v2(asked))
        }
    })
    .await;
    let buyer = Buyer::new();
    let request = retrying(&buyer, 3).get(seller.url("/report"));
    let error = X402Error::from(request.send().await.unwrap_err());
    assert!(error.is_outcome_unknown());
    assert_eq!((buyer.signer.signed(), seller.asked().len()), (1, 2));
}

#[tokio::test]
async fn attack_043_retry_of_a_paid_request_does_not_pay_again() {
    let seller = Seller::start(|asked: &_| {
        if asked.is_paid() {
            status(StatusCode::INTERNAL_SERVER_ERROR)
        } else {
            challenge_v2(asked)
        }
    })
    .await;
    let buyer = Buyer::new();
    let request = retrying(&buyer, 3).get(seller.url("/report"));
    let response = request.send().await.unwrap();
    let record = payment_record(&response).unwrap();
    assert_eq!(record.outcome().as_str(), "unknown");
    assert_eq!((buyer.signer.signed(), seller.payments()), (1, 4));
    let payments: HashSet<_> = seller.asked().iter().filter_map(Asked::payment).collect();
    assert_eq!(payments.len(), 1, "the same bytes every time");
}

#[tokio::test]
async fn attack_145_retry_after_a_dropped_payment_does_not_pay_again() {
    let silent = AtomicBool::new(true);
    let seller = Seller::start(move |asked: &_| {
        if asked.is_paid() && silent.swap(false, Ordering::SeqCst) {
            Reply::Silence
        } else {
            Reply::Now(honest(asked))
        }
    })
    .await;
    let (seller, buyer) = (Arc::new(seller), Buyer::new());
    let client = ClientBuilder::new(reqwest::Client::new())
        .with(Impatient(Arc::clone(&seller)))
        .with(GuardMiddleware::new(buyer.payer.clone()))
        .build();
    let response = client.get(seller.url("/report")).send().await.unwrap();
    let record = payment_record(&response).unwrap();
    assert_eq!(record.outcome().as_str(), "settled");
    assert_eq!((buyer.signer.signed(), seller.payments()), (1, 2));
    let payments: HashSet<_> = seller.asked().iter().filter_map(Asked::payment).collect();
    assert_eq!(payments.len(), 1, "the same bytes both times");
}

#[tokio::test]
async fn a_new_request_pays_anew() {
    let (seller, buyer) = (Seller::start(honest).await, Buyer::new());
    let client = retrying(&buyer, 3);
    for _ in 0..2 {
        let response = client.get(seller.url("/report")).send().await.unwrap();
        assert!(payment_record(&response).is_some());
    }
    assert_eq!((buyer.signer.signed(), seller.payments()), (2, 2));
}
