//! Countersignatures: what a denied request says has to be signed, and the request that brings them.

use std::sync::Arc;

use x402_tower::mpa::{ApprovalSecret, Approver, MpaConfig, MpaControl};
use x402_tower::pay::Payer;
use x402_tower::{Chain, Context};
use x402_tower_reqwest::{GuardedClient, payment_record};

use crate::seller::{Seller, honest};
use crate::signer::CountingSigner;

fn alice() -> ApprovalSecret {
    ApprovalSecret::new("3f8a1c5de27b49601122334455667788").unwrap()
}

fn client(signer: &Arc<CountingSigner>) -> GuardedClient {
    let config = MpaConfig::new(1).with_approver(Approver::hmac("alice", alice()));
    let chain = Chain::single(MpaControl::new(config).unwrap());
    let payer = Payer::new(chain, Context::buyer(), Arc::clone(signer) as _);
    let client = GuardedClient::builder(reqwest::Client::builder()).payer(payer);
    client.build().unwrap()
}

#[tokio::test]
async fn a_denied_request_is_sent_again_with_its_signatures() {
    let seller = Seller::start(honest).await;
    let signer = Arc::new(CountingSigner::default());
    let client = client(&signer);

    let denied = client.get(seller.url("/report")).send().await.unwrap_err();
    assert!(denied.is_not_approved());
    assert_eq!(denied.code(), "mpa.approval_required");
    assert_eq!(signer.signed(), 0);

    let request = denied.approval_request().unwrap();
    let signature = alice().sign(request.payload().as_bytes());
    let signatures = request.signatures().with_signature("alice", &signature);
    let again = client.get(seller.url("/report"));
    let paid = again
        .approval_signatures(signatures.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(payment_record(&paid).unwrap().outcome().as_str(), "settled");

    let third = client
        .get(seller.url("/report"))
        .approval_signatures(signatures);
    let used = third.send().await.unwrap_err();
    assert_eq!(used.code(), "mpa.approval_used");
    assert!(used.approval_request().is_none());
    assert_eq!(signer.signed(), 1);
}
