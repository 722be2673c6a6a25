//! Why nothing is settled: every reason once.

use super::*;

/// Both routes refuse `body` with `reason`, and no money moves.
async fn refused(state: &Facilitator, body: &Value, reason: &str) {
    let app = router(state.clone());
    let before = state.balance(&usdc(), buyer().address());
    let verified = post(&app, "/verify", body.to_string()).await;
    assert_eq!(verified["isValid"], json!(false), "{verified}");
    assert_eq!(verified["invalidReason"], json!(reason));
    let settled = post(&app, "/settle", body.to_string()).await;
    assert_eq!(settled["success"], json!(false), "{settled}");
    assert_eq!(settled["errorReason"], json!(reason));
    assert_eq!(settled["transaction"], json!(""));
    assert_eq!(state.balance(&usdc(), buyer().address()), before);
    assert_eq!(state.settlements(), []);
}

#[tokio::test]
async fn a_tampered_authorization_is_not_the_payers() {
    for (field, value) in [
        ("from", OTHER),
        ("to", OTHER),
        ("value", "10001"),
        ("validAfter", "1799999999"),
        ("validBefore", "1800009999"),
        (
            "nonce",
            "0x0000000000000000000000000000000000000000000000000000000000000001",
        ),
    ] {
        let mut payload = payload(10_000).await;
        payload["authorization"][field] = json!(value);
        for body in [v1(&payload), v2(&payload)] {
            refused(&facilitator(), &body, "invalid_exact_evm_signature").await;
        }
    }
}

#[tokio::test]
async fn a_signature_of_another_length_is_refused() {
    let mut payload = payload(10_000).await;
    for signature in ["0x", "0x1234", "not hex", &format!("0x{}", "11".repeat(96))] {
        payload["signature"] = json!(signature);
        refused(&facilitator(), &v2(&payload), "invalid_exact_evm_signature").await;
    }
}

#[tokio::test]
async fn attack_014_the_domain_is_the_local_tables() {
    for (field, reason) in [
        ("name", "invalid_exact_evm_token_name_mismatch"),
        ("version", "invalid_exact_evm_token_version_mismatch"),
    ] {
        let mut body = v2(&payload(10_000).await);
        body["paymentRequirements"]["extra"][field] = json!("Fake");
        refused(&facilitator(), &body, reason).await;
        body["paymentRequirements"]["extra"][field] = Value::Null;
        refused(
            &facilitator(),
            &body,
            "invalid_exact_evm_missing_eip712_domain",
        )
        .await;
    }
}

#[tokio::test]
async fn another_recipient_than_the_sellers_is_refused() {
    let mut body = v2(&payload(10_000).await);
    body["paymentRequirements"]["payTo"] = json!(OTHER);
    refused(
        &facilitator(),
        &body,
        "invalid_exact_evm_recipient_mismatch",
    )
    .await;
}

#[tokio::test]
async fn the_amount_must_be_exact() {
    for amount in [9_999, 10_001] {
        let payload = payload(amount).await;
        refused(
            &facilitator(),
            &v2(&payload),
            "invalid_exact_evm_payload_authorization_value_mismatch",
        )
        .await;
        refused(
            &facilitator(),
            &v1(&payload),
            "invalid_exact_evm_authorization_value",
        )
        .await;
    }
}

#[tokio::test]
async fn an_authorization_is_good_from_valid_after_until_before_valid_before() {
    let body = v2(&payload(10_000).await);
    let at = |secs| facilitator_at(Some(UnixMillis::from_secs(secs)));
    for good in [NOW, NOW + 299] {
        let answer = post(&router(at(good)), "/verify", body.to_string()).await;
        assert_eq!(answer["isValid"], json!(true), "{good}: {answer}");
    }
    refused(
        &at(NOW - 1),
        &body,
        "invalid_exact_evm_payload_authorization_valid_after",
    )
    .await;
    refused(
        &at(NOW + 300),
        &body,
        "invalid_exact_evm_payload_authorization_valid_before",
    )
    .await;
}

#[tokio::test]
async fn a_payer_without_the_money_is_refused() {
    let mut body = v2(&payload(100_001).await);
    body["paymentRequirements"]["amount"] = json!("100001");
    refused(
        &facilitator(),
        &body,
        "invalid_exact_evm_insufficient_balance",
    )
    .await;
}

#[tokio::test]
async fn a_token_that_is_not_in_the_table_is_refused() {
    let mut body = v2(&payload(10_000).await);
    body["paymentRequirements"]["asset"] = json!(OTHER);
    refused(&facilitator(), &body, "asset_not_deployed_contract").await;
}

#[tokio::test]
async fn a_token_without_eip3009_is_refused() {
    let mut body = v2(&payload(10_000).await);
    let requirements = &mut body["paymentRequirements"];
    requirements["network"] = json!("eip155:4326");
    requirements["asset"] = json!("0xFAfDdbb3FC7688494971a79cc65DCa3EF82079E7");
    body["paymentPayload"]["accepted"]["network"] = json!("eip155:4326");
    refused(
        &facilitator(),
        &body,
        "invalid_exact_evm_eip3009_not_supported",
    )
    .await;
}

#[tokio::test]
async fn another_scheme_is_refused() {
    for part in [
        "/paymentPayload/accepted/scheme",
        "/paymentRequirements/scheme",
    ] {
        let mut body = v2(&payload(10_000).await);
        *body.pointer_mut(part).unwrap() = json!("upto");
        refused(&facilitator(), &body, "invalid_exact_evm_scheme").await;
    }
}

#[tokio::test]
async fn networks_that_disagree_or_are_not_served_are_refused() {
    let payload = payload(10_000).await;
    let mut disagreeing = v2(&payload);
    disagreeing["paymentRequirements"]["network"] = json!("eip155:8453");
    let mut unserved = v1(&payload);
    unserved["paymentRequirements"]["network"] = json!("base");
    unserved["paymentPayload"]["network"] = json!("base");
    for body in [disagreeing, unserved] {
        refused(&facilitator(), &body, "invalid_exact_evm_network_mismatch").await;
    }
}

#[tokio::test]
async fn versions_that_disagree_or_do_not_exist_are_refused() {
    for part in ["/x402Version", "/paymentPayload/x402Version"] {
        let mut body = v2(&payload(10_000).await);
        *body.pointer_mut(part).unwrap() = json!(3);
        refused(&facilitator(), &body, "invalid_x402_version").await;
    }
}

#[tokio::test]
async fn permit2_is_not_taken_for_eip3009() {
    let body = v2(&json!({"signature": "0x11", "permit2Authorization": {}}));
    refused(&facilitator(), &body, "unsupported_payload_type").await;
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let mut signed_times = v2(&payload(10_000).await);
    signed_times["paymentPayload"]["payload"]["authorization"]["validAfter"] = json!("+5");
    refused(&facilitator(), &signed_times, "invalid_payload").await;
    refused(&facilitator(), &json!({}), "invalid_payload").await;
    refused(&facilitator(), &json!("{"), "invalid_payload").await;
    let mut fraction = v2(&payload(10_000).await);
    fraction["paymentRequirements"]["amount"] = json!("0.01");
    refused(&facilitator(), &fraction, "invalid_payment_requirements").await;
}

#[tokio::test]
async fn a_member_that_stands_twice_is_refused() {
    let body = v2(&payload(10_000).await).to_string();
    let twice = body.replace("\"payTo\":", &format!("\"payTo\":\"{OTHER}\",\"payTo\":"));
    assert_ne!(twice, body);
    let answer = post(&router(facilitator()), "/verify", twice).await;
    assert_eq!(
        answer,
        json!({"isValid": false, "invalidReason": "invalid_payload"})
    );
}

#[tokio::test]
async fn without_a_clock_nothing_is_settled() {
    let state = facilitator_at(None);
    let body = v2(&payload(10_000).await).to_string();
    let verified = post(&router(state.clone()), "/verify", body.clone()).await;
    assert_eq!(verified["invalidReason"], json!("unexpected_verify_error"));
    let settled = post(&router(state.clone()), "/settle", body).await;
    assert_eq!(settled["errorReason"], json!("unexpected_settle_error"));
    assert_eq!(state.settlements(), []);
}

#[tokio::test]
async fn an_oversized_body_is_not_read() {
    let request = Request::post("/settle")
        .body(Body::from(vec![b' '; 64 * 1024 + 1]))
        .unwrap();
    let response = router(facilitator()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_refusal_names_payer_and_network_as_the_request_does() {
    let mut payload = payload(10_000).await;
    let mixed_case = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    payload["authorization"]["from"] = json!(mixed_case);
    payload["authorization"]["value"] = json!("1");
    for (body, network) in [
        (v1(&payload), "base-sepolia"),
        (v2(&payload), "eip155:84532"),
    ] {
        let app = router(facilitator());
        let settled = post(&app, "/settle", body.to_string()).await;
        assert_eq!(
            settled,
            json!({
                "success": false, "errorReason": "invalid_exact_evm_signature", "transaction": "",
                "network": network, "payer": mixed_case,
            })
        );
        let verified = post(&app, "/verify", body.to_string()).await;
        assert_eq!(verified["payer"], json!(mixed_case));
    }
}
