//! Redirects before and after paying.

use axum::http::StatusCode;
use x402_tower_reqwest::payment_record;

use crate::Buyer;
use crate::seller::{Asked, Seller, challenge_v2, honest, redirect};

/// Sends everybody who does not ask for the report to it.
fn report_moved(asked: &Asked) -> axum::response::Response {
    if asked.path == "/report" {
        honest(asked)
    } else {
        redirect(302, "/report")
    }
}

#[tokio::test]
async fn a_redirect_within_the_origin_is_followed_and_paid_where_it_ends() {
    let (seller, buyer) = (Seller::start(report_moved).await, Buyer::new());
    let response = buyer.client.get(seller.url("/old")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(seller.paths(), ["/old", "/report", "/report"]);
    assert_eq!(
        buyer.recorder.events()[0],
        "check buyer agent GET /report key=none"
    );
}

#[tokio::test]
async fn a_redirect_of_a_post_is_the_answer() {
    let (seller, buyer) = (Seller::start(report_moved).await, Buyer::new());
    let response = buyer.client.post(seller.url("/old")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!(seller.paths(), ["/old"]);
}

#[tokio::test]
async fn the_eleventh_redirect_is_the_answer() {
    let seller = Seller::start(|_: &_| redirect(307, "/again")).await;
    let buyer = Buyer::new();
    let response = buyer.client.get(seller.url("/")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(seller.asked().len(), 11);
}

#[tokio::test]
async fn attack_056_redirect_to_another_origin_is_the_answer() {
    let thief = Seller::start(honest).await;
    let target = thief.url("/bill");
    let seller = Seller::start(move |_: &_| redirect(302, &target)).await;
    let buyer = Buyer::new();
    let response = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::FOUND);
    assert!(thief.asked().is_empty());
    assert_eq!(buyer.signer.signed(), 0);
}

#[tokio::test]
async fn attack_056_challenge_of_another_origin_is_not_paid_by_a_following_client() {
    let thief = Seller::start(honest).await;
    let target = thief.url("/bill");
    let seller = Seller::start(move |_: &_| redirect(302, &target)).await;
    let buyer = Buyer::new();
    let request = buyer.following().get(seller.url("/report"));
    assert_eq!(
        request.send().await.unwrap_err().code(),
        "challenge.redirected"
    );
    assert_eq!((thief.asked().len(), thief.payments()), (1, 0));
    assert_eq!(buyer.signer.signed(), 0);
    assert_eq!(buyer.recorder.events(), ["refused challenge.redirected"]);
}

#[tokio::test]
async fn attack_056_following_client_is_found_out_within_one_origin() {
    let (seller, buyer) = (Seller::start(report_moved).await, Buyer::new());
    let request = buyer.following().get(seller.url("/old"));
    assert_eq!(
        request.send().await.unwrap_err().code(),
        "client.follows_redirects"
    );
    assert_eq!(buyer.signer.signed(), 0);
}

async fn paid_leg_is_redirected(status: u16) {
    let thief = Seller::start(honest).await;
    let target = thief.url("/collect");
    let seller = Seller::start(move |asked: &_| {
        if asked.is_paid() {
            redirect(status, &target)
        } else {
            challenge_v2(asked)
        }
    })
    .await;
    let buyer = Buyer::new();
    let response = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), status);
    let record = payment_record(&response).unwrap();
    assert_eq!(record.outcome().as_str(), "unknown");
    assert!(thief.asked().is_empty());
    assert_eq!(seller.payments(), 1);
}

#[tokio::test]
async fn attack_057_307_of_the_paid_request_is_not_followed() {
    paid_leg_is_redirected(307).await;
}

#[tokio::test]
async fn attack_057_308_of_the_paid_request_is_not_followed() {
    paid_leg_is_redirected(308).await;
}

#[tokio::test]
async fn attack_057_redirect_of_the_paid_request_within_the_origin_is_not_followed() {
    let seller = Seller::start(|asked: &_| {
        if asked.is_paid() {
            redirect(307, "/elsewhere")
        } else {
            challenge_v2(asked)
        }
    })
    .await;
    let buyer = Buyer::new();
    let response = buyer
        .client
        .get(seller.url("/report"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(seller.paths(), ["/report", "/report"]);
}
