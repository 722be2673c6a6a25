//! How records share a sync.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::super::error::AuditError;
use super::group::{Durable, Group};
use crate::audit::Commit;

/// A disk that says when it begins, and waits to be told how it ends.
struct Slow {
    begins: Sender<()>,
    ends: Receiver<Result<(), io::ErrorKind>>,
    heads: Sender<u64>,
}

struct Hands {
    begins: Receiver<()>,
    ends: Sender<Result<(), io::ErrorKind>>,
    heads: Receiver<u64>,
}

fn slow() -> (Slow, Hands) {
    let (begins, began) = channel();
    let (end, ends) = channel();
    let (heads, kept) = channel();
    let slow = Slow {
        begins,
        ends,
        heads,
    };
    let hands = Hands {
        begins: began,
        ends: end,
        heads: kept,
    };
    (slow, hands)
}

impl Durable for Slow {
    fn sync(&mut self) -> Result<(), AuditError> {
        self.begins.send(()).unwrap();
        let end = self.ends.recv().unwrap();
        end.map_err(|kind| AuditError::io("bring the records to the disk")(kind.into()))
    }

    fn keep_head(&mut self, seq: u64, _: String) -> Result<(), AuditError> {
        self.heads.send(seq).unwrap();
        Ok(())
    }
}

fn submit(group: &Group, seq: u64) -> Commit {
    Commit::group(group.submit(seq, String::new()))
}

fn poll(commit: &mut Commit) -> Poll<Result<(), AuditError>> {
    pin!(commit).poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn records_that_come_during_a_sync_share_the_next_one() {
    let (slow, hands) = slow();
    let group = Group::start(slow).unwrap();
    let mut first = submit(&group, 1);
    hands.begins.recv().unwrap();
    let mut others: Vec<_> = (2..=64).map(|seq| submit(&group, seq)).collect();
    assert!(poll(&mut first).is_pending());

    hands.ends.send(Ok(())).unwrap();
    first.wait().unwrap();
    hands.begins.recv().unwrap();
    assert!(others.iter_mut().all(|commit| poll(commit).is_pending()));

    hands.ends.send(Ok(())).unwrap();
    others.into_iter().for_each(|commit| commit.wait().unwrap());
    drop(group);
    assert_eq!(hands.begins.try_iter().count(), 0, "no third sync");
    let heads: Vec<_> = hands.heads.try_iter().collect();
    assert_eq!(heads, [1, 64], "one head a sync, after it");
}

#[test]
fn tasks_are_woken_when_their_records_are_on_the_disk() {
    let (slow, hands) = slow();
    let group = Group::start(slow).unwrap();
    let commits = [submit(&group, 1), submit(&group, 2)];
    let disk = thread::spawn(move || {
        while hands.begins.recv().is_ok() {
            hands.ends.send(Ok(())).unwrap();
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        for commit in commits {
            commit.await.unwrap();
        }
    });
    drop(group);
    disk.join().unwrap();
}

#[test]
fn a_sync_that_fails_is_told_to_all_and_nothing_more_is_taken() {
    let (slow, hands) = slow();
    let group = Group::start(slow).unwrap();
    let first = submit(&group, 1);
    hands.begins.recv().unwrap();
    let second = submit(&group, 2);
    hands.ends.send(Err(io::ErrorKind::StorageFull)).unwrap();
    for commit in [first, second, submit(&group, 3)] {
        assert_eq!(commit.wait().unwrap_err().code(), "audit.torn");
    }
    assert_eq!(group.check().unwrap_err().code(), "audit.torn");
    assert_eq!(hands.heads.try_iter().count(), 0, "no head without a sync");
}

#[test]
fn attack_144_a_thread_that_panics_leaves_nobody_waiting() {
    let (slow, hands) = slow();
    let group = Group::start(slow).unwrap();
    let commit = submit(&group, 1);
    hands.begins.recv().unwrap();
    drop(hands.ends);
    assert_eq!(commit.wait().unwrap_err().code(), "audit.torn");
}

#[test]
fn closing_brings_to_the_disk_what_was_submitted() {
    let (slow, hands) = slow();
    let group = Group::start(slow).unwrap();
    let commit = submit(&group, 1);
    hands.ends.send(Ok(())).unwrap();
    drop(group);
    commit.wait().unwrap();
}

#[test]
fn whoever_stops_waiting_is_forgotten() {
    let (slow, hands) = slow();
    let group = Group::start(slow).unwrap();
    let mut commit = submit(&group, 1);
    hands.begins.recv().unwrap();
    assert!(poll(&mut commit).is_pending());
    assert_eq!(group.waiting(), 1);
    drop(commit);
    assert_eq!(group.waiting(), 0);
    hands.ends.send(Ok(())).unwrap();
}
