//! Attacks 141 and 142: what others write never becomes a label.

use std::collections::BTreeSet;

use http::HeaderValue;
use metrics::set_default_local_recorder;
use tower::{Layer, ServiceExt};
use x402_tower::testing::{ScriptedChallenge, ScriptedSeller};
use x402_tower::{AgentId, X402GuardLayer};

use crate::ground::{Ground, Page, cent, get, recorder};

#[tokio::test]
async fn attack_141_hostile_names_make_no_series() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let mut after_first = 0;
    for number in 0..200u32 {
        let url = format!("https://host{number}.example/path{number}?q={number}");
        let hostile = [
            cent().network(&format!("eip155:{}", 700_000 + number)),
            cent().scheme(&format!("scheme{number}")),
            cent().pay_to(&format!("0x{number:040x}")),
            cent().asset(&format!("0x{number:040x}")),
            cent().extra(
                &format!("name{number}"),
                format!("user{number}@example.com"),
            ),
            cent().description(&format!("text{number}")),
        ];
        let ground = Ground::new();
        for offer in hostile {
            let seller = ScriptedSeller::new()
                .challenge(&ScriptedChallenge::v2(&url, [offer]))
                .reject(&format!("reason_{number}"));
            let mut request = get(&url);
            let agent = AgentId::new(&format!("agent {number}")).unwrap();
            request.extensions_mut().insert(agent);
            let guard = ground.guard(ground.builder(), seller);
            guard.oneshot(request).await.unwrap();
        }
        let series = || Page::of(&recorder).series().count();
        if number == 0 {
            after_first = series();
            assert!(after_first > 20, "something is counted");
        } else if number == 199 {
            assert_eq!(series(), after_first);
        }
    }
}

#[tokio::test]
async fn attack_141_a_header_of_any_scheme_and_network_makes_no_series() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let ground = Ground::new();
    let config = ground.builder().build().unwrap();
    let guard = X402GuardLayer::new(config).layer(ScriptedSeller::new());
    for number in 0..100 {
        let mut request = get("https://api.example.com/");
        let value = HeaderValue::try_from(format!("garbage{number}")).unwrap();
        request.headers_mut().insert("payment-signature", value);
        assert_eq!(guard.clone().oneshot(request).await.unwrap().status(), 400);
    }
    let page = Page::of(&recorder);
    assert_eq!(
        page.sum("x402_payments_total", &[("outcome", "blocked")]),
        100.0
    );
    // Payments, and denials for no base64 and for no UTF-8 in it.
    assert_eq!(page.series().count(), 3, "{}", page.0);
}

#[tokio::test]
async fn attack_142_labels_hold_no_url_recipient_or_agent() {
    let recorder = recorder();
    let _local = set_default_local_recorder(&recorder);
    let ground = Ground::new();
    let url = "https://api.example.com/report/alice";
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(url, [cent()]))
        .settle();
    let mut request = get(url);
    request
        .extensions_mut()
        .insert(AgentId::new("alice").unwrap());
    let answer = ground
        .guard(ground.builder(), seller)
        .oneshot(request)
        .await;
    assert_eq!(answer.unwrap().status(), 200);
    let page = Page::of(&recorder).0;
    let keys: BTreeSet<&str> = page
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('{'))
        .flat_map(|(_, labels)| labels.split(','))
        .filter_map(|label| label.split_once('=').map(|(key, _)| key))
        .collect();
    let known = [
        "control", "decision", "le", "outcome", "position", "reason", "state", "step",
    ];
    assert_eq!(keys.into_iter().collect::<Vec<_>>(), known);
    // Without the values: how long something took may have any digits.
    let names = page
        .lines()
        .filter_map(|line| Some(line.rsplit_once(' ')?.0));
    let page = names.collect::<Vec<_>>().join("\n").to_ascii_lowercase();
    let recipient = x402_tower::testing::SELLER.to_ascii_lowercase();
    for secret in ["alice", "example.com", "http", "8453", &recipient] {
        assert!(!page.contains(secret), "{secret} in {page}");
    }
}
