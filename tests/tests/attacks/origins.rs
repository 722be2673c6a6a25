//! Attacks 44 to 47, 50 and 54 to 57: who asks, who is paid, and where the payment goes.

use std::convert::Infallible;

use http::{Request, Response, StatusCode, Uri};
use tower::{ServiceExt, service_fn};
use x402_tower::pay::AnsweringUri;
use x402_tower::policy::ResourceMatch;
use x402_tower::testing::{
    Offer, PAYER, SELLER, ScriptedBody, ScriptedChallenge, ScriptedSeller, USDC_BASE,
    settlement_for,
};
use x402_tower::wire::Version;
use x402_tower::wire::header::{PAYMENT_SIGNATURE, X_PAYMENT, encode};
use x402_tower::{Denial, Usd};

use crate::ground::{
    BOTH, Empty, Ground, NOW_SECS, URL, assert_denied, assert_denied_by, cent, denial, get, honest,
    outcome, policy,
};

const STRANGER: &str = "0x00000000000000000000000000000000000000ff";

/// A request that carries a payment of `amount` that somebody else signed.
fn pre_signed(version: Version, amount: &str, to: &str) -> Request<Empty> {
    let payload = format!(
        r#"{{"signature":"0x{}1b","authorization":{{"from":"{PAYER}","to":"{to}","value":"{amount}","validAfter":"0","validBefore":"{}","nonce":"0x{}"}}}}"#,
        "5a".repeat(64),
        NOW_SECS + 60,
        "77".repeat(32),
    );
    let (name, json) = match version {
        Version::V1 => (
            X_PAYMENT,
            format!(r#"{{"x402Version":1,"scheme":"exact","network":"base","payload":{payload}}}"#),
        ),
        _ => (
            PAYMENT_SIGNATURE,
            format!(
                r#"{{"x402Version":2,"accepted":{{"scheme":"exact","network":"eip155:8453","amount":"{amount}","asset":"{USDC_BASE}","payTo":"{to}","maxTimeoutSeconds":60}},"payload":{payload}}}"#
            ),
        ),
    };
    let mut request = get(URL);
    request
        .headers_mut()
        .insert(name, encode(json.as_bytes()).unwrap());
    request
}

#[tokio::test]
async fn attack_044_a_payment_that_the_caller_brings_meets_the_policy() {
    let policy = policy().with_recipients("https://api.example.com", [SELLER]);
    for (amount, to, code) in [
        ("5000000", SELLER, "policy.per_call"),
        ("10000", STRANGER, "policy.recipient"),
    ] {
        let ground = Ground::with_policy(policy.clone());
        let seller = ScriptedSeller::new().settle();
        let request = pre_signed(Version::V2, amount, to);
        let answer = ground.guard(seller.clone()).oneshot(request).await.unwrap();
        assert!(seller.requests().is_empty(), "nothing left, paid or not");
        ground.assert_untouched(&seller, answer, code).await;
    }
}

#[tokio::test]
async fn attack_044_a_v1_payment_for_an_offer_that_was_never_seen() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().settle();
    let request = pre_signed(Version::V1, "10000", SELLER);
    let answer = ground.guard(seller.clone()).oneshot(request).await.unwrap();
    assert!(seller.requests().is_empty());
    ground
        .assert_untouched(&seller, answer, "payment.asset_unknown")
        .await;
}

#[tokio::test]
async fn attack_044_payments_of_both_versions_on_one_request() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().settle();
    let mut request = pre_signed(Version::V2, "10000", SELLER);
    let v1 = pre_signed(Version::V1, "10000", SELLER);
    request.headers_mut().extend(v1.headers().clone());
    let answer = ground.guard(seller.clone()).oneshot(request).await.unwrap();
    assert!(seller.requests().is_empty());
    ground
        .assert_untouched(&seller, answer, "wire.conflicting_headers")
        .await;
}

#[tokio::test]
async fn attack_044_an_allowed_payment_that_the_caller_brings_is_counted() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().settle();
    let request = pre_signed(Version::V2, "10000", SELLER);
    let answer = ground.guard(seller.clone()).oneshot(request).await.unwrap();
    assert_eq!(outcome(&answer), Some("settled"));
    assert_eq!(ground.signer.count(), 0, "it was signed already");
    assert_eq!(ground.spent_micros().await, 10_000);
    assert_eq!(
        ground.events(),
        ["PAYMENT_INTENT", "PAYMENT_ALLOWED settled"]
    );
}

#[tokio::test]
async fn attack_045_a_payment_credential_in_the_url() {
    for name in [
        "x-payment",
        "X-PAYMENT",
        "x_payment",
        "xpayment",
        "payment-signature",
        "PAYMENT-SIGNATURE",
        "payment_signature",
        "paymentSignature",
        "x%2Dpayment",
        "payment%5Fsignature",
    ] {
        let url = format!("{URL}?page=2&{name}=eyJ4NDAyVmVyc2lvbiI6Mn0");
        let ground = Ground::new();
        let seller = honest(Version::V2, &url);
        let answer = ground.buy(&seller, &url).await;
        assert!(
            !ground.audit_text().contains("eyJ4NDAy"),
            "the record shows it"
        );
        ground
            .assert_untouched(&seller, answer, "request.credential_in_url")
            .await;
    }
}

#[tokio::test]
async fn attack_045_a_credential_in_the_url_beside_a_payment_header() {
    let ground = Ground::new();
    let seller = ScriptedSeller::new().settle();
    let mut request = pre_signed(Version::V2, "10000", SELLER);
    *request.uri_mut() = format!("{URL}?X-Payment=eyJ4NDAyVmVyc2lvbiI6Mn0")
        .parse()
        .unwrap();
    let answer = ground.guard(seller.clone()).oneshot(request).await.unwrap();
    assert!(seller.requests().is_empty());
    ground
        .assert_untouched(&seller, answer, "request.credential_in_url")
        .await;
}

#[tokio::test]
async fn attack_045_ordinary_queries_are_paid() {
    for query in [
        "payment=card",
        "q=x-payment",
        "signature=abc",
        "x=payment-signature%3D1",
    ] {
        let url = format!("{URL}?{query}");
        let ground = Ground::new();
        let seller = honest(Version::V2, &url);
        assert_eq!(
            outcome(&ground.buy(&seller, &url).await),
            Some("settled"),
            "{query}"
        );
    }
}

#[tokio::test]
async fn attack_045_the_guard_itself_writes_no_credential_into_a_url() {
    let ground = Ground::new();
    let seller = honest(Version::V2, URL);
    ground.buy(&seller, URL).await;
    assert!(seller.requests().iter().all(|seen| seen.uri == URL));
}

#[tokio::test]
async fn attack_046_the_recipient_changes_after_the_first_purchase() {
    let policy = policy().with_recipients("https://api.example.com", [SELLER]);
    for version in BOTH {
        let ground = Ground::with_policy(policy.clone());
        assert_eq!(
            outcome(&ground.buy(&honest(version, URL), URL).await),
            Some("settled")
        );
        let other = "https://api.example.com/other";
        let swapped = ScriptedChallenge::new(version, other, [cent().pay_to(STRANGER)]);
        let seller = ScriptedSeller::new().challenge(&swapped).settle();
        assert_eq!(
            denial(&ground.buy(&seller, other).await),
            Some("policy.recipient")
        );
        assert_eq!((ground.signer.count(), seller.paid_requests()), (1, 0));
        assert_eq!(ground.spent_micros().await, 10_000);
        assert_eq!(
            ground.events().last().unwrap(),
            "CHALLENGE_DENIED policy.recipient"
        );
    }
}

#[tokio::test]
async fn attack_046_an_origin_without_recipients_is_not_paid() {
    let policy = policy().with_recipients("https://other.example.com", [SELLER]);
    crate::ground::assert_offers_denied_only(&policy, &[cent()], "policy.recipient").await;
}

#[tokio::test]
async fn attack_047_forged_resource() {
    for version in BOTH {
        for claimed in [
            "https://evil.example.net/report",
            "https://api.example.com.evil.net/report",
            "https://api.example.com:8443/report",
            "http://api.example.com/report",
            "https://api.example.com@evil.net/report",
            "//evil.net/report",
            "https:\\\\evil.net",
            "ftp://api.example.com/report",
            "data:text/plain,report",
            "https://",
        ] {
            eprintln!("{claimed}");
            let challenge = ScriptedChallenge::new(version, claimed, [cent()]);
            assert_denied(challenge.to_response(), "challenge.foreign_resource").await;
        }
    }
}

#[tokio::test]
async fn attack_047_another_path_where_the_whole_url_must_fit() {
    let policy = policy().with_resource_match(ResourceMatch::Exact);
    for version in BOTH {
        let ground = Ground::with_policy(policy.clone());
        let other = ScriptedChallenge::new(version, "https://api.example.com/admin", [cent()]);
        assert_denied_by(&ground, other.to_response(), "challenge.foreign_resource").await;
    }
}

#[tokio::test]
async fn attack_050_letter_case_is_the_chains_own_business() {
    let lower = SELLER.to_ascii_lowercase();
    let upper = format!("0x{}", SELLER[2..].to_ascii_uppercase());
    for listed in [SELLER, &lower, &upper] {
        for asked in [SELLER, &lower, &upper] {
            let policy = policy().with_recipients("https://api.example.com", [listed]);
            let ground = Ground::with_policy(policy);
            let challenge = ScriptedChallenge::v2(URL, [cent().pay_to(asked)]);
            let seller = ScriptedSeller::new().challenge(&challenge).settle();
            assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("settled"));
        }
    }
    // Base58 tells the cases apart: a twin is somebody else.
    let account = "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU";
    let twin = "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDu";
    let solana = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";
    let recipients = [format!("{solana}/{account}"), SELLER.to_owned()];
    let policy = policy().with_recipients("https://api.example.com", recipients);
    let offer = cent()
        .network(solana)
        .asset("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v")
        .pay_to(twin);
    let challenge = ScriptedChallenge::v2(URL, [offer]);
    assert_denied_by(
        &Ground::with_policy(policy),
        challenge.to_response(),
        "policy.recipient",
    )
    .await;
}

/// Asks for `url` and is challenged for it: what the policy says.
async fn refused_at(ground: &Ground, url: &str) -> Option<&'static str> {
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(url, [cent()]))
        .settle();
    let answer = ground.buy(&seller, url).await;
    if denial(&answer).is_some() {
        assert_eq!(
            (ground.signer.count(), seller.paid_requests()),
            (0, 0),
            "{url}"
        );
        assert_eq!(ground.records().len(), 1, "{url}");
    }
    denial(&answer)
}

#[tokio::test]
async fn attack_054_hosts_are_compared_as_parsed() {
    let policy = policy().with_allowed_origins(["https://api.example.com"]);
    for url in [
        "https://api.example.com.evil.net/report",
        "https://evil.net/api.example.com",
        "https://evil.net/?https://api.example.com",
        "https://api.example.com:444/report",
        "https://api-example.com/report",
        "https://sub.api.example.com/report",
        "https://example.com/report",
        "https://xapi.example.com/report",
        "https://[fe80::1]/report",
        "https://127.0.0.1/report",
    ] {
        let ground = Ground::with_policy(policy.clone());
        assert_eq!(
            refused_at(&ground, url).await,
            Some("policy.origin"),
            "{url}"
        );
    }
    let ground = Ground::with_policy(policy.clone());
    let plain = refused_at(&ground, "http://api.example.com/report").await;
    assert_eq!(plain, Some("policy.insecure_url"));
    for url in [
        "https://api.example.com:443/report",
        "https://API.EXAMPLE.COM/report",
    ] {
        let ground = Ground::with_policy(policy.clone());
        assert_eq!(refused_at(&ground, url).await, None, "{url}");
    }
}

#[tokio::test]
async fn attack_054_a_user_name_in_the_url() {
    for url in [
        "https://api.example.com@evil.net/report",
        "https://user:s3cr3t@api.example.com/report",
    ] {
        let ground = Ground::new();
        let refused = refused_at(&ground, url).await;
        assert!(refused.is_some(), "{url}");
        assert!(
            !ground.audit_text().contains("s3cr3t"),
            "the record shows a password"
        );
    }
}

#[tokio::test]
async fn attack_055_paths_are_compared_by_segment() {
    let policy = policy()
        .with_daily_limit(Usd::parse("100").unwrap())
        .with_endpoint_limit(
            "https://api.example.com/report",
            Usd::parse("0.01").unwrap(),
        );
    for url in [
        "https://api.example.com/%72eport",
        "https://api.example.com/x/../report",
        "https://api.example.com/./report",
        "https://api.example.com//report",
        "https://api.example.com/report%2Fx",
        "https://api.example.com/report/%2e%2e/report",
        "https://api.example.com/report;x=1",
        "https://api.example.com/report/x",
        "https://api.example.com/report?x=1",
    ] {
        let ground = Ground::with_policy(policy.clone());
        let two_cents = ScriptedChallenge::v2(url, [Offer::usdc(20_000)]);
        let seller = ScriptedSeller::new().challenge(&two_cents).settle();
        let answer = ground.buy(&seller, url).await;
        let code = denial(&answer);
        assert!(
            matches!(code, Some("policy.endpoint_window" | "policy.url")),
            "{url}: {code:?}"
        );
        assert_eq!(
            (ground.signer.count(), seller.paid_requests()),
            (0, 0),
            "{url}"
        );
    }
    // A sibling whose name only begins alike is another endpoint.
    let ground = Ground::with_policy(policy);
    let url = "https://api.example.com/reports";
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(url, [Offer::usdc(20_000)]))
        .settle();
    assert_eq!(outcome(&ground.buy(&seller, url).await), Some("settled"));
}

#[tokio::test]
async fn attack_056_a_challenge_from_another_origin() {
    for version in BOTH {
        for answering in [
            "https://evil.example.net/report",
            "http://api.example.com/report",
            "https://api.example.com:8443/report",
            "/report",
        ] {
            let mut response = ScriptedChallenge::new(version, URL, [cent()]).to_response();
            let answering = AnsweringUri::new(Uri::from_static(answering));
            response.extensions_mut().insert(answering);
            assert_denied(response, "challenge.redirected").await;
        }
    }
}

#[tokio::test]
async fn attack_056_a_redirect_within_the_origin_is_paid() {
    let mut response = ScriptedChallenge::v2(URL, [cent()]).to_response();
    let answering = AnsweringUri::new(Uri::from_static("https://api.example.com/v2/report"));
    response.extensions_mut().insert(answering);
    let ground = Ground::new();
    let seller = ScriptedSeller::new().respond(response).settle();
    assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("settled"));
}

#[tokio::test]
async fn attack_057_a_redirect_of_the_paid_request_is_an_outcome() {
    for status in [301, 302, 303, 307, 308] {
        let ground = Ground::new();
        let mut redirect = Response::new(ScriptedBody::whole(""));
        *redirect.status_mut() = StatusCode::from_u16(status).unwrap();
        let elsewhere = "https://evil.example.net/collect".parse().unwrap();
        redirect
            .headers_mut()
            .insert(http::header::LOCATION, elsewhere);
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(URL, [cent()]))
            .respond(redirect);
        let answer = ground.buy(&seller, URL).await;
        assert_eq!(answer.status(), status, "the caller sees it");
        assert_eq!(outcome(&answer), Some("unknown"));
        assert_eq!(seller.requests().len(), 2, "it is not followed");
        assert_eq!(ground.spent_micros().await, 10_000, "it may have been paid");
        assert_eq!(
            ground.events(),
            ["PAYMENT_INTENT", "PAYMENT_UNKNOWN unknown"]
        );
    }
}

#[tokio::test]
async fn attack_047_two_sellers_on_one_host_are_two_origins() {
    // Each port claims the other's resource.
    let service = service_fn(|request: Request<Empty>| async move {
        let other = if request.uri().port_u16() == Some(4021) {
            4022
        } else {
            4021
        };
        Ok::<_, Infallible>(if request.headers().contains_key(PAYMENT_SIGNATURE) {
            settlement_for(request.headers())
        } else {
            let claimed = format!("http://localhost:{other}/report");
            ScriptedChallenge::v2(&claimed, [cent()]).to_response()
        })
    });
    let ground = Ground::new();
    for port in [4021, 4022] {
        let url = format!("http://localhost:{port}/report");
        let answer = ground.guard(service).oneshot(get(&url)).await.unwrap();
        let denied = answer.extensions().get::<Denial>().map(Denial::code);
        assert_eq!(denied, Some("challenge.foreign_resource"));
    }
    assert_eq!(ground.signer.count(), 0);
    assert_eq!(ground.verify().records, 2);
}
