//! The facts of [`SignedPayments`].

use std::collections::HashSet;

use super::Subject;
use super::engine::{DAY, Engine, HOUR, MINUTE, assert_fails, digest, earlier, look_alikes, told};
use crate::clock::UnixMillis;
use crate::store::{Kept, MAX_KEPT_BYTES, Put, Reach, RequestKey, SignedPayments, StoreError};

fn key(n: u64) -> RequestKey {
    RequestKey::from_bytes(digest(n))
}

/// What was put is loaded again with the revision that was told.
pub async fn what_was_put_is_loaded<S: Subject<Store: SignedPayments>>(subject: &S) {
    let engine = Engine::of(subject).await;
    assert_eq!(engine.load(key(1)).await, None);
    let first = engine.done(key(1), None, b"one").await;
    assert_eq!(
        engine.load(key(1)).await,
        Some(Kept::new(first, b"one".to_vec()))
    );
    let second = engine.done(key(1), Some(first), b"two").await;
    assert_eq!(
        engine.load(key(1)).await,
        Some(Kept::new(second, b"two".to_vec()))
    );
    assert_eq!(engine.load(key(2)).await, None);
}

/// A change that expects something else than is there is told what is there, and changes nothing.
pub async fn what_expects_something_else_changes_nothing<S: Subject<Store: SignedPayments>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    engine.conflict(key(1), Some(1), None).await;
    let first = engine.done(key(1), None, b"one").await;
    engine.conflict(key(1), None, Some((first, b"one"))).await;
    let second = engine.done(key(1), Some(first), b"two").await;
    let there: Option<(u64, &[u8])> = Some((second, b"two"));
    for expected in [None, Some(first), Some(second + 1), Some(0), Some(u64::MAX)] {
        engine.conflict(key(1), expected, there).await;
    }
    engine.conflict(key(2), Some(second), None).await;
    assert_eq!(
        engine.load(key(1)).await,
        Some(Kept::new(second, b"two".to_vec()))
    );
    assert_eq!(engine.load(key(2)).await, None);
}

/// A revision never comes twice for one key: not after a change, a removal, an end, or a change back to the same bytes.
pub async fn a_revision_never_comes_twice<S: Subject<Store: SignedPayments>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let mut seen = HashSet::new();
    for _ in 0..3 {
        let first = engine.done(key(1), None, b"one").await;
        let second = engine.done(key(1), Some(first), b"two").await;
        let third = engine.done(key(1), Some(second), b"one").await;
        for revision in [first, second, third] {
            assert!(seen.insert(revision), "{revision} came before: {seen:?}");
        }
        assert!(told(engine.store.remove(key(1), third).await));
        let fourth = engine.done(key(1), None, b"one").await;
        assert!(seen.insert(fourth), "{fourth} came before: {seen:?}");
        engine.wait(2 * HOUR).await;
    }
}

/// Of 64 that put at the same moment and expect the same exactly one does; all others are told what it put.
pub async fn attack_087_of_64_that_put_one_does<S: Subject<Store: SignedPayments>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let mut expected = None;
    for _ in 0..3 {
        let now = engine.now();
        let answers = engine
            .race(64, move |store, n| async move {
                let until = now.saturating_add(HOUR);
                told(
                    store
                        .put(key(1), expected, &n.to_be_bytes(), now, until)
                        .await,
                )
            })
            .await;
        let there = engine.load(key(1)).await;
        let (mut done, mut conflicts) = (Vec::new(), 0);
        for (n, answer) in (0_u64..).zip(answers) {
            match answer {
                Put::Done(revision) => done.push(Kept::new(revision, n.to_be_bytes().to_vec())),
                Put::Conflict(told) => {
                    assert_eq!(told, there);
                    conflicts += 1;
                }
            }
        }
        assert_eq!((done.len(), conflicts), (1, 63));
        assert_eq!(done.first(), there.as_ref());
        expected = there.map(|kept| kept.revision);
    }
}

/// No change is lost: counters that are read and put until it succeeds count every step.
pub async fn no_change_is_lost<S: Subject<Store: SignedPayments>>(subject: &S) {
    const STEPS: u64 = 8;
    let engine = Engine::of(subject).await;
    let now = engine.now();
    engine
        .race(8, move |store, _| async move {
            let until = now.saturating_add(HOUR);
            for _ in 0..STEPS {
                loop {
                    let there = told(store.load(key(1), now).await);
                    let (expected, count) = match &there {
                        None => (None, 0),
                        Some(kept) => (Some(kept.revision), count_of(kept)),
                    };
                    let next = (count + 1).to_be_bytes();
                    let put = store.put(key(1), expected, &next, now, until).await;
                    if matches!(told(put), Put::Done(_)) {
                        break;
                    }
                }
            }
        })
        .await;
    assert_eq!(
        engine.load(key(1)).await.as_ref().map(count_of),
        Some(8 * STEPS)
    );
}

fn count_of(kept: &Kept) -> u64 {
    kept.value
        .first_chunk()
        .copied()
        .map_or(u64::MAX, u64::from_be_bytes)
}

/// Attack 79: what is kept is there up to and including its last millisecond, and then nothing is.
pub async fn attack_079_what_is_kept_ends_with_its_last_millisecond<
    S: Subject<Store: SignedPayments>,
>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let (revision, end) = engine.done_for(key(1), None, b"one", MINUTE).await;
    engine
        .assert_ends(end, async || engine.load(key(1)).await.is_some())
        .await;
    engine.conflict(key(1), Some(revision), None).await;
    assert!(!told(engine.store.remove(key(1), revision).await));
    engine.done(key(1), None, b"two").await;
}

/// A change sets another end, sooner or later than the one before.
pub async fn a_change_sets_another_end<S: Subject<Store: SignedPayments>>(subject: &S) {
    let engine = Engine::of(subject).await;
    for (n, (first, second)) in (0..).zip([(MINUTE, HOUR), (HOUR, MINUTE)]) {
        let (revision, _) = engine.done_for(key(n), None, b"one", first).await;
        let (_, end) = engine
            .done_for(key(n), Some(revision), b"two", second)
            .await;
        engine
            .assert_ends(end, async || engine.load(key(n)).await.is_some())
            .await;
    }
}

/// What is kept until the end of time is not lost.
pub async fn what_is_kept_without_end_is_not_lost<S: Subject<Store: SignedPayments>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let end = UnixMillis::from_millis(u64::MAX);
    let put = engine
        .store
        .put(key(1), None, b"one", engine.now(), end)
        .await;
    assert!(matches!(told(put), Put::Done(_)));
    engine.wait(DAY * 3_650).await;
    assert!(engine.load(key(1)).await.is_some());
}

/// Attack 77: a caller whose clock is behind loads what is there, and what it puts is not cut short.
pub async fn attack_077_a_slow_clock_shortens_nothing<S: Subject<Store: SignedPayments>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    engine.done(key(1), None, b"one").await;
    let slow = earlier(engine.now(), 10 * MINUTE);
    assert!(told(engine.store.load(key(1), slow).await).is_some());
    let until = slow.saturating_add(MINUTE);
    let put = engine.store.put(key(2), None, b"two", slow, until).await;
    assert!(matches!(told(put), Put::Done(_)));
    engine.wait(MINUTE / 2).await;
    assert!(engine.load(key(2)).await.is_some());
}

/// Only what is there in the revision that is named is removed, and that once.
pub async fn only_the_named_revision_is_removed<S: Subject<Store: SignedPayments>>(subject: &S) {
    let engine = Engine::of(subject).await;
    let first = engine.done(key(1), None, b"one").await;
    let second = engine.done(key(1), Some(first), b"two").await;
    for revision in [first, second + 1, 0, u64::MAX] {
        assert!(!told(engine.store.remove(key(1), revision).await));
    }
    assert!(!told(engine.store.remove(key(2), second).await));
    assert!(engine.load(key(1)).await.is_some());
    assert!(told(engine.store.remove(key(1), second).await));
    assert!(!told(engine.store.remove(key(1), second).await));
    assert_eq!(engine.load(key(1)).await, None);
}

/// Values are kept byte for byte up to [`MAX_KEPT_BYTES`]; a larger one is refused and changes nothing.
pub async fn a_value_is_kept_byte_for_byte_up_to_its_bound<S: Subject<Store: SignedPayments>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let largest: Vec<u8> = (0..=u8::MAX).cycle().take(MAX_KEPT_BYTES).collect();
    let values = [
        &largest[..],
        b"",
        b"\0",
        b"\0\0\xff\xfe",
        "\u{1f980}\r\n".as_bytes(),
    ];
    for (n, value) in (0..).zip(values) {
        let revision = engine.done(key(n), None, value).await;
        assert_eq!(
            engine.load(key(n)).await,
            Some(Kept::new(revision, value.to_vec()))
        );
    }
    let larger = [&largest[..], b"!"].concat();
    assert_fails(
        engine.put(key(50), None, &larger, HOUR).await,
        &StoreError::Full,
    );
    assert_eq!(engine.load(key(50)).await, None);
    let there = engine.load(key(0)).await;
    let revision = there.as_ref().map(|kept| kept.revision);
    assert_fails(
        engine.put(key(0), revision, &larger, HOUR).await,
        &StoreError::Full,
    );
    assert_eq!(engine.load(key(0)).await, there);
}

/// Attack 81: keys that share their first or last bytes are kept apart.
pub async fn attack_081_keys_that_look_alike_are_kept_apart<S: Subject<Store: SignedPayments>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    for (n, key) in (0_u64..).zip(look_alikes()) {
        let (key, value) = (RequestKey::from_bytes(key), n.to_be_bytes());
        let revision = engine.done(key, None, &value).await;
        assert_eq!(
            engine.load(key).await,
            Some(Kept::new(revision, value.to_vec()))
        );
    }
}

/// Handles share what they keep.
pub async fn handles_share_what_they_keep<S: Subject<Store: SignedPayments>>(subject: &S) {
    let (one, two) = (Engine::of(subject).await, Engine::of(subject).await);
    let first = one.done(key(1), None, b"one").await;
    two.conflict(key(1), None, Some((first, b"one"))).await;
    let second = two.done(key(1), Some(first), b"two").await;
    one.conflict(key(1), Some(first), Some((second, b"two")))
        .await;
    assert!(told(one.store.remove(key(1), second).await));
    assert_eq!(two.load(key(1)).await, None);
}

/// Attack 87: a restart loses nothing that is kept, and gives no revision a second time.
pub async fn attack_087_a_restart_loses_nothing_that_is_kept<S: Subject<Store: SignedPayments>>(
    subject: &S,
) {
    let engine = Engine::of(subject).await;
    let reach = engine.store.reach();
    let first = engine.done(key(1), None, b"one").await;
    let removed = engine.done(key(2), None, b"two").await;
    assert!(told(engine.store.remove(key(2), removed).await));
    let Some(engine) = engine.restarted().await else {
        assert_eq!(
            reach,
            Reach::Process,
            "what others share outlives a process"
        );
        return;
    };
    assert_eq!(
        engine.load(key(1)).await,
        Some(Kept::new(first, b"one".to_vec()))
    );
    assert_eq!(engine.load(key(2)).await, None);
    assert_ne!(engine.done(key(2), None, b"two").await, removed);
    engine.wait(HOUR + MINUTE).await;
    assert_eq!(engine.load(key(1)).await, None);
}
