//! What is settled, and what that leaves behind.

use super::log::Received;
use super::*;

#[tokio::test]
async fn what_it_supports_is_what_it_settles() {
    let request = Request::get("/supported").body(Body::empty()).unwrap();
    let response = router(facilitator()).oneshot(request).await.unwrap();
    let bytes = to_bytes(response.into_body(), 64 * 1024).await.unwrap();
    let supported: Value = serde_json::from_slice(&bytes).unwrap();
    let kinds = supported["kinds"].as_array().unwrap();
    let kind =
        |version, network| json!({"x402Version": version, "scheme": "exact", "network": network});
    assert!(kinds.contains(&kind(2, "eip155:84532")), "{supported}");
    assert!(kinds.contains(&kind(1, "base-sepolia")), "{supported}");
    assert!(
        !kinds.contains(&kind(2, "eip155:4326")),
        "no EIP-3009 token on MegaETH"
    );
    assert_eq!(supported["extensions"], json!([]));
}

#[tokio::test]
async fn a_good_payment_is_verified_and_nothing_moves() {
    let state = facilitator();
    let app = router(state.clone());
    for body in [v1(&payload(10_000).await), v2(&payload(10_000).await)] {
        let answer = post(&app, "/verify", body.to_string()).await;
        assert_eq!(
            answer,
            json!({"isValid": true, "payer": buyer().address().as_str()})
        );
    }
    assert_eq!(state.balance(&usdc(), buyer().address()), 100_000);
}

#[tokio::test]
async fn a_settlement_moves_the_money() {
    let state = facilitator();
    let body = v2(&payload(10_000).await);
    let answer = post(&router(state.clone()), "/settle", body.to_string()).await;
    assert_eq!(state.balance(&usdc(), buyer().address()), 90_000);
    assert_eq!(state.balance(&usdc(), &address(SELLER)), 10_000);
    let [settlement] = &state.settlements()[..] else {
        panic!("one settlement")
    };
    assert_eq!(
        answer,
        json!({
            "success": true, "transaction": settlement.transaction, "network": "eip155:84532",
            "payer": buyer().address().as_str(),
        })
    );
    assert_eq!(settlement.amount, AtomicAmount::from(10_000));
    assert_eq!(settlement.at, UnixMillis::from_secs(NOW));
}

#[tokio::test]
async fn v1_is_answered_in_v1_names() {
    let state = facilitator();
    let body = v1(&payload(10_000).await);
    let answer = post(&router(state), "/settle", body.to_string()).await;
    assert_eq!(answer["success"], json!(true), "{answer}");
    assert_eq!(answer["network"], json!("base-sepolia"));
}

#[tokio::test]
async fn a_transaction_has_the_form_of_a_hash_and_belongs_to_its_authorization() {
    let state = facilitator();
    let app = router(state.clone());
    let payload = payload(10_000).await;
    let first = post(&app, "/settle", v2(&payload).to_string()).await;
    let same_elsewhere = post(&router(facilitator()), "/settle", v2(&payload).to_string()).await;
    let another = post(
        &app,
        "/settle",
        v2(&super::payload(10_000).await).to_string(),
    )
    .await;
    let hash: [u8; 32] =
        const_hex::decode_to_array(first["transaction"].as_str().unwrap()).unwrap();
    assert_ne!(hash, [0; 32]);
    assert_eq!(first["transaction"], same_elsewhere["transaction"]);
    assert_ne!(first["transaction"], another["transaction"]);
}

#[tokio::test]
async fn a_nonce_is_settled_once_in_either_version() {
    let state = facilitator();
    let app = router(state.clone());
    let payload = payload(10_000).await;
    let first = post(&app, "/settle", v2(&payload).to_string()).await;
    assert_eq!(first["success"], json!(true), "{first}");
    for body in [v2(&payload), v1(&payload)] {
        let again = post(&app, "/settle", body.to_string()).await;
        assert_eq!(again["success"], json!(false));
        assert_eq!(
            again["errorReason"],
            json!("invalid_exact_evm_nonce_already_used")
        );
        assert_eq!(again["transaction"], json!(""));
        let verified = post(&app, "/verify", body.to_string()).await;
        assert_eq!(
            verified["invalidReason"],
            json!("invalid_exact_evm_nonce_already_used")
        );
    }
    assert_eq!(state.balance(&usdc(), buyer().address()), 90_000);
    assert_eq!(state.settlements().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_settlements_of_one_nonce_move_the_money_once() {
    let state = facilitator();
    let app = router(state.clone());
    let body = v2(&payload(10_000).await).to_string();
    let racing: Vec<_> = (0..8)
        .map(|_| {
            let (app, body) = (app.clone(), body.clone());
            tokio::spawn(async move { post(&app, "/settle", body).await })
        })
        .collect();
    let mut won = 0;
    for answer in racing {
        won += usize::from(answer.await.unwrap()["success"] == json!(true));
    }
    assert_eq!(won, 1);
    assert_eq!(state.balance(&usdc(), buyer().address()), 90_000);
}

#[tokio::test]
async fn a_payer_can_spend_the_last_unit() {
    let state = facilitator();
    let mut body = v2(&payload(100_000).await);
    body["paymentRequirements"]["amount"] = json!("100000");
    let answer = post(&router(state.clone()), "/settle", body.to_string()).await;
    assert_eq!(answer["success"], json!(true), "{answer}");
    assert_eq!(state.balance(&usdc(), buyer().address()), 0);
}

#[tokio::test]
async fn the_log_has_every_body_as_it_came() {
    let state = facilitator();
    let app = router(state.clone());
    let body = v2(&payload(10_000).await).to_string();
    post(&app, "/verify", body.clone()).await;
    post(&app, "/settle", "nonsense".to_owned()).await;
    let received = |path, body| Received { path, body };
    assert_eq!(
        state.log().bodies(),
        [
            received("/verify", body),
            received("/settle", "nonsense".to_owned())
        ]
    );
}

#[tokio::test]
async fn the_log_keeps_the_last_256_bodies() {
    let state = facilitator();
    let app = router(state.clone());
    for n in 0..260 {
        post(&app, "/verify", n.to_string()).await;
    }
    let bodies = state.log().bodies();
    assert_eq!(bodies.len(), 256);
    assert_eq!(bodies[0].body, "4");
}

#[test]
fn the_faucet_does_not_overflow() {
    let state = facilitator();
    let most = AtomicAmount::parse(&u128::MAX.to_string()).unwrap();
    assert_eq!(
        state.fund(&usdc(), buyer().address(), most),
        Err(LedgerError::TooMuch)
    );
    assert_eq!(state.balance(&usdc(), buyer().address()), 100_000);
}

/// What the official SDKs sent to a facilitator is accepted here.
#[tokio::test]
async fn captured_requests_of_the_official_sdks_settle() {
    for capture in [
        include_str!("../../../../tests/vectors/v2_ts_fetch-2.27.0_to_ts_express-2.27.0.json"),
        include_str!("../../../../tests/vectors/v2_py_httpx-2.25.0_to_py_fastapi-2.25.0.json"),
        include_str!("../../../../tests/vectors/v2_rs_reqwest-2.0.2_to_rs_axum-2.0.2.json"),
        include_str!("../../../../tests/vectors/v1_ts_x402-fetch-1.2.0_to_x402-express-1.2.0.json"),
        include_str!("../../../../tests/vectors/v1_rs_reqwest-2.0.2_to_rs_axum-2.0.2.json"),
    ] {
        let capture: Value = serde_json::from_str(capture).unwrap();
        let body = capture["serverFacilitator"]
            .as_array()
            .unwrap()
            .iter()
            .find(|exchange| exchange["request"]["path"] == json!("/settle"))
            .map(|exchange| &exchange["request"]["body"])
            .unwrap();
        let end = body
            .pointer("/paymentPayload/payload/authorization/validBefore")
            .and_then(Value::as_str)
            .unwrap();
        let signed_at = UnixMillis::from_secs(end.parse::<u64>().unwrap() - 60);
        let app = router(facilitator_at(Some(signed_at)));
        let verified = post(&app, "/verify", body.to_string()).await;
        assert_eq!(verified["isValid"], json!(true), "{verified} for {body}");
        let settled = post(&app, "/settle", body.to_string()).await;
        assert_eq!(settled["success"], json!(true), "{settled} for {body}");
    }
}
