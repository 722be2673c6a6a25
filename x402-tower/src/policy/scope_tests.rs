//! Tables of what lies in a scope and what does not.

use proptest::prelude::*;

use super::*;

/// Rule, requested URL, whether it lies inside. The URL must parse.
const HOSTS: &[(&str, &str, bool)] = &[
    ("https://api.ok.com", "https://api.ok.com", true),
    ("https://api.ok.com", "https://api.ok.com/", true),
    ("https://api.ok.com", "https://api.ok.com/a/b?c=d#e", true),
    ("https://api.ok.com", "https://API.OK.COM/", true),
    ("https://API.ok.com", "https://api.ok.com/", true),
    ("https://api.ok.com", "https://api.ok.com:443/", true),
    ("https://api.ok.com:443", "https://api.ok.com/", true),
    ("https://api.ok.com", "https://api.ok.com./", true),
    ("https://api.ok.com.", "https://api.ok.com/", true),
    ("https://api.ok.com", "HTTPS://api.ok.com/", true),
    ("HTTPS://api.ok.com", "https://api.ok.com/", true),
    ("https://api.ok.com", "https:\\\\api.ok.com\\x", true),
    ("https://api.ok.com", "https://api.%6fk.com/", true),
    ("https://api.ok.com", "https://api.ok.com:8443/", false),
    ("https://api.ok.com:8443", "https://api.ok.com/", false),
    ("https://api.ok.com:8443", "https://api.ok.com:8443/", true),
    ("https://api.ok.com", "http://api.ok.com/", false),
    ("http://api.ok.com", "https://api.ok.com/", false),
    ("http://api.ok.com", "https://api.ok.com:80/", false),
    ("https://api.ok.com", "http://api.ok.com:443/", false),
    ("https://api.ok.com", "ftp://api.ok.com/", false),
    ("https://api.ok.com", "wss://api.ok.com/", false),
    ("https://api.ok.com", "https://api.ok.com@evil.test/", false),
    (
        "https://api.ok.com",
        "https://api.ok.com:443@evil.test/",
        false,
    ),
    ("https://api.ok.com", "https://evil.test/@api.ok.com", false),
    ("https://api.ok.com", "https://evil.test#@api.ok.com", false),
    ("https://api.ok.com", "https://evil.test?@api.ok.com", false),
    (
        "https://api.ok.com",
        "https://evil.test\\@api.ok.com",
        false,
    ),
    (
        "https://api.ok.com",
        "https://evil.test\\.api.ok.com",
        false,
    ),
    ("https://api.ok.com", "https://api.ok.com.evil.test/", false),
    ("https://api.ok.com", "https://api-ok.com/", false),
    ("https://api.ok.com", "https://xapi.ok.com/", false),
    ("https://api.ok.com", "https://www.api.ok.com/", false),
    ("https://api.ok.com", "https://ok.com/", false),
    ("https://api.ok.com", "https://api.ok.co/", false),
    ("https://api.ok.com", "https://api.ok.com../", false),
    ("https://api.ok.com", "https://api。ok。com/", true),
    ("https://api.ok.com", "https://ａｐｉ.ok.com/", true),
    ("https://api.ok.com", "https://аpi.ok.com/", false),
    ("https://bücher.test", "https://xn--bcher-kva.test/", true),
    ("https://xn--bcher-kva.test", "https://BÜCHER.test/", true),
    ("https://bucher.test", "https://bücher.test/", false),
    ("https://127.0.0.1", "https://2130706433/", true),
    ("https://127.0.0.1", "https://0x7f.1/", true),
    ("https://127.0.0.1", "https://0177.0.0.1/", true),
    ("https://127.0.0.1", "https://[::ffff:127.0.0.1]/", false),
    ("https://127.0.0.1", "https://127.0.0.2/", false),
    ("https://[::1]", "https://[0:0:0:0:0:0:0:1]/", true),
    ("https://[2001:db8::1]", "https://[2001:DB8:0::1]/", true),
    ("https://[2001:db8::1]", "https://[2001:db8::2]/", false),
];

const PATHS: &[(&str, &str, bool)] = &[
    ("https://a.io/v1", "https://a.io/v1", true),
    ("https://a.io/v1", "https://a.io/v1/", true),
    ("https://a.io/v1/", "https://a.io/v1", true),
    ("https://a.io/v1", "https://a.io/v1?x=/v2", true),
    ("https://a.io/v1", "https://a.io/v1/x/y", true),
    ("https://a.io/v1", "https://a.io/v1evil", false),
    ("https://a.io/v1", "https://a.io/v1-evil/x", false),
    ("https://a.io/v1", "https://a.io/v1.evil", false),
    ("https://a.io/v1", "https://a.io/", false),
    ("https://a.io/v1", "https://a.io/x/v1", false),
    ("https://a.io/v1", "https://a.io/x?/v1", false),
    ("https://a.io/v1", "https://a.io/x#/v1", false),
    ("https://a.io/v1", "https://a.io/v1/../admin", false),
    ("https://a.io/v1", "https://a.io/v1/%2e%2e/admin", false),
    ("https://a.io/v1", "https://a.io/v1/.%2E/admin", false),
    ("https://a.io/v1", "https://a.io/x/../v1/y", true),
    ("https://a.io/v1", "https://a.io/./v1", true),
    ("https://a.io/v1", "https://a.io\\v1\\y", true),
    ("https://a.io/v1", "https://a.io/v1\\..\\admin", false),
    ("https://a.io/v1", "https://a.io/%76%31/x", true),
    ("https://a.io/%76%31", "https://a.io/v1/x", true),
    ("https://a.io/v1", "https://a.io/V1", false),
    ("https://a.io/v1", "https://a.io/v1%2fx", false),
    ("https://a.io/v1", "https://a.io/v1/x%2Fy", false),
    ("https://a.io/v1", "https://a.io/v1/x%5cy", false),
    ("https://a.io/v1", "https://a.io/v1/x%00", false),
    ("https://a.io/v1", "https://a.io/v1/x%0d%0ay", false),
    ("https://a.io/v1", "https://a.io/v1/%252e%252e/admin", false),
    ("https://a.io/v1", "https://a.io/v1%252fx", false),
    ("https://a.io/v1", "https://a.io/v1/100%25", true),
    ("https://a.io/v1", "https://a.io/v1/%zz", false),
    ("https://a.io/v1", "https://a.io/v1/%", false),
    ("https://a.io/v1", "https://a.io/v1/%c0%af", false),
    ("https://a.io/v1", "https://a.io/v1;x=1", false),
    ("https://a.io/v1", "https://a.io/v1/x%3by", false),
    ("https://a.io/v1", "https://a.io//v1", false),
    ("https://a.io/v1", "https://a.io/v1//x", false),
    ("https://a.io/a/b", "https://a.io/a", false),
    ("https://a.io/a/b", "https://a.io/a/b/c", true),
    ("https://a.io/a/b", "https://a.io/a/bc", false),
    ("https://a.io/a%20b", "https://a.io/a b", true),
    ("https://a.io/a@b", "https://a.io/a%40b", true),
    ("https://a.io/é", "https://a.io/%C3%A9", true),
    ("https://a.io/é", "https://a.io/%c3%a9/x", true),
    ("https://a.io/a|b", "https://a.io/a%7Cb", true),
];

fn check(table: &[(&str, &str, bool)]) {
    for (rule, url, inside) in table {
        let scope = UrlScope::parse(rule).unwrap_or_else(|e| panic!("{rule}: {e}"));
        let parsed = Url::parse(url).unwrap_or_else(|e| panic!("{url}: {e}"));
        assert_eq!(scope.matches(&parsed), *inside, "{rule} against {url}");
    }
}

#[test]
fn attack_054_hosts_are_compared_as_parsed() {
    check(HOSTS);
}

#[test]
fn attack_055_paths_are_compared_by_segment() {
    check(PATHS);
}

#[test]
fn attack_054_a_zone_is_no_host() {
    assert!(Url::parse("https://[fe80::1%25eth0]/").is_err());
    assert_eq!(
        UrlScope::parse("https://[fe80::1%25eth0]/"),
        Err(ScopeError::NoHost)
    );
}

#[test]
fn rules_that_can_be_misread_are_refused() {
    use ScopeError::{Ambiguous, NoHost, NotHttp, Query, TooLong, UserInfo, Wildcard};
    let long = format!("https://a.io/{}", "a".repeat(3000));
    for (text, error) in [
        ("api.ok.com", NotHttp),
        ("", NotHttp),
        ("ftp://api.ok.com", NotHttp),
        ("//api.ok.com", NotHttp),
        ("https:api.ok.com", NotHttp),
        ("https:/api.ok.com", NotHttp),
        (" https://api.ok.com", NotHttp),
        ("https://", NoHost),
        ("https:///api.ok.com", NoHost),
        ("https://api..com", NoHost),
        ("https://exa mple.com", Ambiguous),
        ("https://api.ok.com\n", Ambiguous),
        ("https://api.ok.com\\v1", Ambiguous),
        ("https://api.ok.com/a%2fb", Ambiguous),
        ("https://api.ok.com/a%5Cb", Ambiguous),
        ("https://api.ok.com/a%00", Ambiguous),
        ("https://api.ok.com/a%252fb", Ambiguous),
        ("https://api.ok.com//v1", Ambiguous),
        ("https://api.ok.com/v1;a=b", Ambiguous),
        ("https://me@api.ok.com", UserInfo),
        ("https://me:secret@api.ok.com/", UserInfo),
        ("https://@api.ok.com/", UserInfo),
        ("https://api.ok.com?x", Query),
        ("https://api.ok.com/?", Query),
        ("https://api.ok.com/#x", Query),
        ("https://*.ok.com", Wildcard),
        ("https://api.ok.com/v1/*", Wildcard),
        ("https://api.ok.com/v1/%2a", Wildcard),
        (long.as_str(), TooLong),
    ] {
        assert_eq!(UrlScope::parse(text), Err(error), "{text}");
    }
}

#[test]
fn an_ambiguous_path_still_lies_in_its_origin() {
    let url = Url::parse("https://a.io/v1%2f..").unwrap();
    assert!(UrlScope::is_ambiguous(&url));
    assert!(UrlScope::parse("https://a.io").unwrap().matches(&url));
}

#[test]
fn loopback_is_this_machine_and_nothing_that_looks_like_it() {
    for (url, loopback) in [
        ("http://localhost:8402/", true),
        ("http://LOCALHOST./", true),
        ("http://127.0.0.1/", true),
        ("http://127.9.8.7/", true),
        ("http://[::1]:80/", true),
        ("http://localhost.evil.test/", false),
        ("http://evil.localhost/", false),
        ("http://127.0.0.1.evil.test/", false),
        ("http://10.0.0.1/", false),
        ("http://0.0.0.0/", false),
        ("http://[::ffff:7f00:1]/", false),
    ] {
        let origin = Origin::of(&Url::parse(url).unwrap()).unwrap();
        assert_eq!(origin.is_loopback(), loopback, "{url}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_scope_or_an_error_and_a_scope_reads_back(text in "https?://[a-z.%/0-9A-F;@:é ]{0,40}|\\PC{0,40}") {
        if let Ok(scope) = UrlScope::parse(&text) {
            prop_assert_eq!(UrlScope::parse(&scope.to_string()), Ok(scope.clone()));
            let url = Url::parse(&text).unwrap();
            prop_assert!(scope.matches(&url), "a scope covers its own URL");
        }
    }

    #[test]
    fn matching_never_panics(text in "https?://a.io/[a-z.%/0-9A-F;@:é \\\\]{0,40}|\\PC{0,60}") {
        if let Ok(url) = Url::parse(&text) {
            let scope = UrlScope::parse("https://a.io/v1").unwrap();
            let inside = scope.matches(&url);
            prop_assert!(!inside || (!UrlScope::is_ambiguous(&url) && url.host_str() == Some("a.io")));
        }
    }
}
