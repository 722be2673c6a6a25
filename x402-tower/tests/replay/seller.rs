//! Attacks 90, 92 and 95: one payment for many grants.

use std::sync::Arc;

use http::{Method, Request};
use tokio::task::JoinSet;
use x402_tower::ControlService;
use x402_tower::testing::{ScriptedBody, ScriptedSeller};

use crate::ground::{Ground, URL, call, denial, outcome, settling, unguarded};
use crate::signed::{Signed, post};

/// Requests that a captured payment could be put on: each differs from the usual one in one thing.
fn elsewhere() -> [(&'static str, Request<ScriptedBody>); 6] {
    let mut put = post(URL, "question");
    *put.method_mut() = Method::PUT;
    [
        ("method", put),
        (
            "path",
            post("https://seller.example/vault?id=7", "question"),
        ),
        (
            "query",
            post("https://seller.example/report?id=8", "question"),
        ),
        (
            "host",
            post("https://other.example/report?id=7", "question"),
        ),
        ("body", post(URL, "a dearer question")),
        ("no body", post(URL, "")),
    ]
}

#[tokio::test]
async fn attack_090_the_same_payment_for_the_same_request_is_a_duplicate() {
    let (ground, seller) = (Ground::new(), settling(2));
    let shop = ground.shop(&seller);
    assert_eq!(
        outcome(&call(&shop, Signed::new(1).sent()).await),
        Some("settled")
    );
    let again = call(&shop, Signed::new(1).sent()).await;
    assert_eq!(
        (again.status().as_u16(), denial(&again)),
        (409, Some("replay.authorization"))
    );
    assert_eq!(seller.requests().len(), 1, "the service worked once");
}

#[tokio::test]
async fn attack_090_the_same_payment_for_another_request_is_denied() {
    for (what, other) in elsewhere() {
        let (ground, seller) = (Ground::new(), settling(2));
        let shop = ground.shop(&seller);
        call(&shop, Signed::new(1).sent()).await;
        let stolen = call(&shop, Signed::new(1).on(other)).await;
        assert_eq!(denial(&stolen), Some("replay.other_request"), "{what}");
        assert_eq!(seller.requests().len(), 1, "{what}");
    }
}

#[tokio::test]
async fn attack_090_without_the_control_every_copy_is_served() {
    for (what, other) in elsewhere() {
        let (ground, seller) = (Ground::new(), settling(3));
        let shop = unguarded(&ground, &seller);
        for request in [post(URL, "question"), post(URL, "question"), other] {
            let answer = call(&shop, Signed::new(1).on(request)).await;
            assert_eq!(outcome(&answer), Some("settled"), "{what}");
        }
    }
}

#[tokio::test]
async fn another_payment_is_served_for_the_same_request() {
    let (ground, seller) = (Ground::new(), settling(2));
    let shop = ground.shop(&seller);
    for nonce in [1, 2] {
        assert_eq!(
            outcome(&call(&shop, Signed::new(nonce).sent()).await),
            Some("settled")
        );
    }
}

/// A hundred copies at once, half of them for something else: how many were served, and what the others were told.
async fn hundred_at_once(shop: &ControlService<ScriptedSeller>) -> (usize, Vec<&'static str>) {
    let mut copies = JoinSet::new();
    for n in 0..100 {
        let shop = shop.clone();
        let body = if n % 2 == 0 {
            "question"
        } else {
            "a dearer question"
        };
        copies.spawn(async move {
            let answer = call(&shop, Signed::new(1).on(post(URL, body))).await;
            denial(&answer)
        });
    }
    let answers = copies.join_all().await;
    let denials: Vec<_> = answers.iter().filter_map(|denial| *denial).collect();
    (answers.len() - denials.len(), denials)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_090_of_a_hundred_at_once_one_is_served() {
    let (ground, seller) = (Ground::new(), settling(100));
    let (served, denials) = hundred_at_once(&ground.shop(&seller)).await;
    assert_eq!((served, seller.requests().len()), (1, 1));
    let count = |code| denials.iter().filter(|denial| **denial == code).count();
    assert_eq!(
        count("replay.authorization"),
        49,
        "copies for what was served"
    );
    assert_eq!(
        count("replay.other_request"),
        50,
        "copies for the other body"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn attack_090_without_the_control_a_hundred_are_served() {
    let (ground, seller) = (Ground::new(), settling(100));
    let (served, _) = hundred_at_once(&unguarded(&ground, &seller)).await;
    assert_eq!((served, seller.requests().len()), (100, 100));
}

/// PYUSD does not revert when a nonce was used already: its facilitator reports success, and no money moves.
#[tokio::test]
async fn attack_092_a_token_that_settles_a_used_nonce_is_not_asked_again() {
    let (ground, seller) = (Ground::new(), settling(2));
    let shop = ground.shop(&seller);
    call(&shop, Signed::new(1).sent()).await;
    assert!(denial(&call(&shop, Signed::new(1).sent()).await).is_some());
    assert_eq!(seller.paid_requests(), 1);

    let (without, settles_twice) = (Ground::new(), settling(2));
    let shop = unguarded(&without, &settles_twice);
    for _ in 0..2 {
        assert_eq!(
            outcome(&call(&shop, Signed::new(1).sent()).await),
            Some("settled")
        );
    }
}

#[tokio::test]
async fn attack_095_siblings_that_share_claims_serve_once() {
    let (ground, seller) = (Ground::new(), settling(2));
    let sibling = Ground {
        claims: Arc::clone(&ground.claims),
        ..Ground::new()
    };
    call(&ground.shop(&seller), Signed::new(1).sent()).await;
    let copy = call(&sibling.shop(&seller), Signed::new(1).sent()).await;
    assert_eq!(denial(&copy), Some("replay.authorization"));
    assert_eq!(seller.requests().len(), 1);
}

#[tokio::test]
async fn attack_095_siblings_with_claims_of_their_own_serve_twice() {
    let seller = settling(2);
    for sibling in [Ground::new(), Ground::new()] {
        let answer = call(&sibling.shop(&seller), Signed::new(1).sent()).await;
        assert_eq!(outcome(&answer), Some("settled"));
    }
}

#[tokio::test]
async fn what_carries_no_payment_is_not_looked_at() {
    let (ground, seller) = (Ground::new(), ScriptedSeller::new());
    let free = || http::Response::new(ScriptedBody::whole("free"));
    let seller = seller.respond(free()).respond(free());
    let shop = ground.shop(&seller);
    for _ in 0..2 {
        assert_eq!(call(&shop, post(URL, "question")).await.status(), 200);
    }
}
