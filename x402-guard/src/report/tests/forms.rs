//! Markdown and the page: what they look like, and that no text of a log steers them.

use serde_json::Value;
use x402_tower::audit::AuditEventType;

use super::log::{DAY, Logs, NEW_YEAR, intent, record, report, settled, text, unknown};
use crate::report::args::Format;

const HOSTILE: &str = "\"><script>alert(1)</script></style><img src=x onerror='alert(2)'>`|[x](javascript:alert(3))\u{202e}\u{1b}[2J\r\n# a";

fn hostile(logs: &Logs) -> std::path::PathBuf {
    let denied = record(AuditEventType::PolicyBlocked, HOSTILE, NEW_YEAR + 3).outcome("blocked");
    logs.log(
        "audit.jsonl",
        &[
            intent("d-1", NEW_YEAR)
                .agent_id(HOSTILE)
                .origin(HOSTILE)
                .pay_to(HOSTILE),
            settled("d-1", NEW_YEAR + 1)
                .agent_id(HOSTILE)
                .origin(HOSTILE)
                .pay_to(HOSTILE)
                .network(HOSTILE)
                .asset(HOSTILE)
                .position("buyer")
                .pii_entity(HOSTILE, 1)
                .warning(HOSTILE)
                .shadow(HOSTILE)
                .approval(HOSTILE),
            unknown("d-2", NEW_YEAR + 2)
                .reason(HOSTILE)
                .agent_id(HOSTILE),
            denied.code(HOSTILE).control(HOSTILE).error_message(HOSTILE),
            intent(HOSTILE, NEW_YEAR + 4),
            settled("d-7", NEW_YEAR + 5).position(HOSTILE),
        ],
    )
}

#[test]
fn the_object_has_a_fixed_structure() {
    let logs = Logs::new();
    let log = logs.log(
        "audit.jsonl",
        &[settled("d-1", NEW_YEAR), unknown("d-2", NEW_YEAR + 1)],
    );
    let (object, _) = report(&[&log], &["--subject", "researcher"]);
    let keys = |value: &Value| {
        let object = value.as_object().unwrap();
        object
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(object["format"], 1);
    assert_eq!(
        keys(&object),
        "agent approvals by_agent by_asset by_day by_origin by_position by_recipient dangling denials files format \
         integrity notes outcomes period pii records repeated_outcomes resent settled_in_checked_records_usd_micros \
         shadow_denials subject unfollowed unknown warnings"
    );
    assert_eq!(keys(&object["period"]), "first_record from last_record to");
    assert_eq!(
        keys(&object["files"][0]),
        "chain checked code file first_time head integrity line lines problem skipped"
    );
    assert_eq!(
        keys(&object["records"]),
        "checked counted counted_unchecked of_other_agents outside_period read skipped"
    );
    assert_eq!(
        keys(&object["outcomes"]),
        "denied not_sent open rejected released settled unknown"
    );
    assert_eq!(
        keys(&object["outcomes"]["open"]),
        "payments usd_micros without_price"
    );
    assert_eq!(keys(&object["by_day"]), "others rows");
    assert_eq!(keys(&object["by_day"]["rows"][0]), "name outcomes");
    assert_eq!(
        keys(&object["unknown"]["listed"][0]),
        "agent decision_id file later line origin reason recipient time usd_micros"
    );
    assert_eq!(
        keys(&object["subject"]),
        "erasure listed records stored wanted"
    );
    assert_eq!(
        keys(&object["subject"]["listed"][0]),
        "decision_id event fields file line record seq time"
    );
}

#[test]
fn no_text_of_a_log_becomes_part_of_the_page() {
    let logs = Logs::new();
    let page = text(
        &[&hostile(&logs)],
        &["--subject", HOSTILE, "--agent", HOSTILE],
        Format::Html,
    );
    let all = text(
        &[&logs.path("audit.jsonl")],
        &["--subject", HOSTILE],
        Format::Html,
    );
    for page in [page, all] {
        for bad in ["<script", "<img", "onerror='", "\u{202e}", "\u{1b}", "\r"] {
            assert!(!page.contains(bad), "{bad}");
        }
        assert_eq!(page.matches("</style>").count(), 1);
        assert!(
            page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
            "it is shown as it is"
        );
    }
}

#[test]
fn the_page_needs_nothing_else_and_allows_nothing_else() {
    let logs = Logs::new();
    let page = text(&[&hostile(&logs)], &[], Format::Html);
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    for bad in [
        " src=\"",
        "@import",
        "url(",
        " style=\"",
        "<link",
        "http://",
        " onclick",
    ] {
        assert!(!page.contains(bad), "{bad}");
    }
    let captions = page.matches("<caption>").count();
    assert_eq!(captions, page.matches("<table").count());
    assert_eq!(
        page.matches("<svg").count(),
        page.matches("role=\"img\"").count()
    );
    for tag in [
        "div", "section", "table", "tr", "figure", "svg", "g", "bdi", "span", "ul", "li",
    ] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn markdown_shows_hostile_texts_as_code_and_stays_in_80_columns() {
    let logs = Logs::new();
    let shown = text(&[&hostile(&logs)], &["--subject", HOSTILE], Format::Md);
    for bad in ["\u{202e}", "\u{1b}", "\r", "\n# a"] {
        assert!(!shown.contains(bad), "{bad:?}");
    }
    for line in shown.lines() {
        // Outside of code there is no mark that comes from a log.
        let outside: String = line.split('`').step_by(2).collect();
        assert!(!outside.contains('<') && !outside.contains("]("), "{line}");
        assert_eq!(line.matches('`').count() % 2, 0, "{line}");
        if line.starts_with('|') {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
    let table = shown.split("By agent").nth(1).unwrap();
    let rows: Vec<_> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert!(rows.len() >= 3, "{rows:?}");
    for row in &rows {
        assert_eq!(
            row.matches('|').count(),
            rows[0].matches('|').count(),
            "{row}"
        );
    }
}

#[test]
fn numbers_stand_below_each_other() {
    let logs = Logs::new();
    let dear = settled("d-2", NEW_YEAR + DAY).amount_usd_micros(1_234_567_890_001);
    let log = logs.log("audit.jsonl", &[settled("d-1", NEW_YEAR), dear]);
    let shown = text(&[&log], &[], Format::Md);
    assert!(shown.contains("|         0.050000 |       1 |"), "{shown}");
    assert!(shown.contains("| 1,234,567.890001 |       1 |"), "{shown}");
    assert!(shown.contains("Integrity: INTACT"), "{shown}");
}

#[test]
fn tables_are_cut_and_the_rest_is_added_up() {
    let logs = Logs::new();
    let ids: Vec<String> = (0..30).map(|at| format!("agent-{at:02}")).collect();
    let records: Vec<_> = ids
        .iter()
        .map(|id| settled(id, NEW_YEAR).agent_id(id.as_str()))
        .collect();
    let log = logs.log("audit.jsonl", &records);
    let shown = text(&[&log], &["--rows", "10"], Format::Md);
    assert!(shown.contains("| others (20)"), "{shown}");
    let row = shown
        .lines()
        .find(|line| line.contains("others (20)"))
        .unwrap();
    assert!(row.contains("1.00") && row.contains(" 20 "), "{row}");
}
