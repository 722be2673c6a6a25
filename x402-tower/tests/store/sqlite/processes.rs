//! Real processes at one ledger.

use x402_tower::store::{Claim, ClaimKey, Claims, Ledger, Usage};

use super::child::{Process, Task};
use super::{Place, START, at, id, usd, used};

/// Starts children, lets all go at once, and counts those that got what they tried for.
fn winners(place: &Place, task: Task, children: u64) -> usize {
    let mut children: Vec<_> = (0..children)
        .map(|n| Process::start(&place.path(), task, n))
        .collect();
    for child in &mut children {
        assert_eq!(child.next().as_deref(), Some("open"));
    }
    for child in &mut children {
        child.go();
    }
    let won = children
        .iter_mut()
        .filter_map(Process::next)
        .filter(|won| won == "true")
        .count();
    for child in children {
        child.finish();
    }
    won
}

#[tokio::test]
async fn attack_067_ten_processes_share_a_budget_of_five() {
    let place = Place::new();
    assert_eq!(winners(&place, Task::Reserve, 10), 5);
    let used = used(&place.open(), START).await;
    assert_eq!(used, Usage::new(usd("0.05"), 5));
}

#[test]
fn attack_090_of_ten_processes_one_is_first() {
    assert_eq!(winners(&Place::new(), Task::Claim, 10), 1);
}

#[tokio::test]
async fn attack_069_what_was_answered_outlives_a_kill() {
    let place = Place::new();
    let mut answered: Vec<u64> = Vec::new();
    for round in 0..5 {
        let mut victim = Process::start(&place.path(), Task::SendForever, round * 1_000_000);
        let mut numbers: Vec<_> = (0..=round * 2).filter_map(|_| victim.next()).collect();
        numbers.extend(victim.kill());
        answered.extend(numbers.iter().map(|n| n.parse::<u64>().unwrap()));
    }
    let store = place.open();
    assert!(answered.len() >= 25);
    let counted = used(&store, START).await.count;
    assert!(counted >= answered.len() as u64, "{counted} < {answered:?}");
    for n in answered {
        store.settle(id(n), None).await.unwrap();
    }
}

#[tokio::test]
async fn attack_069_a_killed_process_holds_nobody_up() {
    let place = Place::new();
    let store = place.open();
    let mut victim = Process::start(&place.path(), Task::SendForever, 0);
    victim.next().unwrap();
    victim.kill();
    let key = ClaimKey::from_bytes([1; 32]);
    let claimed = store.claim(key, id(1), b"", at(START), at(START + 1)).await;
    assert_eq!(claimed, Ok(Claim::Taken));
}

#[test]
fn attack_072_a_disk_that_takes_no_more_denies() {
    let place = Place::new();
    drop(place.open());
    // Blocks of 512 bytes; the signal that comes with the refusal is not for us.
    let setup = "trap '' XFSZ && ulimit -f 400";
    let mut child = Process::start_after(setup, &place.path(), Task::SendUntilRefused, 0);
    let code = child.next().unwrap();
    assert!(
        ["store.out_of_space", "store.unavailable"].contains(&code.as_str()),
        "{code}"
    );
    child.finish();
    drop(place.open());
}

#[test]
fn processes_that_start_together_make_one_ledger() {
    let place = Place::new();
    let mut children: Vec<_> = (0..8)
        .map(|n| Process::start(&place.path(), Task::Claim, n))
        .collect();
    for child in &mut children {
        assert_eq!(child.next().as_deref(), Some("open"));
        child.go();
    }
    for child in children {
        child.finish();
    }
}
