//! Answers that are none.

use std::time::Duration;

use serde_json::json;
use x402_tower::evm::JsonRpcOracle;
use x402_tower::reconcile::{OracleError, Settlement, SettlementOracle};

use crate::node::{Lie, Node, Script, UNUSED, USED, base, oracle, payment, says};

async fn lying(lie: Lie) -> Result<Settlement, OracleError> {
    let script = Script {
        lie: Some(lie),
        ..Script::default()
    };
    says(script).await
}

async fn with_state(state: serde_json::Value) -> Result<Settlement, OracleError> {
    let script = Script {
        state,
        ..Script::default()
    };
    says(script).await
}

async fn with_block(block: serde_json::Value) -> Result<Settlement, OracleError> {
    let script = Script {
        block,
        ..Script::default()
    };
    says(script).await
}

#[tokio::test]
async fn attack_074_an_address_without_the_function_does_not_say_unused() {
    assert_eq!(with_state(json!("0x")).await, Ok(Settlement::NotKnown));
}

#[tokio::test]
async fn a_word_that_is_no_bool_is_malformed() {
    let two = format!("0x{}02", "00".repeat(31));
    let high = format!("0x01{}", "00".repeat(31));
    let long = format!("{UNUSED}00");
    for state in [
        json!(two),
        json!(high),
        json!(long),
        json!("0x00"),
        json!(false),
        json!(null),
        json!("unused"),
    ] {
        let said = with_state(state.clone()).await;
        assert_eq!(said, Err(OracleError::Malformed), "{state}");
    }
}

#[tokio::test]
async fn a_block_without_hash_or_time_is_malformed() {
    for block in [
        json!({ "timestamp": "0x6955b97c" }),
        json!({ "hash": UNUSED }),
        json!({ "hash": UNUSED, "timestamp": 1_767_225_660 }),
        json!({ "hash": "0xab", "timestamp": "0x6955b97c" }),
        json!("finalized"),
    ] {
        let said = with_block(block.clone()).await;
        assert_eq!(said, Err(OracleError::Malformed), "{block}");
    }
}

#[tokio::test]
async fn a_chain_without_such_a_block_is_not_known() {
    assert_eq!(with_block(json!(null)).await, Ok(Settlement::NotKnown));
}

#[tokio::test]
async fn an_endpoint_of_another_chain_is_not_believed() {
    for (chain_id, error) in [
        (json!("0x1"), OracleError::WrongChain),
        (json!("8453"), OracleError::Malformed),
        (json!(8453), OracleError::Malformed),
    ] {
        let script = Script {
            chain_id,
            ..Script::default()
        };
        let node = Node::start(script).await;
        let said = oracle(&[&node]).settlement(&payment("eip3009", "cc")).await;
        assert_eq!(said, Err(error));
        assert_eq!(node.asked().len(), 1, "nothing more is asked");
    }
}

#[tokio::test]
async fn an_error_object_is_a_refusal_with_its_number() {
    let refused = Err(OracleError::Refused { code: -32005 });
    assert_eq!(lying(Lie::Error(-32005)).await, refused);
}

#[tokio::test]
async fn only_200_is_an_answer() {
    for status in [201, 204, 404, 429, 500, 503] {
        let said = lying(Lie::Status(status)).await;
        assert_eq!(said, Err(OracleError::Unreachable), "{status}");
    }
}

#[tokio::test]
async fn what_is_no_json_rpc_is_malformed() {
    let answers = [
        "<html>limit reached</html>".to_owned(),
        String::new(),
        format!(r#"{{"id":402,"result":"{UNUSED}"}}"#),
        format!(r#"{{"jsonrpc":"1.0","id":402,"result":"{UNUSED}"}}"#),
        format!(r#"{{"jsonrpc":"2.0","id":"402","result":"{UNUSED}"}}"#),
        format!(r#"{{"jsonrpc":"2.0","id":402,"result":"{UNUSED}","error":{{"code":1}}}}"#),
        format!(r#"{{"jsonrpc":"2.0","id":402,"result":"{USED}","result":"{UNUSED}"}}"#),
        format!(r#"[{{"jsonrpc":"2.0","id":402,"result":"{UNUSED}"}}]"#),
        r#"{"jsonrpc":"2.0","id":402}"#.to_owned(),
    ];
    for answer in answers {
        let said = lying(Lie::Bytes(answer.clone().into_bytes())).await;
        assert_eq!(said, Err(OracleError::Malformed), "{answer}");
    }
}

#[tokio::test]
async fn an_answer_to_another_question_is_malformed() {
    assert_eq!(lying(Lie::OtherId).await, Err(OracleError::Malformed));
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read() {
    let large = vec![b' '; 64 * 1024 + 1];
    assert_eq!(lying(Lie::Bytes(large)).await, Err(OracleError::TooLarge));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Node::start(Script::default()).await;
    let said = lying(Lie::Redirect(elsewhere.url.clone())).await;
    assert_eq!(said, Err(OracleError::Unreachable));
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_node_that_never_answers_meets_the_deadline() {
    let script = Script {
        lie: Some(Lie::Silence),
        ..Script::default()
    };
    let node = Node::start(script).await;
    let oracle = oracle(&[&node]).deadline(Duration::from_millis(200));
    let said = oracle.settlement(&payment("eip3009", "cc")).await;
    assert_eq!(said, Err(OracleError::TimedOut));
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let oracle = JsonRpcOracle::new()
        .unwrap()
        .endpoint(&base(), &url)
        .unwrap();
    let said = oracle.settlement(&payment("eip3009", "cc")).await;
    assert_eq!(said, Err(OracleError::Unreachable));
}
