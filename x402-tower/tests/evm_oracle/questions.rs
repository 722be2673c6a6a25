//! What is asked, and what an honest answer means.

use serde_json::json;
use x402_tower::ChainId;
use x402_tower::evm::{BlockTag, JsonRpcOracle};
use x402_tower::reconcile::{OracleError, Settlement, SettlementOracle};

use crate::node::{HASH, Node, Script, UNUSED, USED, VALID_BEFORE, block, oracle, payment, says};

#[tokio::test]
async fn a_used_nonce_is_used() {
    let script = Script {
        state: json!(USED),
        ..Script::default()
    };
    assert_eq!(says(script).await, Ok(Settlement::Used));
}

#[tokio::test]
async fn a_nonce_that_the_chain_has_not_used_by_the_end_is_unused() {
    assert_eq!(says(Script::default()).await, Ok(Settlement::Unused));
}

#[tokio::test]
async fn attack_074_a_node_that_lags_behind_the_end_does_not_know() {
    let script = Script {
        block: block(VALID_BEFORE - 1),
        ..Script::default()
    };
    assert_eq!(says(script).await, Ok(Settlement::NotKnown));
}

#[tokio::test]
async fn the_token_is_asked_about_payer_and_nonce_at_the_block_whose_time_was_read() {
    let node = Node::start(Script::default()).await;
    let oracle = oracle(&[&node]).block(BlockTag::Safe);
    oracle.settlement(&payment("eip3009", "cc")).await.unwrap();
    let asked = node.asked();
    let methods: Vec<_> = asked.iter().map(|question| &question["method"]).collect();
    assert_eq!(methods, ["eth_chainId", "eth_getBlockByNumber", "eth_call"]);
    assert_eq!(asked[1]["params"], json!(["safe", false]));
    let call = &asked[2]["params"];
    assert_eq!(call[0]["to"], "0x833589fcd6edb6e08f4c7c32d4f71b54bda02913");
    let data = format!(
        "0xe94a0102000000000000000000000000857b06519e91e3a54538791bdbb0e22373e36b66{}",
        "cc".repeat(32)
    );
    assert_eq!(call[0]["data"], data);
    assert_eq!(
        call[1],
        json!({ "blockHash": HASH, "requireCanonical": true })
    );
}

#[tokio::test]
async fn finalized_blocks_are_looked_at_unless_said_otherwise() {
    let node = Node::start(Script::default()).await;
    let oracle = oracle(&[&node]);
    oracle.settlement(&payment("eip3009", "cc")).await.unwrap();
    assert_eq!(node.asked()[1]["params"][0], "finalized");
}

#[tokio::test]
async fn the_chain_is_asked_for_once_per_endpoint() {
    let node = Node::start(Script::default()).await;
    let oracle = oracle(&[&node]);
    for _ in 0..3 {
        oracle.settlement(&payment("eip3009", "cc")).await.unwrap();
    }
    let asked = node.asked();
    let chain = asked
        .iter()
        .filter(|question| question["method"] == "eth_chainId");
    assert_eq!(chain.count(), 1);
}

#[tokio::test]
async fn a_permit2_nonce_is_one_bit_at_the_permit2_contract() {
    // The nonce ends in 0x05: the sixth bit of its word.
    for (word, settlement) in [
        ("20", Settlement::Used),
        ("df", Settlement::Unused),
        ("00", Settlement::Unused),
    ] {
        let script = Script {
            state: json!(format!("0x{}{word}", "00".repeat(31))),
            ..Script::default()
        };
        let node = Node::start(script).await;
        let said = oracle(&[&node]).settlement(&payment("permit2", "05")).await;
        assert_eq!(said, Ok(settlement), "{word}");
        let call = node.asked()[2]["params"][0].clone();
        assert_eq!(call["to"], "0x000000000022d473030f116ddee9f6b43ac78ba3");
        let data = format!(
            "0x4fe02b44000000000000000000000000857b06519e91e3a54538791bdbb0e22373e36b6600{}",
            "05".repeat(31)
        );
        assert_eq!(call["data"], data);
    }
}

#[tokio::test]
async fn it_answers_for_nonces_on_chains_that_it_has_an_endpoint_for() {
    let node = Node::start(Script::default()).await;
    let here = oracle(&[&node]);
    assert!(here.answers_for(&payment("eip3009", "cc")));
    assert!(here.answers_for(&payment("permit2", "cc")));
    assert!(!here.answers_for(&payment("opaque", "cc")));
    let mainnet = ChainId::parse("eip155:1").unwrap();
    let elsewhere = JsonRpcOracle::new().unwrap();
    let elsewhere = elsewhere.endpoint(&mainnet, &node.url).unwrap();
    assert!(!elsewhere.answers_for(&payment("eip3009", "cc")));
    let said = elsewhere.settlement(&payment("eip3009", "cc")).await;
    assert_eq!(said, Ok(Settlement::NotKnown));
    assert!(node.asked().is_empty());
}

#[tokio::test]
async fn several_endpoints_have_to_say_the_same() {
    let state = |state: &str| Script {
        state: json!(state),
        ..Script::default()
    };
    let (used, unused) = (
        Node::start(state(USED)).await,
        Node::start(state(UNUSED)).await,
    );
    let also_unused = Node::start(state(UNUSED)).await;
    let about = payment("eip3009", "cc");
    let agreeing = oracle(&[&unused, &also_unused]);
    assert_eq!(agreeing.settlement(&about).await, Ok(Settlement::Unused));
    let quarrelling = oracle(&[&unused, &used]).settlement(&about).await;
    assert_eq!(quarrelling, Err(OracleError::Disagreement));
}
