//! Health, metrics, reloading and the kill switch.

use super::buying::POLICY;
use super::service::{Service, ask};
use crate::program::{Ended, Home};
use crate::seller::{Conduct, REPORT, Seller, Wire};

#[test]
fn the_pages_say_how_it_is() {
    let home = Home::new();
    let service = Service::start(&home, POLICY);
    assert_eq!(
        ask(service.admin, "GET", "/health", "", "").json()["status"],
        "ok"
    );
    assert_eq!(
        ask(service.admin, "GET", "/ready", "", "").json()["status"],
        "ready"
    );
    let version = ask(service.admin, "GET", "/version", "", "").json();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(version["policy_revision"].as_str().unwrap().len(), 64);
    let mut command = home.command();
    command.args(["health", "--admin-listen", &service.admin.to_string()]);
    assert_eq!(Ended::of(command).code(), 0);
}

#[test]
fn health_of_what_does_not_run_is_a_failure() {
    let mut command = Home::new().command();
    command.args(["health", "--admin-listen", "127.0.0.1:1"]);
    assert_eq!(Ended::of(command).code(), 1);
}

#[test]
fn what_was_paid_and_refused_is_counted() {
    let seller = Seller::start(Wire::V2, 10_000, Conduct::Sell(REPORT));
    let dear = Seller::start(Wire::V2, 250_000, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    service.buy(&seller.url());
    service.buy(&dear.url());
    let page = ask(service.admin, "GET", "/metrics", "", "");
    let page = String::from_utf8(page.body).unwrap();
    assert!(
        page.contains("x402_payments_total{outcome=\"allowed\""),
        "{page}"
    );
    assert!(
        page.contains("x402_denials_total{code=\"policy.per_call\""),
        "{page}"
    );
}

#[test]
fn what_every_agent_has_left_is_on_the_page() {
    let seller = Seller::start(Wire::V2, 10_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let service = Service::start(&home, POLICY);
    service.buy(&seller.url());
    let page = || {
        let page = ask(service.admin, "GET", "/metrics", "", "");
        String::from_utf8(page.body).unwrap()
    };
    let series = |metric: &str, agent: &str| {
        format!("{metric}{{agent=\"{agent}\",rule=\"daily_limit_usd\",unit=\"USD\"}}")
    };
    let first = page();
    for line in [
        format!("{} 0.24", series("x402_budget_left", "researcher")),
        format!("{} 0.25", series("x402_budget_left", "wallet")),
        format!("{} 0.25", series("x402_budget_limit", "researcher")),
    ] {
        assert!(first.contains(&line), "{line}: {first}");
    }
    // A limit that is no longer there has nothing left, and nothing spent.
    home.write("policy.toml", "max_per_call_usd = 0.10\n");
    assert_eq!(service.operate("POST", "/reload").status, 200);
    let gone = format!("{} NaN", series("x402_budget_left", "researcher"));
    assert!(page().contains(&gone), "{}", page());
}

#[test]
fn the_operators_pages_are_not_where_agents_ask() {
    let service = Service::start(&Home::new(), POLICY);
    for path in ["/metrics", "/kill-switch", "/ready"] {
        assert_eq!(service.api("GET", path, "").status, 404, "{path}");
    }
}

#[test]
fn what_changes_state_needs_the_token() {
    let service = Service::start(&Home::new(), POLICY);
    for (method, path) in [
        ("PUT", "/kill-switch"),
        ("DELETE", "/kill-switch"),
        ("POST", "/reload"),
    ] {
        let answer = ask(
            service.admin,
            method,
            path,
            "Authorization: Bearer wrong\r\n",
            "",
        );
        assert_eq!(
            (answer.status, &*answer.code()),
            (401, "admin.unauthorized"),
            "{path}"
        );
    }
    let without = Service::start_with(
        &Home::new(),
        POLICY,
        &super::service::GUARD.replace("admin_token_env = \"ADMIN_TOKEN\"", ""),
        |_| {},
    );
    assert_eq!(
        without.operate("PUT", "/kill-switch").code(),
        "admin.no_token"
    );
}

#[test]
fn the_kill_switch_stops_payments_until_it_is_released() {
    let seller = Seller::start(Wire::V2, 10_000, Conduct::Sell(REPORT));
    let service = Service::start(&Home::new(), POLICY);
    assert_eq!(
        service.operate("PUT", "/kill-switch").json()["engaged"],
        true
    );
    assert_eq!(service.buy(&seller.url()).code(), "policy.kill_switch");
    assert_eq!(
        service.operate("DELETE", "/kill-switch").json()["engaged"],
        false
    );
    assert_eq!(service.buy(&seller.url()).status, 200);
}

#[test]
fn a_new_policy_holds_after_a_reload_and_a_broken_one_does_not() {
    let seller = Seller::start(Wire::V2, 200_000, Conduct::Sell(REPORT));
    let home = Home::new();
    let service = Service::start(&home, POLICY);
    assert_eq!(service.buy(&seller.url()).code(), "policy.per_call");

    home.write("policy.toml", "max_per_call_usd = \n");
    let refused = service.operate("POST", "/reload");
    assert_eq!(
        (refused.status, &*refused.code()),
        (422, "admin.reload_failed")
    );
    assert_eq!(service.buy(&seller.url()).code(), "policy.per_call");

    home.write(
        "policy.toml",
        "max_per_call_usd = 0.20\ndaily_limit_usd = 0.25\n",
    );
    assert_eq!(service.operate("POST", "/reload").status, 200);
    assert_eq!(service.buy(&seller.url()).status, 200);
    assert_eq!(service.left(), "0.05");
}

#[test]
fn a_hangup_reloads_and_a_policy_that_is_gone_changes_nothing() {
    let home = Home::new();
    let service = Service::start(&home, POLICY);
    home.write(
        "policy.toml",
        "max_per_call_usd = 0.20\ndaily_limit_usd = 0.40\n",
    );
    service.signal("HUP");
    service.wait_for("the policy was loaded again");
    assert_eq!(service.left(), "0.40");

    std::fs::remove_file(home.path().join("policy.toml")).unwrap();
    service.signal("HUP");
    service.wait_for("the policy stays as it was");
    assert_eq!(service.left(), "0.40");
}

#[test]
fn attack_084_an_emptied_policy_lifts_no_limit() {
    let home = Home::new();
    let service = Service::start(&home, POLICY);
    for emptied in ["", "\n\n", "# being written\n"] {
        home.write("policy.toml", emptied);
        let refused = service.operate("POST", "/reload");
        assert_eq!(
            (refused.status, &*refused.code()),
            (422, "admin.reload_failed")
        );
        assert_eq!(service.left(), "0.25");
    }
    let version = ask(service.admin, "GET", "/version", "", "").json();
    assert_eq!(version["policy_error"], "reload.blank");
}
