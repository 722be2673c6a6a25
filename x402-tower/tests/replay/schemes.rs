//! By what an authorization is told from another, scheme by scheme.

use base64::prelude::{BASE64_STANDARD, Engine};
use http::{HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::json;
use x402_tower::testing::SELLER;

use crate::ground::{Ground, URL, call, denial, outcome, settling, unguarded};
use crate::signed::{Signed, post, v2, with};

/// What the second of two payments is told, behind the control and without it.
async fn second_of(
    first: &Signed,
    second: &Signed,
) -> (Option<&'static str>, Option<&'static str>) {
    let (ground, seller) = (Ground::new(), settling(2));
    let shop = ground.shop(&seller);
    assert_eq!(denial(&call(&shop, first.sent()).await), None);
    let guarded = denial(&call(&shop, second.sent()).await);
    let (ground, seller) = (Ground::new(), settling(2));
    let shop = unguarded(&ground, &seller);
    call(&shop, first.sent()).await;
    (guarded, denial(&call(&shop, second.sent()).await))
}

const DENIED: (Option<&str>, Option<&str>) = (Some("replay.authorization"), None);
const SERVED: (Option<&str>, Option<&str>) = (None, None);

#[tokio::test]
async fn attack_090_an_eip3009_payment_is_its_payer_and_nonce() {
    let first = Signed::new(0xab);
    let lower = first.from.to_lowercase();
    for second in [
        Signed {
            from: lower,
            ..first.clone()
        },
        Signed {
            nonce: format!("0x{:064X}", 0xab),
            ..first.clone()
        },
        Signed {
            signature: format!("0x{}", "1c".repeat(65)),
            ..first.clone()
        },
        Signed {
            value: 20_000,
            ..first.clone()
        },
        Signed {
            to: format!("0x{}", "22".repeat(20)),
            ..first.clone()
        },
        Signed {
            until: first.until + 1,
            ..first.clone()
        },
        Signed {
            v1: true,
            ..first.clone()
        },
    ] {
        assert_eq!(
            second_of(&first, &second).await,
            DENIED,
            "{:?}",
            second.header()
        );
    }
    let other_payer = Signed {
        from: format!("0x{}", "33".repeat(20)),
        ..first.clone()
    };
    assert_eq!(second_of(&first, &other_payer).await, SERVED);
}

#[tokio::test]
async fn attack_090_a_permit2_payment_is_its_owner_and_nonce_over_all_tokens() {
    let first = Signed::permit2("255");
    for second in [
        Signed::permit2("0xff"),
        Signed::permit2("0x00FF"),
        Signed {
            asset: format!("0x{}", "44".repeat(20)),
            ..first.clone()
        },
        Signed {
            signature: format!("0x{}", "1c".repeat(65)),
            ..first.clone()
        },
    ] {
        assert_eq!(
            second_of(&first, &second).await,
            DENIED,
            "{:?}",
            second.header()
        );
    }
    assert_eq!(second_of(&first, &Signed::permit2("256")).await, SERVED);
    let same_number = Signed::new(255);
    assert_eq!(
        second_of(&first, &same_number).await,
        SERVED,
        "another contract's nonce"
    );
}

/// A version 0 transaction of one instruction, whose fee payer has not signed yet.
fn transaction(memo: u8) -> Vec<u8> {
    let mut bytes = vec![2];
    bytes.extend([0; 64]);
    bytes.extend([7; 64]);
    bytes.extend([0x80, 2, 1, 1, 3]);
    bytes.extend([1; 32].iter().chain(&[2; 32]).chain(&[3; 32]));
    bytes.extend([9; 32]);
    bytes.extend([1, 2, 2, 0, 1, 1, memo]);
    bytes.push(0);
    bytes
}

fn svm(transaction: &[u8]) -> (HeaderName, HeaderValue) {
    let accepted = json!({
        "scheme": "exact",
        "network": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
        "amount": "10000",
        "asset": "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
        "payTo": "2wKupLR9q6wXYppw8Gr2NvWxKBUqm4PPJKkQfoxHDBg4",
        "maxTimeoutSeconds": 60,
        "extra": { "feePayer": "EwWqGE4ZFKLofuestmU4LDdK7XM1N4ALgdZccwYugwGd" },
    });
    v2(
        &accepted,
        &json!({ "transaction": BASE64_STANDARD.encode(transaction) }),
    )
}

async fn sold(ground: &Ground, transaction: &[u8]) -> Option<&'static str> {
    let request = with(svm(transaction), post(URL, "question"));
    denial(&call(&ground.shop(&settling(1)), request).await)
}

#[tokio::test]
async fn attack_090_a_solana_payment_is_the_message_that_was_signed() {
    let ground = Ground::new();
    assert_eq!(sold(&ground, &transaction(1)).await, None);
    assert_eq!(
        sold(&ground, &transaction(1)).await,
        Some("replay.authorization")
    );
    let mut other_signature = transaction(1);
    other_signature[80] ^= 1;
    assert_eq!(
        sold(&ground, &other_signature).await,
        Some("replay.authorization")
    );
    assert_eq!(sold(&ground, &transaction(2)).await, None);
}

#[tokio::test]
async fn attack_090_a_solana_payment_with_bytes_that_others_overlook_is_refused() {
    let ground = Ground::new();
    let mut longer = transaction(1);
    longer.push(0);
    assert_eq!(sold(&ground, &longer).await, Some("replay.no_key"));
    let mut long_form = transaction(1);
    long_form.splice(..1, [0x82, 0]);
    assert_eq!(sold(&ground, &long_form).await, Some("replay.no_key"));
    let mut short = transaction(1);
    short.pop();
    assert_eq!(sold(&ground, &short).await, Some("replay.no_key"));
    assert_eq!(sold(&ground, &[]).await, Some("replay.no_key"));
}

#[tokio::test]
async fn a_payment_of_an_unknown_kind_is_not_served() {
    let accepted = json!({
        "scheme": "exact", "network": "eip155:8453", "amount": "10000", "payTo": SELLER,
        "asset": x402_tower::testing::USDC_BASE, "maxTimeoutSeconds": 60,
    });
    let header = v2(&accepted, &json!({ "permissionContext": "0x00" }));
    let ground = Ground::new();
    let answer = call(&ground.shop(&settling(1)), with(header, post(URL, ""))).await;
    assert_eq!(denial(&answer), Some("payment.opaque"));
    assert_eq!(outcome(&answer), None);
}

proptest! {
    /// Whatever the bytes, the reader of transactions answers.
    #[test]
    fn any_transaction_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0..230usize, flip: u8) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut near = transaction(1);
        if let Some(byte) = near.get_mut(at) {
            *byte ^= flip;
        }
        for bytes in [bytes, near] {
            let ground = Ground::new();
            let first = runtime.block_on(sold(&ground, &bytes));
            let second = runtime.block_on(sold(&ground, &bytes));
            let expected = match first {
                None => Some("replay.authorization"),
                refused => refused,
            };
            prop_assert_eq!(second, expected);
        }
    }
}
