//! Attacks 38, 39 and 43: which offer is paid, and how often.

use x402_tower::testing::{Offer, ScriptedChallenge, ScriptedSeller};

use crate::ground::{BOTH, Ground, URL, assert_offers_denied, cent, denial, outcome, policy};

async fn signed_index(offers: Vec<Offer>) -> usize {
    let ground = Ground::new();
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, offers))
        .settle();
    assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("settled"));
    assert_eq!(ground.signer.count(), 1);
    assert_eq!(
        ground.spent_micros().await,
        10_000,
        "what was signed is what is counted"
    );
    ground.signer.calls()[0].index
}

#[tokio::test]
async fn attack_038_cheap_but_unpayable_beside_dear() {
    let dear = Offer::usdc(5_000_000);
    let solana = cent()
        .network("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp")
        .asset("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v")
        .pay_to("4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU");
    for unpayable in [cent().scheme("upto"), cent().scheme("free")] {
        assert_offers_denied(&policy(), &[unpayable, dear.clone()], "policy.scheme").await;
    }
    let ground = Ground::new();
    let seller = ScriptedSeller::new().challenge(&ScriptedChallenge::v2(URL, [solana, dear]));
    let answer = ground.buy(&seller, URL).await;
    ground
        .assert_untouched(&seller, answer, "policy.per_call")
        .await;
}

#[tokio::test]
async fn attack_038_the_offer_that_is_signed_is_the_one_that_was_checked() {
    let dear = Offer::usdc(5_000_000);
    assert_eq!(
        signed_index(vec![cent().scheme("upto"), dear.clone(), cent()]).await,
        2
    );
    assert_eq!(signed_index(vec![dear.clone(), cent(), dear]).await, 1);
}

#[tokio::test]
async fn attack_039_order_does_not_steer() {
    let (two, one) = (Offer::usdc(20_000), cent());
    assert_eq!(signed_index(vec![two.clone(), one.clone()]).await, 1);
    assert_eq!(signed_index(vec![one, two]).await, 0);
}

#[tokio::test]
async fn attack_039_none_allowed_is_denied() {
    let dear = Offer::usdc(5_000_000);
    assert_offers_denied(&policy(), &[dear.clone(), dear], "policy.per_call").await;
}

#[tokio::test]
async fn attack_043_asked_again_after_paying() {
    for version in BOTH {
        let ground = Ground::new();
        let challenge = ScriptedChallenge::new(version, URL, [cent()]);
        let seller = (0..8).fold(ScriptedSeller::new(), |s, _| s.challenge(&challenge));
        assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("rejected"));
        assert_eq!(seller.requests().len(), 2, "one challenge, one payment");
        for _ in 0..3 {
            assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("rejected"));
        }
        assert_eq!(ground.signer.count(), 1);
        assert_eq!(seller.paid_requests(), 4, "the same payment every time");
        assert_eq!(
            ground.spent_micros().await,
            10_000,
            "a refusal frees nothing"
        );
    }
}

#[tokio::test]
async fn attack_043_a_dearer_challenge_in_answer_to_a_payment() {
    let ground = Ground::new();
    let dearer = ScriptedChallenge::v2(URL, [Offer::usdc(20_000)]);
    let seller = ScriptedSeller::new()
        .challenge(&ScriptedChallenge::v2(URL, [cent()]))
        .challenge(&dearer)
        .challenge(&dearer)
        .settle();
    assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("rejected"));
    // Asking again does not help: the same request is not paid twice, at whatever price.
    assert_eq!(outcome(&ground.buy(&seller, URL).await), Some("settled"));
    assert_eq!((ground.signer.count(), seller.paid_requests()), (1, 2));
    assert_eq!(ground.spent_micros().await, 10_000, "the first price");
}
