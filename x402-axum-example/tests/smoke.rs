//! The program as people run it.
#![allow(
    clippy::unwrap_used,
    reason = "clippy does not see that the functions beside the tests are tests, too"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use x402_tower::Challenge;
use x402_tower::audit::{AuditEventType, AuditKey, verify_file};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_x402-axum-example"))
}

/// Plays the scenes with its files in `folder`.
fn play(folder: &Path) -> Output {
    program().env("TMPDIR", folder).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn every_scene_goes_as_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let output = play(folder.path());
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{shown}{}", text(&output.stderr));
    for line in [
        "PAID 0.01 USD, settled as",
        "left       0.04 of 0.05 USD today",
        "STOPPED before signing: policy.per_call",
        "STOPPED before signing: policy.recipient",
        "STOPPED before signing: replay.duplicate",
        "REFUSED by the seller's guard: 409 replay.other_request",
        "STOPPED before signing: policy.window",
        "left       0.00 of 0.05 USD today",
        "All 8 scenes went as they should.",
    ] {
        assert!(shown.contains(line), "{line} is missing from\n{shown}");
    }
    assert_eq!(shown.matches("PAID 0.01 USD").count(), 5);
}

#[test]
fn the_payment_of_scene_3_names_no_address() {
    let folder = tempfile::tempdir().unwrap();
    let output = play(folder.path());
    let payment = text(&output.stdout)
        .lines()
        .find(|line| line.starts_with("   payment    names"))
        .unwrap();
    assert!(payment.ends_with("/report?email=%3CREDACTED%3E&ssn=%3CREDACTED%3E"));
}

#[test]
fn the_timeline_fits_80_columns_and_has_no_colour_in_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let output = play(folder.path());
    for line in text(&output.stdout).lines() {
        assert!(line.chars().count() <= 80, "too wide: {line}");
        assert!(
            !line.contains(char::is_control),
            "control character: {line:?}"
        );
        assert_eq!(line, line.trim_end());
    }
}

#[test]
fn the_audit_log_it_leaves_behind_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let output = play(folder.path());
    let shown = text(&output.stdout);
    let log = shown
        .lines()
        .map(|line| Path::new(line.trim()))
        .find(|line| line.ends_with("audit.jsonl"))
        .unwrap();
    assert!(log.starts_with(folder.path()));
    let key = AuditKey::load(log.with_file_name("audit.key")).unwrap();
    let summary = verify_file(log, &key).unwrap();
    assert_eq!(summary.count(AuditEventType::PaymentAllowed), 5);
    assert!(summary.dangling_intents.is_empty());
}

#[test]
fn help_tells_of_serving() {
    let output = program().arg("--help").output().unwrap();
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("--serve"));
}

#[test]
fn a_port_that_is_taken_is_an_error_that_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = program()
        .args(["--serve", "--facilitator-port", "0", "--port", &port])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("choose another port"));
}

/// A serving program; it does not outlive its test.
struct Serving {
    child: Child,
    introduction: Vec<String>,
}

impl Serving {
    fn start() -> Self {
        let mut child = program()
            .args(["--serve", "--port", "0", "--facilitator-port", "0"])
            .args(["--metrics-port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let introduction = BufReader::new(child.stdout.as_mut().unwrap())
            .lines()
            .map(Result::unwrap)
            .take_while(|line| line != "Ctrl-C stops.")
            .collect();
        Self {
            child,
            introduction,
        }
    }

    fn port(&self, name: &str) -> u16 {
        let line = self.introduction.iter().find(|line| line.starts_with(name));
        line.unwrap().rsplit_once(':').unwrap().1.parse().unwrap()
    }

    /// The answer to `GET path` at the server that is introduced as `name`.
    fn get(&self, name: &str, path: &str) -> String {
        let line = self.introduction.iter().find(|line| line.starts_with(name));
        let (_, address) = line.unwrap().split_once("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[cfg(unix)]
    fn stop_with(mut self, signal: &str) -> std::process::ExitStatus {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already, or there is nothing more to do about it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_seller_it_serves_answers_with_a_challenge() {
    let serving = Serving::start();
    let v2 = serving.get("seller", "/report");
    assert!(v2.starts_with("HTTP/1.1 402 "), "{v2}");
    assert!(v2.contains("\r\npayment-required: "), "{v2}");

    let v1 = serving.get("seller", "/v1/report");
    let (head, body) = v1.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 402 "), "{v1}");
    let challenge = Challenge::from_body(body.to_owned().into()).unwrap();
    assert_eq!(challenge.requirements()[0].amount().to_string(), "10000");
}

#[test]
fn the_facilitator_it_serves_says_what_it_settles() {
    let supported = Serving::start().get("facilitator", "/supported");
    assert!(supported.starts_with("HTTP/1.1 200 "), "{supported}");
    assert!(supported.contains("eip155:84532"), "{supported}");
}

#[test]
fn the_metrics_it_serves_count_what_the_seller_refused() {
    let serving = Serving::start();
    let port = serving.port("seller");
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "GET /report HTTP/1.1\r\nhost: 127.0.0.1\r\npayment-signature: %%%\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut refused = String::new();
    stream.read_to_string(&mut refused).unwrap();
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    let page = serving.get("metrics", "/metrics");
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
    let counted = r#"x402_payments_total{outcome="blocked",reason="error",position="seller"} 1"#;
    assert!(page.contains(counted), "{page}");
    assert!(page.contains("# HELP x402_payments_total"), "{page}");
    assert!(!page.contains("/report"), "{page}");
}

#[test]
fn the_seller_itself_shows_no_metrics() {
    let answer = Serving::start().get("seller", "/metrics");
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

#[cfg(unix)]
#[test]
fn serving_ends_well_at_ctrl_c() {
    assert!(Serving::start().stop_with("INT").success());
}

#[cfg(unix)]
#[test]
fn serving_ends_well_at_sigterm() {
    assert!(Serving::start().stop_with("TERM").success());
}
