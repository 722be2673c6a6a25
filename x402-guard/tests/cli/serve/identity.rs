//! Who may ask.

use super::buying::POLICY;
use super::service::{GUARD, SCREENED, Service, TOKEN, ask, send};
use crate::program::{Ended, Home, KEY};
use crate::seller::{Conduct, REPORT, Seller, Wire};

#[test]
fn no_identity_no_payment() {
    let seller = Seller::start(Wire::V2, 10_000, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    let host = seller.url().replace("http://", "");
    for head in [
        "",
        "X-X402-Agent-Token: token-of-nobody-at-all\r\n",
        "X-Agent-Id: researcher\r\n",
    ] {
        let answer = ask(service.guard, "GET", &format!("/http/{host}"), head, "");
        assert_eq!(
            (answer.status, &*answer.code()),
            (401, "gateway.unidentified"),
            "{head}"
        );
    }
    let answer = ask(service.guard, "GET", &seller.url(), "", "");
    assert_eq!(answer.status, 407);
    assert_eq!(
        answer.header("proxy-authenticate"),
        Some("Basic realm=\"x402-guard\"")
    );
    assert!(seller.seen().is_empty());
}

#[test]
fn a_tunnel_is_refused_with_what_to_do_instead() {
    let service = Service::start(&Home::new(), POLICY);
    let answer = send(
        service.guard,
        "CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\nConnection: close\r\n\r\n",
    );
    assert_eq!((answer.status, &*answer.code()), (405, "gateway.tunnel"));
    assert!(
        answer.json()["detail"]
            .as_str()
            .unwrap()
            .contains("/https/HOST/PATH")
    );
}

#[test]
fn each_agent_has_its_own_budget() {
    let seller = Seller::start(Wire::V2, 100_000, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    assert_eq!(service.buy(&seller.url()).status, 200);
    let head = format!("Authorization: Bearer {SCREENED}\r\n");
    let other = ask(service.guard, "GET", "/v1/budget", &head, "").json();
    assert_eq!(
        (
            &*service.left(),
            other["limits"][0]["left"].as_str().unwrap()
        ),
        ("0.15", "0.25")
    );
    assert_eq!(other["agent"], "wallet");
}

#[test]
fn one_agent_needs_no_file() {
    let seller = Seller::start(Wire::V2, 10_000, Conduct::Sell(REPORT));
    let home = Home::new();
    home.write("policy.toml", POLICY);
    let mut command = home.command();
    command
        .env("X402_PRIVATE_KEY", KEY)
        .env("X402_AGENT_TOKEN", TOKEN)
        .env("X402_AGENT_ID", "sole")
        .env("X402_MAX_PER_CALL_USD", "0.02")
        .env("X402_DAILY_LIMIT_USD", "1.50")
        .current_dir(home.path())
        .args(["serve", "--policy", "policy.toml", "--log-format", "json"])
        .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
    let service = Service::spawn(&home, command);
    let budget = service.api("GET", "/v1/budget", "").json();
    assert_eq!(budget["agent"], "sole");
    assert_eq!(budget["max_per_call_usd"], "0.02");
    assert_eq!(budget["limits"][0]["most"], "1.50");
    // The market is on this machine, and nobody allowed that.
    assert_eq!(
        service.buy(&seller.url()).code(),
        "egress.forbidden_address"
    );
}

#[test]
fn settings_that_cannot_be_right_are_named() {
    for (guard, says) in [
        ("", "nobody may ask"),
        (
            "[[agents]]\nid = \"a\"\n",
            "token_sha256 and certificate_sha256",
        ),
        (
            "[[agents]]\nid = \"a\"\ntoken_env = \"SHORT\"\n",
            "16 visible",
        ),
        (
            "[[agents]]\nid = \"a\"\ntoken_env = \"MISSING\"\n",
            "MISSING",
        ),
        ("[egress]\nalow = []\n", "line 2"),
        ("[egress]\nallow = [\"localhost\"]\n", "egress.allow"),
        (
            "[seller]\npublic_origin = \"https://a.example\"\n",
            "upstream",
        ),
    ] {
        let home = Home::new();
        home.write("guard.toml", guard);
        let mut command = home.command();
        command
            .env("SHORT", "short")
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--admin-listen",
                "127.0.0.1:0",
                "--config",
            ])
            .arg(home.path().join("guard.toml"));
        let ended = Ended::of(command);
        assert_eq!(ended.code(), 1, "{guard}");
        assert!(ended.err().contains(says), "{guard}: {}", ended.err());
    }
}

#[test]
fn no_log_line_shows_a_token_a_key_or_what_was_asked() {
    let seller = Seller::start(Wire::V2, 10_000, Conduct::Sell(REPORT));
    let mut service = Service::start_with(&Home::new(), POLICY, GUARD, |command| {
        command.env("RUST_LOG", "trace");
    });
    let url = format!("{}?name=carol-canary", seller.url());
    assert_eq!(service.buy(&url).status, 200);
    assert_eq!(service.buy(&format!("{url}&again=1")).status, 200);
    let payments = seller.payments();
    service.signal("TERM");
    assert_eq!(service.ended(), Some(0));
    let lines = service.rest_of_log();
    let is_detailed = |line: &serde_json::Value| line["level"] == "DEBUG";
    assert!(lines.iter().any(is_detailed), "{lines:?}");
    for line in lines {
        let text = line.to_string();
        for secret in [TOKEN, KEY, &payments[0], "carol-canary"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn the_settings_of_the_first_page_are_right() {
    let page = include_str!("../../../../README.md");
    let (_, rest) = page.split_once("```toml guard.toml\n").unwrap();
    let (guard, _) = rest.split_once("```").unwrap();
    let service = Service::start_with(&Home::new(), POLICY, guard, |_| {});
    assert_eq!(service.left(), "0.25");
}
