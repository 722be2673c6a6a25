//! Attacks 34 and 127: ways to pay that no control would look at.

use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use tower::{Layer, ServiceExt};
use x402_tower::X402GuardLayer;
use x402_tower::testing::{Offer, ScriptedChallenge, ScriptedSeller};

use crate::ground::{BOTH, Ground, URL, cent, denial, get, outcome};

const RAILS: [&str; 3] = [
    r#"L402 macaroon="AgEEbHNhdA", invoice="lnbc20m1pvjluez""#,
    r#"LSAT macaroon="AgEEbHNhdA", invoice="lnbc20m1pvjluez""#,
    r#"Payment id="a", realm="api.example.com", method="tempo", request="e30""#,
];

fn beside(
    rail: &str,
    challenge: &ScriptedChallenge,
) -> http::Response<x402_tower::testing::ScriptedBody> {
    let mut response = challenge.to_response();
    let rail = HeaderValue::from_str(rail).unwrap();
    response.headers_mut().insert(WWW_AUTHENTICATE, rail);
    response
}

#[tokio::test]
async fn attack_034_only_the_offer_that_was_checked_is_paid() {
    for rail in RAILS {
        for version in BOTH {
            let ground = Ground::new();
            let challenge = ScriptedChallenge::new(version, URL, [cent()]);
            let seller = ScriptedSeller::new()
                .respond(beside(rail, &challenge))
                .settle();
            let answer = ground.buy(&seller, URL).await;
            assert_eq!(outcome(&answer), Some("settled"), "{rail}");
            assert_eq!(ground.signer.count(), 1);
            assert!(!seller.requests()[1].headers.contains_key(AUTHORIZATION));
        }
    }
}

/// Else a client further out could pay there what was denied here.
#[tokio::test]
async fn attack_034_where_the_offer_is_denied_the_other_way_to_pay_is_not_shown() {
    for rail in RAILS {
        for version in BOTH {
            let ground = Ground::new();
            let dear = ScriptedChallenge::new(version, URL, [Offer::usdc(5_000_000)]);
            let seller = ScriptedSeller::new().respond(beside(rail, &dear)).settle();
            let answer = ground.buy(&seller, URL).await;
            assert_eq!(denial(&answer), Some("policy.per_call"));
            assert!(!answer.headers().contains_key(WWW_AUTHENTICATE), "{rail}");
            ground
                .assert_untouched(&seller, answer, "policy.per_call")
                .await;
        }
    }
}

/// Who pays by itself behind the guard is not shown a way to pay that nobody would look at.
#[tokio::test]
async fn attack_034_a_third_party_is_shown_the_x402_offer_alone() {
    for rail in RAILS {
        for version in BOTH {
            let ground = Ground::new();
            let mut response = beside(rail, &ScriptedChallenge::new(version, URL, [cent()]));
            let login = HeaderValue::from_static("Bearer realm=\"api\"");
            response.headers_mut().append(WWW_AUTHENTICATE, login);
            let seller = ScriptedSeller::new().respond(response);
            let guard = X402GuardLayer::new(ground.builder().build().unwrap()).layer(seller);
            let answer = guard.oneshot(get(URL)).await.unwrap();
            assert_eq!(answer.status(), 402);
            let left: Vec<_> = answer.headers().get_all(WWW_AUTHENTICATE).iter().collect();
            assert_eq!(left, ["Bearer realm=\"api\""], "{rail}");
        }
    }
}

#[tokio::test]
async fn attack_127_a_payment_header_with_underscores_is_refused() {
    for name in ["payment_signature", "x_payment"] {
        let (ground, seller) = (Ground::new(), ScriptedSeller::new().settle());
        let mut request = get(URL);
        let value = HeaderValue::from_static("e30=");
        request.headers_mut().insert(name, value);
        let guard = X402GuardLayer::new(ground.builder().build().unwrap()).layer(seller.clone());
        let answer = guard.oneshot(request).await.unwrap();
        assert_eq!(denial(&answer), Some("wire.underscore_header"), "{name}");
        assert!(seller.requests().is_empty());
    }
}
