//! What outlives a connection, a stop and a crash.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use super::buying::POLICY;
use super::service::{GUARD, Service, TOKEN, ask, receive};
use crate::program::Home;
use crate::seller::{Conduct, REPORT, Seller, Wire, read, reply};

/// A connection on which an agent has asked, and waits.
fn asks(service: &Service, url: &str) -> TcpStream {
    let mut stream = TcpStream::connect(service.guard).unwrap();
    let path = url.replacen("://", "/", 1);
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: x\r\nX-X402-Agent-Token: {TOKEN}\r\n\r\n"
    )
    .unwrap();
    stream
}

#[test]
fn what_was_spent_is_known_after_a_crash() {
    let seller = Seller::start(Wire::V2, 100_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let service = Service::start(&home, POLICY);
    assert_eq!(service.buy(&seller.url()).status, 200);
    service.kill();
    let service = Service::start(&home, POLICY);
    assert_eq!(service.left(), "0.15");
    assert_eq!(service.buy(&seller.url()).code(), "replay.duplicate");
    let ended = home.verify([home.audit_log().to_str().unwrap()]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
}

#[test]
fn a_payment_whose_answer_was_lost_stays_counted() {
    let seller = Seller::start(Wire::V2, 100_000, Conduct::HangUp);
    let service = Service::start(&Home::new(), POLICY);
    let answer = service.buy(&seller.url());
    assert_eq!(
        (answer.status, &*answer.code()),
        (502, "gateway.unreachable")
    );
    assert_eq!(service.left(), "0.15");
}

#[test]
fn a_stop_lets_what_is_under_way_come_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("{}/slow", listener.local_addr().unwrap());
    let (asked, was_asked) = channel();
    let (go_on, may_go_on) = channel::<()>();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read(&stream);
        asked.send(()).unwrap();
        may_go_on.recv().unwrap();
        reply(&mut stream, 200, &[], b"late, and whole");
    });
    let mut service = Service::start(&Home::new(), POLICY);
    let mut stream = asks(&service, &format!("http://{url}"));
    was_asked.recv().unwrap();
    service.signal("TERM");
    service.wait_for("asked to stop; payments under way come to their end");
    go_on.send(()).unwrap();
    let answer = receive(&mut stream);
    assert_eq!(
        (answer.status, &*answer.body),
        (200, &b"late, and whole"[..])
    );
    assert_eq!(service.ended(), Some(0));
}

#[test]
fn a_payment_whose_agent_hung_up_comes_to_its_outcome() {
    let (seller, deliver) = Seller::start_held(Wire::V2, 100_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let mut service = Service::start(&home, POLICY);
    let agent = asks(&service, &seller.url());
    assert!(seller.next().payment().is_none());
    assert!(seller.next().payment().is_some());
    drop(agent);
    service.wait_for("an agent hung up; its payment is followed to its outcome");
    // A stop waits for it as well.
    service.signal("TERM");
    service.wait_for("asked to stop; payments under way come to their end");
    deliver.send(()).unwrap();
    assert_eq!(service.ended(), Some(0));
    let log = std::fs::read_to_string(home.audit_log()).unwrap();
    let last = log.lines().last().unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(last["outcome"], "settled", "{log}");
}

#[test]
fn an_answer_is_streamed_as_it_comes() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("{}/events", listener.local_addr().unwrap());
    let (go_on, may_go_on) = channel::<()>();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read(&stream);
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        for event in ["data: one\n\n", "data: two\n\n"] {
            stream.write_all(event.as_bytes()).unwrap();
            may_go_on.recv().unwrap();
        }
    });
    let service = Service::start(&Home::new(), POLICY);
    let mut stream = asks(&service, &format!("http://{url}"));
    let mut so_far = String::new();
    let mut seen = |stream: &mut TcpStream, text: &str| {
        while !so_far.contains(text) {
            let mut bytes = [0; 512];
            let read = stream.read(&mut bytes).unwrap();
            assert!(read > 0, "{so_far}");
            so_far.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
        }
    };
    // Each event is here before the seller is let go on.
    seen(&mut stream, "data: one");
    go_on.send(()).unwrap();
    seen(&mut stream, "data: two");
    go_on.send(()).unwrap();
}

#[test]
fn a_client_that_is_too_slow_with_its_head_is_let_go() {
    let guard = format!("{GUARD}\n[limits]\nhead_seconds = 1\n");
    let service = Service::start_with(&Home::new(), POLICY, &guard, |_| {});
    let mut stream = TcpStream::connect(service.guard).unwrap();
    stream
        .write_all(b"GET /v1/budget HTTP/1.1\r\nHost: ")
        .unwrap();
    let mut rest = Vec::new();
    // Ends by itself, whatever it says.
    stream.read_to_end(&mut rest).unwrap();
    assert!(!rest.starts_with(b"HTTP/1.1 200"));
}

#[test]
fn a_client_that_takes_nothing_is_let_go() {
    let guard = format!("{GUARD}\n[limits]\nidle_body_seconds = 1\n");
    let service = Service::start_with(&Home::new(), POLICY, &guard, |_| {});
    let mut stream = TcpStream::connect(service.guard).unwrap();
    stream
        .set_write_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    // Its answers pile up until neither side takes anything; then the guard ends it.
    let mut refused = 0;
    let ended = loop {
        match stream.write(b"GET /v1/budget HTTP/1.1\r\nHost: x\r\n\r\n") {
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                refused += 1;
                assert!(refused < 300, "it is not let go");
            }
            Err(error) => break error.kind(),
        }
    };
    assert!(
        matches!(ended, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{ended}"
    );
    assert_eq!(service.left(), "0.25");
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let service = Service::start(&Home::new(), POLICY);
    let mut stream = TcpStream::connect(service.guard).unwrap();
    let long = "a".repeat(512 * 1024);
    // It may be refused before it was sent whole.
    let _refused = write!(
        stream,
        "GET / HTTP/1.1\r\nHost: x\r\nX-Long: {long}\r\n\r\n"
    );
    let mut bytes = [0; 64];
    let read = stream.read(&mut bytes).unwrap_or(0);
    assert!(
        read == 0 || bytes.starts_with(b"HTTP/1.1 431"),
        "{:?}",
        &bytes[..read]
    );
    assert_eq!(service.left(), "0.25");
}

#[test]
fn a_seller_that_is_too_late_is_a_gateway_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/late", listener.local_addr().unwrap());
    let guard = format!("{GUARD}\n[limits]\nanswer_seconds = 1\n");
    let service = Service::start_with(&Home::new(), POLICY, &guard, |_| {});
    let answer = service.buy(&url);
    assert_eq!((answer.status, &*answer.code()), (504, "gateway.late"));
    drop(listener);
}

#[test]
fn a_touched_log_is_not_added_to() {
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let service = Service::start(&home, POLICY);
    assert_eq!(service.buy(&seller.url()).status, 200);
    assert_eq!(service.buy(&format!("{}/more", seller.url())).status, 200);
    service.kill();
    let log = std::fs::read_to_string(home.audit_log()).unwrap();
    let touched = log.replacen("PAYMENT_INTENT", "PAYMENT_REJECT", 1);
    std::fs::write(home.audit_log(), &touched).unwrap();

    let said = Service::does_not_start(&home);
    assert!(said.contains("broken at line 1"), "{said}");
    assert!(said.contains("x402-guard audit verify"), "{said}");
    assert_eq!(std::fs::read_to_string(home.audit_log()).unwrap(), touched);

    // As it says: with both files kept elsewhere, there is a new log, and the ledger goes on.
    for name in ["audit.jsonl", "audit.jsonl.head"] {
        let kept = home.path().join(name);
        std::fs::rename(home.state().join(name), kept).unwrap();
    }
    let service = Service::start(&home, POLICY);
    assert_eq!(service.left(), "0.15");
    assert_eq!(ask(service.admin, "GET", "/ready", "", "").status, 200);
}

#[test]
fn a_line_that_a_crash_cut_short_is_no_touch() {
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let service = Service::start(&home, POLICY);
    assert_eq!(service.buy(&seller.url()).status, 200);
    service.kill();
    let mut log = std::fs::OpenOptions::new()
        .append(true)
        .open(home.audit_log())
        .unwrap();
    log.write_all(b"{\"seq\":3,\"event").unwrap();
    let service = Service::start(&home, POLICY);
    assert_eq!(service.buy(&format!("{}/more", seller.url())).status, 200);
    let ended = home.verify([home.audit_log().to_str().unwrap()]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    assert!(ended.out().contains("LOG_RECOVERED"), "{}", ended.out());
}

#[test]
fn a_lost_mark_has_a_way_out_that_is_on_record() {
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let service = Service::start(&home, POLICY);
    assert_eq!(service.buy(&seller.url()).status, 200);
    service.kill();
    std::fs::remove_file(home.state().join("ledger.sqlite.mark")).unwrap();

    let said = Service::does_not_start(&home);
    assert!(
        said.contains("x402-guard ledger accept --why TEXT"),
        "{said}"
    );
    let accept = [
        "accept",
        "--why",
        "the mark was left out of a backup, says bob@example.com",
    ];
    let ended = home.ledger(accept);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    let log = std::fs::read_to_string(home.audit_log()).unwrap();
    let record = log.lines().last().unwrap();
    for part in ["LEDGER_ACCEPTED", "store.mark_lost", "left out of a backup"] {
        assert!(record.contains(part), "{record}");
    }
    assert!(!record.contains("bob@"), "{record}");

    let service = Service::start(&home, POLICY);
    assert_eq!(service.left(), "0.20");
    drop(service);
    let again = home.ledger(accept);
    assert!(again.out().contains("nothing to accept"), "{}", again.out());
}

#[test]
fn a_ledger_that_is_gone_is_not_accepted() {
    let home = Home::new();
    drop(Service::start(&home, POLICY));
    std::fs::remove_file(home.state().join("ledger.sqlite")).unwrap();
    let ended = home.ledger(["accept", "--why", "it is gone"]);
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("put it back"), "{}", ended.err());
}
