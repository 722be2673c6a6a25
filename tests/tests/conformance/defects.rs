//! Defects that the reference is known to have, by their numbers; the others' tests stand with the control that they are about.

use http::{Response, StatusCode};
use http_body_util::BodyExt;
use x402_tower::GuardConfig;
use x402_tower::audit::{AuditEventType, AuditKey, AuditLog, AuditRecord, FileSink, verify_file};
use x402_tower::testing::{Offer, ScriptedBody, ScriptedChallenge, ScriptedSeller};
use x402_tower::wire::Version;

use crate::ground::{
    BOTH, Ground, KEY, NOW_SECS, URL, answer_402, cent, denial, get, outcome, serve,
};
use tower::ServiceExt;

fn challenge(version: Version) -> String {
    let challenge = ScriptedChallenge::new(version, URL, [cent()]);
    challenge.to_json().to_string()
}

/// P1: v1 has its offer in the body of the 402, v2 in base64 in `PAYMENT-REQUIRED`.
#[tokio::test]
async fn defect_p01_offers_are_read_where_each_version_puts_them() {
    for version in BOTH {
        let ground = Ground::new();
        let response = serve(version, &challenge(version));
        let seller = ScriptedSeller::new().respond(response).settle();
        let answer = ground.buy(&seller, URL).await;
        assert_eq!(outcome(&answer), Some("settled"), "{version:?}");
        let header = match version {
            Version::V1 => "x-payment",
            _ => "payment-signature",
        };
        assert!(seller.requests()[1].headers.contains_key(header));
    }
}

/// P1: a payment header of a response is none of those places.
#[tokio::test]
async fn defect_p01_raw_json_in_a_payment_header_is_no_offer() {
    for version in BOTH {
        let mut response = answer_402("pay me", None);
        let json = challenge(version).parse().unwrap();
        response.headers_mut().insert("x-payment", json);
        let (ground, seller) = (Ground::new(), ScriptedSeller::new().respond(response));
        let answer = ground.buy(&seller, URL).await;
        assert_eq!(answer.status(), StatusCode::PAYMENT_REQUIRED);
        assert_eq!((denial(&answer), ground.signer.count()), (None, 0));
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, "pay me", "it is the caller's, as it came");
    }
}

/// P5: what was answered to a payment does not make it an allowed one, and no answer does not keep it off the record.
#[tokio::test]
async fn defect_p05_a_payment_that_was_not_delivered_is_recorded_as_that() {
    let answered = |status: StatusCode| {
        let mut response = Response::new(ScriptedBody::whole("no"));
        *response.status_mut() = status;
        ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(URL, [cent()]))
            .respond(response)
    };
    let reset = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .fail();
    for (seller, event) in [
        (reset, "PAYMENT_UNKNOWN"),
        (answered(StatusCode::PAYMENT_REQUIRED), "PAYMENT_REJECTED"),
        (
            answered(StatusCode::INTERNAL_SERVER_ERROR),
            "PAYMENT_UNKNOWN",
        ),
    ] {
        let ground = Ground::new();
        let _ = ground.guard(seller.clone()).oneshot(get(URL)).await;
        assert_eq!(seller.paid_requests(), 1);
        let records = ground.records();
        let events: Vec<_> = records.iter().map(|r| &r["event_type"]).collect();
        assert_eq!(events, ["PAYMENT_INTENT", event]);
        assert_eq!(
            ground.spent_micros().await,
            10_000,
            "the money stays counted"
        );
    }
}

/// P6: the budget belongs to the ledger, not to the guard that asks it.
#[tokio::test]
async fn defect_p06_a_guard_that_starts_later_or_beside_has_no_budget_of_its_own() {
    let ground = Ground::new();
    for n in 0..5 {
        let url = format!("{URL}/{n}");
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(&url, [cent()]))
            .settle();
        // Each purchase is one guard's first.
        assert_eq!(outcome(&ground.buy(&seller, &url).await), Some("settled"));
    }
    let seller = ScriptedSeller::new().challenge(&ScriptedChallenge::v2(URL, [cent()]));
    let answer = ground.buy(&seller, URL).await;
    assert_eq!(denial(&answer), Some("policy.window"));

    // With a ledger each, the same two guards would spend twice the budget.
    let other = Ground::new();
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .settle();
    assert_eq!(outcome(&other.buy(&seller, URL).await), Some("settled"));
}

fn write_record(path: &std::path::Path, key: &AuditKey) {
    let log = AuditLog::open(FileSink::open(path).unwrap(), key).unwrap();
    let record = AuditRecord::new(AuditEventType::PaymentAllowed, NOW_SECS * 1000);
    log.write(&record).unwrap();
}

/// P7: the chain goes on over restarts, and an end that was cut off shows.
#[test]
fn defect_p07_a_restart_continues_the_chain_and_a_cut_end_shows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let key = AuditKey::from_bytes(KEY).unwrap();
    for _ in 0..3 {
        write_record(&path, &key);
    }
    assert_eq!(verify_file(&path, &key).unwrap().records, 3);
    let text = std::fs::read_to_string(&path).unwrap();
    let kept: String = text.split_inclusive('\n').take(2).collect();
    std::fs::write(&path, kept).unwrap();
    assert!(verify_file(&path, &key).is_err());
}

/// P8: what an operator deploys decides payments, and not the health page alone.
#[tokio::test]
async fn defect_p08_the_policy_file_that_is_deployed_decides_payments() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.toml");
    let bought = async |policy: &str| {
        std::fs::write(&path, policy).unwrap();
        let ground = Ground::new();
        let config = GuardConfig::buyer()
            .policy_file(&path)
            .clock(std::sync::Arc::new(ground.clock.clone()))
            .build()
            .unwrap();
        let url = "https://api.example.com/report?for=alice@example.com";
        let offer = cent().extra("note", "alice@example.com");
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(url, [offer]))
            .settle();
        let guard = ground.guard_with(config, seller);
        denial(&guard.oneshot(get(url)).await.unwrap())
    };
    assert_eq!(bought("max_per_call_usd = 0.01").await, None);
    let denied = bought("max_per_call_usd = 0.009").await;
    assert_eq!(denied, Some("policy.per_call"));
    let denied = bought("[pii]\naction = \"block\"").await;
    assert_eq!(denied, Some("pii.blocked"));
}

/// P13: the seller's order of offers decides nothing.
#[tokio::test]
async fn defect_p13_the_cheapest_offer_is_paid_wherever_it_stands() {
    for at in 0..3 {
        let mut offers = vec![Offer::usdc(20_000), Offer::usdc(15_000)];
        offers.insert(at, cent());
        let seller = ScriptedSeller::new()
            .challenge(&ScriptedChallenge::v2(URL, offers))
            .settle();
        let ground = Ground::new();
        assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("settled"));
        assert_eq!(ground.signer.calls()[0].index, at);
        assert_eq!(ground.spent_micros().await, 10_000);
    }
}
