//! Challenges as hostile servers send them. Pass condition: no signature, no second request.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Response, StatusCode};
use serde_json::{Value, json};
use x402_tower::testing::{Offer, ScriptedBody, ScriptedChallenge, ScriptedSeller};
use x402_tower::wire::{MAX_BODY_BYTES, MAX_HEADER_BYTES, Version};

use crate::ground::{Buyer, URL, VERSIONS, assert_blocked, denial, outcome};

fn offer() -> Offer {
    Offer::usdc(10_000)
}

fn answer_402(body: ScriptedBody, header: Option<&Value>) -> Response<ScriptedBody> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::PAYMENT_REQUIRED;
    if let Some(json) = header {
        let value = STANDARD.encode(json.to_string()).try_into().unwrap();
        response.headers_mut().insert("payment-required", value);
    }
    response
}

async fn assert_response_blocked(response: Response<ScriptedBody>, code: &str) {
    assert_blocked(ScriptedSeller::new().respond(response), code).await;
}

async fn assert_challenge_blocked(challenge: &ScriptedChallenge, code: &str) {
    assert_response_blocked(challenge.to_response(), code).await;
}

#[tokio::test]
async fn attack_024_oversize_header() {
    let challenge = ScriptedChallenge::v2(URL, [offer()]).description(&"x".repeat(1024 * 1024));
    assert_challenge_blocked(&challenge, "wire.too_large").await;
}

#[tokio::test]
async fn attack_024_header_one_byte_over_the_cap() {
    let fits = |description: usize| {
        let challenge = ScriptedChallenge::v2(URL, [offer()]).description(&"x".repeat(description));
        let response = challenge.to_response();
        (
            response.headers()["payment-required"].len() <= MAX_HEADER_BYTES,
            challenge,
        )
    };
    let over = (48_000..50_000)
        .map(fits)
        .find(|(fits, _)| !fits)
        .unwrap()
        .1;
    assert_challenge_blocked(&over, "wire.too_large").await;
}

#[tokio::test]
async fn attack_024_oversize_body() {
    let challenge = ScriptedChallenge::v1(URL, [offer()]).error(&"x".repeat(MAX_BODY_BYTES));
    assert_challenge_blocked(&challenge, "challenge.too_large").await;
}

#[tokio::test]
async fn attack_024_endless_body() {
    let body = ScriptedBody::endless("x".repeat(1000));
    assert_response_blocked(answer_402(body, None), "challenge.too_large").await;
}

#[tokio::test]
async fn attack_024_endless_body_beside_a_good_header() {
    let header = ScriptedChallenge::v2(URL, [offer()]).to_json();
    let body = ScriptedBody::endless("x".repeat(1000));
    assert_response_blocked(answer_402(body, Some(&header)), "challenge.too_large").await;
}

#[tokio::test]
async fn attack_024_broken_body() {
    let body = ScriptedBody::broken("{\"x402Version\":1,");
    assert_response_blocked(answer_402(body, None), "challenge.interrupted").await;
}

#[tokio::test(start_paused = true)]
async fn attack_025_slow_body() {
    let json = ScriptedChallenge::v1(URL, [offer()]).to_json().to_string();
    let body = ScriptedBody::drip(json, Duration::from_secs(1));
    let start = tokio_now();
    assert_response_blocked(answer_402(body, None), "challenge.deadline").await;
    assert_eq!(
        start.elapsed().as_secs(),
        10,
        "one deadline for the whole body"
    );
}

#[tokio::test(start_paused = true)]
async fn attack_025_silent_body() {
    let response = answer_402(ScriptedBody::silent(), None);
    assert_response_blocked(response, "challenge.deadline").await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_arrives_in_time_is_paid() {
    let json = ScriptedChallenge::v1(URL, [offer()]).to_json().to_string();
    let body = ScriptedBody::drip(json, Duration::from_millis(1));
    let seller = ScriptedSeller::new()
        .respond(answer_402(body, None))
        .settle();
    let response = Buyer::new().get(&seller).await.unwrap();
    assert_eq!(outcome(&response), Some("settled"));
}

#[allow(clippy::disallowed_methods)] // tokio's paused clock is the one that the deadline runs on
fn tokio_now() -> tokio::time::Instant {
    tokio::time::Instant::now()
}

#[tokio::test]
async fn attack_028_duplicate_header() {
    let mut response = ScriptedChallenge::v2(URL, [offer()]).to_response();
    let value = response.headers()["payment-required"].clone();
    response.headers_mut().append("payment-required", value);
    assert_response_blocked(response, "wire.duplicate_header").await;
}

#[tokio::test]
async fn attack_028_comma_joined_header() {
    let mut response = ScriptedChallenge::v2(URL, [offer()]).to_response();
    let value = response.headers()["payment-required"]
        .to_str()
        .unwrap()
        .to_owned();
    let joined = format!("{value}, {value}").try_into().unwrap();
    response.headers_mut().insert("payment-required", joined);
    assert_response_blocked(response, "wire.duplicate_header").await;
}

#[tokio::test]
async fn attack_028_header_and_body_ask_for_different_amounts() {
    let header = ScriptedChallenge::v2(URL, [offer()]).to_json();
    let body = ScriptedChallenge::v1(URL, [Offer::usdc(5_000_000)]).to_json();
    let response = answer_402(ScriptedBody::whole(body.to_string()), Some(&header));
    assert_response_blocked(response, "challenge.conflicting").await;
}

#[tokio::test]
async fn attack_028_header_and_body_pay_different_recipients() {
    let header = ScriptedChallenge::v2(URL, [offer()]).to_json();
    let stranger = offer().pay_to("0x00000000000000000000000000000000000000ff");
    let body = ScriptedChallenge::v1(URL, [stranger]).to_json();
    let response = answer_402(ScriptedBody::whole(body.to_string()), Some(&header));
    assert_response_blocked(response, "challenge.conflicting").await;
}

#[tokio::test]
async fn header_and_body_that_agree_are_paid_once() {
    let header = ScriptedChallenge::v2(URL, [offer()]).to_json();
    let body = ScriptedChallenge::v1(URL, [offer()]).to_json();
    let response = answer_402(ScriptedBody::whole(body.to_string()), Some(&header));
    let seller = ScriptedSeller::new().respond(response).settle();
    let buyer = Buyer::new();
    let response = buyer.get(&seller).await.unwrap();
    assert_eq!(outcome(&response), Some("settled"));
    assert_eq!(buyer.signer.count(), 1);
}

/// Every version number in every transport with either version's fields: two of the eighteen may be paid.
#[tokio::test]
async fn attack_033_version_matrix() {
    for number in [
        json!(1),
        json!(2),
        json!(3),
        json!("1"),
        json!("2"),
        json!(1.5),
        Value::Null,
    ] {
        for fields in VERSIONS {
            for transport in VERSIONS {
                let right = number == json!(fields.number()) && fields == transport;
                let json = ScriptedChallenge::new(fields, URL, [offer()])
                    .field("x402Version", number.clone())
                    .to_json();
                let response = match transport {
                    Version::V2 => answer_402(ScriptedBody::whole("{}"), Some(&json)),
                    _ => answer_402(ScriptedBody::whole(json.to_string()), None),
                };
                let seller = ScriptedSeller::new().respond(response).settle();
                let buyer = Buyer::new();
                let response = buyer.get(&seller).await.unwrap();
                let case = format!("{number}, fields of v{fields}, transport of v{transport}");
                assert_eq!(buyer.signer.count(), usize::from(right), "{case}");
                assert_eq!(denial(&response).is_none(), right, "{case}");
            }
        }
    }
}

#[tokio::test]
async fn attack_033_fields_of_both_versions() {
    for version in VERSIONS {
        let mixed = match version {
            Version::V1 => offer().field("amount", "1"),
            _ => offer().field("maxAmountRequired", "1"),
        };
        let challenge = ScriptedChallenge::new(version, URL, [mixed]);
        assert_challenge_blocked(&challenge, "wire.version_mix").await;
    }
}

#[tokio::test]
async fn attack_035_scheme_confusion() {
    for scheme in [
        "Exact",
        "EXACT",
        "exact ",
        " exact",
        "\u{435}xact",
        "upto",
        "",
    ] {
        for version in VERSIONS {
            let challenge = ScriptedChallenge::new(version, URL, [offer().scheme(scheme)]);
            assert_challenge_blocked(&challenge, "challenge.nothing_payable").await;
        }
    }
}

#[tokio::test]
async fn attack_047_forged_resource() {
    for forged in [
        "https://evil.example/report?id=7",
        "https://api.example.com.evil.example/report?id=7",
        "https://api.example.com@evil.example/report",
        "http://api.example.com/report?id=7",
        "https://api.example.com:8443/report?id=7",
        "//evil.example/report",
        "javascript:alert(1)",
        "data:,x",
        "https://",
    ] {
        for version in VERSIONS {
            let challenge = ScriptedChallenge::new(version, forged, [offer()]);
            let seller = ScriptedSeller::new().challenge(&challenge);
            let buyer = Buyer::new();
            let response = buyer.get(&seller).await.unwrap();
            assert_eq!(
                denial(&response),
                Some("challenge.foreign_resource"),
                "{forged} in {version}"
            );
            assert_eq!((buyer.signer.count(), seller.requests().len()), (0, 1));
        }
    }
}

#[tokio::test]
async fn attack_047_one_forged_offer_among_honest_ones_is_not_chosen() {
    let forged = Offer::usdc(1).resource("https://evil.example/");
    let challenge = ScriptedChallenge::v1(URL, [forged, offer().resource(URL)]);
    let seller = ScriptedSeller::new().challenge(&challenge).settle();
    let buyer = Buyer::new();
    buyer.get(&seller).await.unwrap();
    let calls = buyer.signer.calls();
    assert!(calls.iter().all(|call| call.index == 1), "{calls:?}");
}

#[tokio::test]
async fn another_spelling_of_the_same_origin_is_paid() {
    for same in [
        "https://API.example.com:443/other",
        "/report",
        "https://api.example.com/report?id=8#part",
    ] {
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(same, [offer()]))
            .settle();
        let response = Buyer::new().get(&seller).await.unwrap();
        assert_eq!(outcome(&response), Some("settled"), "{same}");
    }
}

#[tokio::test]
async fn attack_056_a_challenge_from_another_origin_is_not_paid() {
    let mut response = ScriptedChallenge::v2(URL, [offer()]).to_response();
    let elsewhere = x402_tower::pay::AnsweringUri::new("https://evil.example/".parse().unwrap());
    response.extensions_mut().insert(elsewhere);
    assert_response_blocked(response, "challenge.redirected").await;
}

#[tokio::test]
async fn attack_027_loose_base64() {
    let json = ScriptedChallenge::v2(URL, [offer()]).to_json().to_string();
    let strict = STANDARD.encode(json);
    for loose in [
        format!("{strict}="),
        format!(" {strict}\t{strict}"),
        strict.replace('A', "-"),
    ] {
        let mut response = answer_402(ScriptedBody::whole("{}"), None);
        response
            .headers_mut()
            .insert("payment-required", loose.try_into().unwrap());
        let buyer = Buyer::new();
        let answer = buyer
            .get(&ScriptedSeller::new().respond(response))
            .await
            .unwrap();
        assert_eq!(denial(&answer), Some("wire.base64"));
        assert_eq!(buyer.signer.count(), 0);
    }
}

#[tokio::test]
async fn a_compressed_v1_challenge_is_not_guessed_at() {
    let mut response = ScriptedChallenge::v1(URL, [offer()]).to_response();
    let gzip = http::HeaderValue::from_static("gzip");
    response.headers_mut().insert("content-encoding", gzip);
    assert_response_blocked(response, "challenge.encoded").await;
}

#[tokio::test]
async fn attack_031_too_many_offers() {
    let offers = std::iter::repeat_with(offer).take(33);
    let challenge = ScriptedChallenge::v2(URL, offers);
    assert_challenge_blocked(&challenge, "wire.requirement_count").await;
}
