//! Where requests may go.

use super::buying::POLICY;
use super::service::{GUARD, Service, TOKEN, ask};
use crate::program::Home;

const TARGETS: [&str; 11] = [
    "/http/169.254.169.254/latest/meta-data/",
    "/http/[fd00:ec2::254]/",
    "/http/127.0.0.1/",
    "/http/2130706433/",
    "/http/0x7f.1/",
    "/http/017700000001/",
    "/http/127.1/",
    "/http/[::ffff:127.0.0.1]/",
    "/http/[64:ff9b::7f00:1]/",
    "/https/10.0.0.1/",
    "/http/localhost/",
];

#[test]
fn no_address_of_this_machine_or_network_is_reached_however_it_is_written() {
    let guard = GUARD.replace("allow = [\"127.0.0.1\"]", "");
    let service = Service::start_with(&Home::new(), POLICY, &guard, |_| {});
    let head = format!("X-X402-Agent-Token: {TOKEN}\r\n");
    for target in TARGETS {
        let answer = ask(service.guard, "GET", target, &head, "");
        assert_eq!(
            (answer.status, &*answer.code()),
            (403, "egress.forbidden_address"),
            "{target}"
        );
    }
}

#[test]
fn a_user_name_in_the_host_is_refused() {
    let service = Service::start(&Home::new(), POLICY);
    let head = format!("X-X402-Agent-Token: {TOKEN}\r\n");
    let answer = ask(
        service.guard,
        "GET",
        "/http/api.example.com@127.0.0.1/",
        &head,
        "",
    );
    assert_eq!((answer.status, &*answer.code()), (400, "gateway.target"));
}
