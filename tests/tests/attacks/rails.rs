//! Attack 34: a 402 that asks for money by another protocol as well.

use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use x402_tower::testing::{Offer, ScriptedChallenge, ScriptedSeller};

use crate::ground::{BOTH, Ground, URL, cent, denial, outcome};

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
