//! The facts of [`Claims`].

use std::time::Duration;

use super::Subject;
use super::engine::{
    DAY, End, Engine, HOUR, MINUTE, assert_fails, digest, earlier, id, look_alikes, present, told,
};
use crate::clock::UnixMillis;
use crate::store::{Claim, ClaimKey, Claims, Reach, StoreError};

fn key(n: u64) -> ClaimKey {
    ClaimKey::from_bytes(digest(n))
}

/// What a claim of payment `n` is told about to whoever comes later.
fn held_by(n: u64) -> Claim {
    Claim::Held {
        holder: id(n),
        value: n.to_be_bytes().to_vec(),
    }
}

/// The first caller is told so, every other who holds the claim and with what value; also the holder itself.
pub async fn the_first_is_told_so_and_others_who_it_was<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    assert_eq!(engine.claim(key(1), 1, HOUR).await, Claim::Taken);
    assert_eq!(engine.claim(key(1), 2, HOUR).await, held_by(1));
    assert_eq!(engine.claim(key(1), 1, HOUR).await, held_by(1));
    assert_eq!(engine.claim(key(2), 2, HOUR).await, Claim::Taken);
}

/// Attack 90: of 64 that claim at the same moment exactly one is the first, and all others are told the same.
pub async fn attack_090_of_64_claimants_one_is_first<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    for round in 0..4 {
        let now = engine.now();
        let answers = engine
            .race(64, move |store, n| async move {
                let until = now.saturating_add(HOUR);
                told(
                    store
                        .claim(key(round), id(n), &n.to_be_bytes(), now, until)
                        .await,
                )
            })
            .await;
        let first = present(answers.iter().position(|answer| *answer == Claim::Taken));
        let held = held_by(u64::try_from(first).unwrap_or(u64::MAX));
        let others = answers.iter().filter(|answer| **answer == held);
        assert_eq!(others.count(), 63);
    }
}

/// Attack 79: a claim holds up to and including its last millisecond, for whoever claims.
pub async fn attack_079_a_claim_holds_to_its_last_millisecond<S: Subject<Store: Claims>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let end = engine.taken(key(1), 1, MINUTE).await;
    engine
        .assert_ends(end, async || {
            engine.claim(key(1), 2, MINUTE).await == held_by(1)
        })
        .await;
    // Whoever came after the end holds it now.
    assert_eq!(engine.claim(key(1), 3, MINUTE).await, held_by(2));
}

/// Attack 79: what is read ends with its claim.
pub async fn attack_079_what_is_read_ends_with_its_claim<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    assert_eq!(engine.read(key(1)).await, None);
    let end = engine.taken(key(1), 7, MINUTE).await;
    let value = 7_u64.to_be_bytes();
    engine
        .assert_ends(end, async || {
            engine.read(key(1)).await.as_deref() == Some(&value)
        })
        .await;
}

/// A claim that ends where it begins holds for that millisecond; one that ended before holds no longer.
pub async fn a_claim_may_end_at_once<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let end = engine.taken(key(1), 1, Duration::ZERO).await;
    engine.wait_until(end.gone).await;
    assert_eq!(engine.read(key(1)).await, None);
    assert_eq!(engine.claim(key(1), 2, HOUR).await, Claim::Taken);
}

/// A claim until the end of time holds.
pub async fn a_claim_without_end_holds<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let end = UnixMillis::from_millis(u64::MAX);
    let taken = engine
        .store
        .claim(key(1), id(1), &1_u64.to_be_bytes(), engine.now(), end);
    assert_eq!(told(taken.await), Claim::Taken);
    engine.wait(DAY * 3_650).await;
    assert_eq!(engine.claim(key(1), 2, HOUR).await, held_by(1));
}

/// Asking again for what is held prolongs nothing.
pub async fn asking_again_prolongs_nothing<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let end = engine.taken(key(1), 1, MINUTE).await;
    engine.wait(MINUTE / 2).await;
    assert_eq!(engine.claim(key(1), 1, HOUR).await, held_by(1));
    assert_eq!(engine.claim(key(1), 2, HOUR).await, held_by(1));
    engine.wait_until(end.gone).await;
    assert_eq!(engine.claim(key(1), 3, HOUR).await, Claim::Taken);
}

/// Reading takes, prolongs and changes nothing.
pub async fn reading_takes_and_prolongs_nothing<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let end = engine.taken(key(1), 1, MINUTE).await;
    for _ in 0..3 {
        assert_eq!(
            engine.read(key(1)).await,
            Some(1_u64.to_be_bytes().to_vec())
        );
        assert_eq!(engine.read(key(2)).await, None);
    }
    assert_eq!(engine.claim(key(2), 2, HOUR).await, Claim::Taken);
    engine.wait_until(end.gone).await;
    assert_eq!(engine.claim(key(1), 3, HOUR).await, Claim::Taken);
}

/// Only its holder gives a claim back; what was given back is free at once.
pub async fn only_its_holder_gives_a_claim_back<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    engine.taken(key(1), 1, HOUR).await;
    told(engine.store.give_back(key(1), id(2)).await);
    told(engine.store.give_back(key(2), id(1)).await);
    engine.store.give_back_now(key(1), id(2));
    assert_eq!(engine.claim(key(1), 2, HOUR).await, held_by(1));
    told(engine.store.give_back(key(1), id(1)).await);
    assert_eq!(engine.read(key(1)).await, None);
    assert_eq!(engine.claim(key(1), 2, HOUR).await, Claim::Taken);
}

/// Whoever held a claim before does not give back what another has taken since.
pub async fn a_former_holder_gives_nothing_back<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let end = engine.taken(key(1), 1, MINUTE).await;
    engine.wait_until(end.gone).await;
    engine.taken(key(1), 2, HOUR).await;
    told(engine.store.give_back(key(1), id(1)).await);
    engine.store.give_back_now(key(1), id(1));
    assert_eq!(engine.claim(key(1), 3, HOUR).await, held_by(2));
}

/// A value is kept byte for byte up to its bound, and nothing is claimed with a larger one.
pub async fn a_value_is_kept_byte_for_byte_up_to_its_bound<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    assert_eq!(every_byte.len(), Claim::MAX_VALUE_BYTES);
    let values = [&every_byte[..], b"", b"\0", b"\0\0\xff", b"text\n"];
    let now = engine.now();
    let until = now.saturating_add(HOUR);
    for (n, value) in (0..).zip(values) {
        let taken = engine.store.claim(key(n), id(n), value, now, until).await;
        assert_eq!(told(taken), Claim::Taken);
        assert_eq!(engine.read(key(n)).await.as_deref(), Some(value));
        let held = Claim::Held {
            holder: id(n),
            value: value.to_vec(),
        };
        assert_eq!(engine.claim(key(n), 99, HOUR).await, held);
    }
    let larger = [0; Claim::MAX_VALUE_BYTES + 1];
    let refused = engine
        .store
        .claim(key(50), id(1), &larger, now, until)
        .await;
    assert_fails(refused, &StoreError::Full);
    assert_eq!(engine.read(key(50)).await, None);
}

/// Attack 77: a clock that is behind neither frees a claim nor cuts its own short.
pub async fn attack_077_a_slow_clock_frees_and_shortens_nothing<S: Subject<Store: Claims>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let end = engine.taken(key(1), 1, MINUTE).await;
    let slow = earlier(engine.now(), 10 * MINUTE);
    let take = async |key, n: u64| {
        let until = slow.saturating_add(MINUTE);
        told(
            engine
                .store
                .claim(key, id(n), &n.to_be_bytes(), slow, until)
                .await,
        )
    };
    assert_eq!(take(key(1), 2).await, held_by(1));
    let before = engine.now();
    assert_eq!(take(key(2), 2).await, Claim::Taken);
    let second = End::after(MINUTE, before, engine.now());
    engine
        .assert_ends(second, async || {
            engine.claim(key(2), 3, HOUR).await == held_by(2)
        })
        .await;
    assert!(end.gone <= second.gone);
    assert_eq!(take(key(1), 4).await, Claim::Taken);
}

/// Attack 81: keys that share their first or last bytes are claimed apart.
pub async fn attack_081_keys_that_look_alike_are_claimed_apart<S: Subject<Store: Claims>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    for (n, key) in (0..).zip(look_alikes()) {
        let key = ClaimKey::from_bytes(key);
        engine.taken(key, n, HOUR).await;
        assert_eq!(engine.claim(key, 99, HOUR).await, held_by(n));
    }
}

/// Handles share their claims.
pub async fn handles_share_their_claims<S: Subject<Store: Claims>>(subject: &S) {
    let (one, two) = (Engine::of(subject).await, Engine::of(subject).await);
    one.taken(key(1), 1, HOUR).await;
    assert_eq!(two.claim(key(1), 2, HOUR).await, held_by(1));
    assert!(two.read(key(1)).await.is_some());
    told(two.store.give_back(key(1), id(1)).await);
    assert_eq!(one.claim(key(1), 2, HOUR).await, Claim::Taken);
}

/// A restart gives no claim back, and prolongs none.
pub async fn attack_095_a_restart_gives_no_claim_back<S: Subject<Store: Claims>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let reach = engine.store.reach();
    let end = engine.taken(key(1), 1, MINUTE).await;
    let Some(engine) = engine.restarted().await else {
        assert_eq!(
            reach,
            Reach::Process,
            "what others share outlives a process"
        );
        return;
    };
    engine
        .assert_ends(end, async || {
            engine.claim(key(1), 2, MINUTE).await == held_by(1)
        })
        .await;
}
