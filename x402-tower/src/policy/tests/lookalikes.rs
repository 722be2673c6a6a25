//! What is made to be taken for something else is named as such.

use super::*;

fn resembled(rules: &Rules, url: &str) -> Option<String> {
    match rules.check_offer(&Asked::at(url).offer()) {
        Err(Violation::Origin { resembles, .. }) => resembles.map(|origin| origin.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn attack_053_a_host_that_looks_like_a_listed_one_is_denied_as_such() {
    let rules = rules(
        "allowed_origins = [\"https://api.report.com\", \"https://market.example\", \"https://xn--bcher-kva.example\"]",
    );
    for (url, listed) in [
        ("https://api.rep0rt.com/", "https://api.report.com"),
        ("https://аpi.report.com/", "https://api.report.com"),
        ("https://api.reprot.com/", "https://api.report.com"),
        ("https://api.reports.com/", "https://api.report.com"),
        ("https://api.repor.com/", "https://api.report.com"),
        ("https://rnarket.example/", "https://market.example"),
        (
            "https://b\u{fc}ch\u{435}r.example/",
            "https://xn--bcher-kva.example",
        ),
    ] {
        let found = resembled(&rules, url);
        assert_eq!(found.as_deref(), Some(listed), "{url}");
    }
    let denied = rules.check_offer(&Asked::at("https://api.rep0rt.com/").offer());
    assert!(
        denied
            .unwrap_err()
            .to_string()
            .contains("looks like https://api.report.com")
    );
}

#[test]
fn attack_053_a_host_that_is_merely_another_is_denied_without_such_a_word() {
    let rules = rules("allowed_origins = [\"https://api.report.com\", \"https://a.io\"]");
    for url in [
        "https://evil.test/",
        "https://api.report.com.evil.test/",
        "https://b.io/",
        "https://127.0.0.1/",
    ] {
        assert_eq!(resembled(&rules, url), None, "{url}");
    }
    let port = resembled(&rules, "https://api.report.com:444/");
    assert_eq!(
        port, None,
        "the same host on another port looks like nothing else"
    );
}

#[test]
fn attack_051_a_poisoned_address_is_denied_as_such() {
    let listed = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";
    let vanity = "0x2096000000000000000000000000000000000000".replace("0000000", "1111111");
    let vanity = format!("{}287c", &vanity[..38]);
    let rules = rules(&format!(
        "[recipients]\n\"https://api.ok.com\" = [\"{listed}\"]"
    ));
    let violation = rules
        .check_offer(&Asked::paying(&vanity).offer())
        .unwrap_err();
    assert_eq!(violation.code(), "policy.recipient");
    let text = violation.to_string();
    assert!(
        text.contains(&vanity) && text.contains(&listed.to_lowercase()),
        "both in full: {text}"
    );
    assert!(text.contains("begins and ends like"), "{text}");
    let plain = rules
        .check_offer(&Asked::paying(OTHER).offer())
        .unwrap_err();
    assert!(
        plain.to_string().ends_with("make sure whose it is"),
        "{plain}"
    );
    assert_eq!(
        Asked::paying(&vanity).code(&super::rules("")),
        "allowed",
        "the attack, without the list"
    );
}
