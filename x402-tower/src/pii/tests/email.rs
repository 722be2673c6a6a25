use super::{assert_marked, found};
use crate::pii::EntityType::EmailAddress;

#[test]
fn finds_addresses_and_their_exact_bounds() {
    assert_marked(
        EmailAddress,
        &[
            "«alice@example.com»",
            "Contact «alice.b+tag@mail.example.co.uk», please.",
            "<«alice@example.com»>",
            "mailto:«alice@example.com»?subject=x",
            "email=«alice@example.com»&page=2",
            "'«alice@example.com»'",
            "«O'Brien@example.com»",
            "**«alice@example.com»**",
            "to «alice@example.com».",
            "«alice@example.com».2024 report",
            "«alice@example.com»-2024",
            "«alice@example.com»_backup",
            "«a_b@x-y.io» and «c@d.dev»",
            "{\"email\":\"«alice@example.com»\"}",
            "/users/«alice@example.com»/orders",
            "«ALICE@EXAMPLE.COM»",
        ],
    );
}

#[test]
fn finds_international_addresses_whole() {
    assert_marked(
        EmailAddress,
        &[
            "«jörg@exämple.de» schreibt",
            "«用户@例子.广告»，谢谢",
            "“«alice@example.com»”",
            "«alice@xn--bcher-kva.xn--p1ai»",
            "«jose\u{301}@example.com»",
            "«ali\u{200b}ce@example.com»",
        ],
    );
}

#[test]
fn finds_an_escaped_address_in_text_without_the_escape_before_it() {
    assert_eq!(
        found("q=me%20alice@example.com"),
        [(EmailAddress, "alice@example.com")]
    );
    assert_eq!(
        found("see ?q=alice%40example.com now"),
        [(EmailAddress, "alice%40example.com")]
    );
}

#[test]
fn leaves_what_only_looks_like_an_address() {
    assert_marked(
        EmailAddress,
        &[
            "user@localhost",
            "lodash@4.17.21",
            "@types/node@20.1.0",
            "https://cdn.example.com/icon@2x.png",
            "@alice",
            "alice@",
            "alice@.com",
            "alice@example.c",
            "alice@-example.com",
            "a @ b.com",
            "@example.com",
            "...@example.com",
        ],
    );
}

#[test]
fn joins_addresses_that_share_a_part() {
    assert_eq!(found("a@b.com@c.com"), [(EmailAddress, "a@b.com@c.com")]);
}
