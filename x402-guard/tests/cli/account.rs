//! `report`, over the log of real payments.

use std::fs;

use crate::program::{Ended, Home};
use crate::seller::{Conduct, REPORT, Seller, Wire};

fn with_payment() -> Home {
    let home = Home::new();
    let seller = Seller::start(Wire::V2, 50_000, Conduct::Sell(REPORT));
    assert_eq!(home.fetch([seller.url()]).code(), 0);
    home
}

fn report(home: &Home, more: &[&str]) -> Ended {
    let mut command = home.command();
    command.args(["report", "--audit"]).arg(home.audit_log());
    command.args(more);
    Ended::of(command)
}

#[test]
fn a_payment_is_in_the_report_of_its_log() {
    let home = with_payment();
    let ended = report(&home, &["--format", "json"]);
    assert_eq!(ended.code(), 0, "{}", ended.err());
    let object = ended.json();
    assert_eq!(object["integrity"], "intact");
    assert_eq!(object["outcomes"]["settled"]["payments"], 1);
    assert_eq!(object["outcomes"]["settled"]["usd_micros"], 50_000);
    assert_eq!(object["by_asset"]["rows"][0]["amount"], "50000");
    let shown = report(&home, &[]);
    assert!(shown.out().contains("Integrity: INTACT"), "{}", shown.out());
}

#[test]
fn a_broken_log_is_reported_and_ends_with_1() {
    let home = with_payment();
    let log = home.audit_log();
    let text = fs::read_to_string(&log).unwrap();
    fs::write(&log, text.replacen("PAYMENT_INTENT", "PAYMENT_RESENT", 1)).unwrap();
    let ended = report(&home, &["--format", "html"]);
    assert_eq!(ended.code(), 1);
    assert!(ended.err().contains("broken at line 1"), "{}", ended.err());
    assert!(ended.out().ends_with("</html>\n"));
}

#[test]
fn moments_that_are_none_are_usage_errors() {
    let home = with_payment();
    for more in [
        &["--from", "yesterday"][..],
        &["--from", "2026-01-02", "--to", "2026-01-01"],
    ] {
        assert_eq!(report(&home, more).code(), 2, "{more:?}");
    }
}
