//! Attack 63: a buyer that names the facilitator it would like to be asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Request, State};
use axum::{Json, Router};
use serde_json::{Value, json};
use x402_tests::agent::{Agent, POLICY};
use x402_tests::interop::x402_rs::Version;
use x402_tests::seller::HonestSeller;
use x402_tests::spawn_app;
use x402_tower::{GuardConfig, X402GuardLayer};
use x402_tower_reqwest::payment_record;

/// Says yes to everything and counts how often it was asked.
async fn facilitator() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let answer = async |State(asked): State<Arc<AtomicUsize>>, _: Request| -> Json<Value> {
        asked.fetch_add(1, Ordering::SeqCst);
        Json(json!({
            "isValid": true,
            "success": true,
            "transaction": format!("0x{}", "ab".repeat(32)),
            "network": "eip155:84532",
        }))
    };
    let app = Router::new().fallback(answer).with_state(asked.clone());
    (spawn_app(app).await, asked)
}

#[tokio::test]
async fn attack_063_a_facilitator_that_the_buyer_names_is_not_asked() {
    let (own, asked) = facilitator().await;
    let (decoy, tempted) = facilitator().await;
    let seller = HonestSeller::new(Version::V2, &own);
    let guard = X402GuardLayer::new(GuardConfig::seller().build().unwrap());
    let shop = spawn_app(seller.router().layer(guard)).await;
    let agent = Agent::new(POLICY);
    let request = agent
        .client()
        .post(format!("{shop}/premium?facilitator={decoy}"))
        .header("x-facilitator", &decoy)
        .header("x-facilitator-url", &decoy)
        .header("x-402-facilitator", &decoy)
        .header("payment-facilitator", &decoy)
        .header("forwarded", format!("host={decoy}"))
        .header("x-forwarded-host", &decoy);
    let response = request.send().await.unwrap();
    let record = payment_record(&response).unwrap();
    assert_eq!(record.outcome().as_str(), "settled");
    assert_eq!(seller.served(), 1);
    assert_eq!(asked.load(Ordering::SeqCst), 2, "verify and settle");
    assert_eq!(tempted.load(Ordering::SeqCst), 0);
}
