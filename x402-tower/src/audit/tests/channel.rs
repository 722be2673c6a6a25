use super::super::*;
use super::*;

#[test]
fn attack_138_a_full_channel_refuses_and_the_chain_stays() {
    let (sink, mut lines) = ChannelSink::new(2);
    let log = AuditLog::open(sink, &key()).unwrap();
    log.write(&intent("a")).unwrap();
    log.write(&settled("a")).unwrap();
    for _ in 0..3 {
        let error = log.write(&intent("b")).unwrap_err();
        assert_eq!(error.code(), "audit.channel_full");
    }
    let mut taken = lines.try_recv().unwrap().to_vec();
    assert_eq!(log.write(&intent("b")).unwrap(), 3);
    while let Some(line) = lines.try_recv() {
        taken.extend_from_slice(&line);
    }
    assert_eq!(verify(taken.as_slice(), &key()).unwrap().records, 3);
}

#[test]
fn attack_138_a_consumer_that_is_gone_refuses() {
    let (sink, lines) = ChannelSink::new(2);
    let log = AuditLog::open(sink, &key()).unwrap();
    drop(lines);
    let error = log.write(&intent("a")).unwrap_err();
    assert_eq!(error.code(), "audit.channel_closed");
}

#[test]
fn a_channel_without_room_has_room_for_one() {
    let (sink, _lines) = ChannelSink::new(0);
    let log = AuditLog::open(sink, &key()).unwrap();
    assert!(log.write(&intent("a")).is_ok());
    assert!(log.write(&intent("b")).is_err());
}

#[tokio::test]
async fn a_task_takes_the_lines_until_the_log_is_closed() {
    let (sink, mut lines) = ChannelSink::new(8);
    let log = AuditLog::open(sink, &key()).unwrap();
    log.write(&intent("a")).unwrap();
    drop(log);
    assert!(lines.recv().await.unwrap().ends_with(b"\n"));
    assert_eq!(lines.recv().await, None);
}
