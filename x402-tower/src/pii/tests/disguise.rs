//! Text that is written so that a scan would miss it.

use super::{found, found_in_url};
use crate::pii::EntityType::{CreditCard, EmailAddress, IbanCode, PhoneNumber, PlPesel, UsSsn};
#[cfg(feature = "nlp")]
use crate::pii::{DetectionMode, Detector, EntityType::Person};

/// Asserts that the whole of the part between `«` and `»` is found.
fn assert_found(cases: &[&str]) {
    for case in cases {
        let text = case.replace(['«', '»'], "");
        let hidden = case.split_once('«').unwrap().1.split_once('»').unwrap().0;
        let all = found(&text);
        assert!(
            all.iter().any(|(_, what)| what.contains(hidden)),
            "in {text:?} found {all:?}"
        );
    }
}

#[test]
fn attack_108_escapes_of_every_kind_are_peeled_off() {
    assert_found(&[
        "«alice%40example.com»",
        "«alice%2540example.com»",
        "«alice%252540example.com»",
        "«alice&#64;example.com»",
        "«alice&#x40;example&#46;com»",
        "«alice&#0000064example.com»",
        "«alice&commat;example&period;com»",
        "«alice&amp;#64;example.com»",
        "«alice\\u0040example.com»",
        "«alice\\\\u0040example.com»",
        "«alice\\x40example.com»",
        "«alice\\u{40}example.com»",
        "«alice%u0040example.com»",
        "«alice=40example.com»",
        "«alice=40exam=\r\nple.com»",
        "«alice%3D40example.com»",
        "«alice%26%2364%3Bexample.com»",
        "«alice\\u0025\\u0034\\u0030example.com»",
        "«alice%EF%BC%A0example.com»",
        "card «%34%31%31%31-1111-1111-1111»",
        "card «&#52;&#49;&#49;&#49; 1111 1111 1111»",
    ]);
}

#[test]
fn attack_106_look_alikes_are_read_as_what_they_look_like() {
    assert_found(&[
        "«аlice@example.com»",
        "«alice@exаmple.cоm»",
        "«αlice@example.com»",
        "«alice＠example．com»",
        "«𝐚𝐥𝐢𝐜𝐞@𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐜𝐨𝐦»",
        "«ⓐⓛⓘⓒⓔ@ⓔⓧⓐⓜⓟⓛⓔ.ⓒⓞⓜ»",
        "«ᴀlice@example.com»",
        "«alice@example。com»",
        "«４１１１ １１１１ １１１１ １１１１»",
        "«٤١١١-١١١١-١١١١-١١١١»",
        "«४१११ ११११ ११११ ११११»",
        "«4111‑1111–1111—1111»",
        "«4111\u{a0}1111\u{2009}1111\u{3000}1111»",
        "«𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏»",
        "«５３３−１２−３４５６»",
        "«ＧＢ８２ＷＥＳＴ１２３４５６９８７６５４３２»",
        "«GВ82WЕSТ12345698765432»",
    ]);
}

#[test]
fn attack_107_what_cannot_be_seen_splits_nothing() {
    for hidden in [
        '\u{200b}',
        '\u{200d}',
        '\u{ad}',
        '\u{34f}',
        '\u{202e}',
        '\u{2066}',
        '\u{fe0f}',
        '\u{e0041}',
        '\u{301}',
        '\u{feff}',
        '\u{180e}',
        '\u{1}',
        '\u{3164}',
        '\u{e0100}',
    ] {
        for value in [
            "alice@example.com",
            "4111111111111111",
            "533-12-3456",
            "GB82WEST12345698765432",
            "+442071838750",
        ] {
            let text: String = value.chars().flat_map(|part| [part, hidden]).collect();
            let shown = text.trim_end_matches(hidden);
            let all = found(&text);
            assert!(
                all.iter().any(|(_, what)| what.contains(shown)),
                "{value} with {hidden:?}: {all:?}"
            );
        }
    }
}

#[test]
fn attack_108_spelled_addresses_are_found() {
    assert_found(&[
        "«alice(at)example.com»",
        "«alice [at] example [dot] com»",
        "«alice (AT) example (DOT) com»",
        "«alice@example[.]com»",
    ]);
}

#[test]
fn attack_108_encoded_runs_are_hidden_whole() {
    assert_found(&[
        "ref «YWxpY2VAZXhhbXBsZS5jb20=» end",
        "ref «YWxpY2VAZXhhbXBsZS5jb20» end",
        "data=«YWxpY2VAZXhhbXBsZS5jb20=»",
        "ref «616c696365406578616d706c652e636f6d» end",
        "ref «0x616c696365406578616d706c652e636f6d» end",
        "ref «NDExMS0xMTExLTExMTEtMTExMQ==» end",
        // UTF-16, and letters of another script around it.
        "ref «YQBsAGkAYwBlAEAAZQB4AGEAbQBwAGwAZQAuAGMAbwBtAA==» end",
        "ref «0L/QvtGH0YLQsDogYWxpY2VAZXhhbXBsZS5jb20g0YHQv9Cw0YHQuNCx0L4=» end",
    ]);
    let url = "https://h.example/v1/lookup/YWxpY2VAZXhhbXBsZS5jb20/info";
    assert_eq!(
        found_in_url(url),
        [(EmailAddress, "YWxpY2VAZXhhbXBsZS5jb20")]
    );
}

#[test]
fn attack_108_what_stands_before_an_encoded_run_names_what_is_in_it_and_stays() {
    for (text, run) in [
        ("my ssn is NTMzMTIzNDU2.", "NTMzMTIzNDU2"),
        ("{\"ssn\": \"353333313233343536\"}", "353333313233343536"),
        ("ssn=NTMzMTIzNDU2&page=2", "NTMzMTIzNDU2"),
    ] {
        assert_eq!(found(text), [(UsSsn, run)], "{text}");
    }
    let url = "https://h.example/v1/ssn?q=NTMzMTIzNDU2&page=2";
    assert_eq!(found_in_url(url), [(UsSsn, "NTMzMTIzNDU2")]);
    for text in [
        "amount NTMzMTIzNDU2",
        "ssn 7, amount NTMzMTIzNDU2",
        "ssn@ NTMzMTIzNDU2",
        "xssn NTMzMTIzNDU2",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_word_that_is_cut_where_the_words_before_a_run_are_read_names_nothing() {
    let run = "NDQwNTE0MDEzNTk=";
    let words = format!("pesel {}is  ", "customer document ".repeat(3));
    assert_eq!(words.len(), 64, "as far as words are read");
    assert_eq!(found(&format!("{words}{run}")), [(PlPesel, run)]);
    assert_eq!(found(&format!("x {words}{run}")), [(PlPesel, run)]);
    assert_eq!(found(&format!("x{words}{run}")), []);
}

#[cfg(feature = "nlp")]
#[test]
fn a_decimal_number_spells_nobodys_name() {
    let detector = Detector::new().with_mode(DetectionMode::Nlp);
    for text in [
        "Batch 7162577826787668 at 2025-11-05T17:15:33Z",
        "Order 5809525962647551, 135.47 INR",
    ] {
        assert_eq!(detector.scan(text), [], "{text}");
    }
    let text = "owner 56697669616e6e65204261636b6c756e64";
    let kinds: Vec<_> = detector
        .scan(text)
        .iter()
        .map(|found| found.entity)
        .collect();
    assert_eq!(kinds, [Person], "Vivianne Backlund in hexadecimal");
}

#[test]
fn spans_leave_what_stands_around_them() {
    assert_eq!(
        found("é\u{200b} аlice@example.com\u{200b} é"),
        [(EmailAddress, "аlice@example.com")]
    );
    assert_eq!(
        found("č. 4111&#32;1111&#32;1111&#32;1111 č"),
        [(CreditCard, "4111&#32;1111&#32;1111&#32;1111")]
    );
    assert_eq!(found("ссн 533-12-3456 ок"), [(UsSsn, "533-12-3456")]);
    assert_eq!(
        found("тел ＋442071838750 ок"),
        [(PhoneNumber, "＋442071838750")]
    );
    assert_eq!(
        found("счёт GB82 WEST 1234 5698 7654 32"),
        [(IbanCode, "GB82 WEST 1234 5698 7654 32")]
    );
}
