//! Text for a terminal.

use core::error::Error;
use core::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::time::{Duration, UNIX_EPOCH};

use serde::ser::{self, Serialize, Serializer};
use serde_json::value::RawValue;

/// Says something on standard error. Where nobody can hear it, the exit code still tells.
pub(crate) fn note(text: impl fmt::Display) {
    let _unheard = writeln!(io::stderr().lock(), "x402-guard: {text}");
}

/// A text that a server wrote, without what could move the cursor or turn the reading direction.
pub(crate) struct Foreign<'a>(pub(crate) &'a str);

impl fmt::Display for Foreign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.escape_debug(), f)
    }
}

/// An error with its causes, each said once.
pub(crate) struct Causes<'a>(pub(crate) &'a dyn Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !said.contains(&text) {
                said = format!("{said}: {text}");
            }
            cause = error.source();
        }
        f.write_str(&said)
    }
}

/// A number with two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hundredths(pub(crate) u64);

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

impl Serialize for Hundredths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = RawValue::from_string(self.to_string()).map_err(ser::Error::custom)?;
        number.serialize(serializer)
    }
}

/// RFC 3339 in UTC; the bare number for times that have no such form.
pub(crate) fn time(unix_ms: u64) -> String {
    let shown = UNIX_EPOCH
        .checked_add(Duration::from_millis(unix_ms))
        .and_then(|time| {
            let mut text = String::new();
            write!(text, "{}", humantime::format_rfc3339_millis(time)).ok()?;
            Some(text)
        });
    shown.unwrap_or_else(|| unix_ms.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_and_never_panic() {
        assert_eq!(time(1_767_225_600_250), "2026-01-01T00:00:00.250Z");
        assert_eq!(time(u64::MAX), u64::MAX.to_string());
    }

    #[test]
    fn two_decimals_are_a_json_number() {
        let shown = [0, 5, 85, 100, 12_345].map(|n| serde_json::to_string(&Hundredths(n)).unwrap());
        assert_eq!(shown, ["0.00", "0.05", "0.85", "1.00", "123.45"]);
    }

    #[test]
    fn a_servers_text_cannot_steer_the_terminal() {
        let shown = Foreign("0xab\u{1b}[2J\u{202e}\r\n").to_string();
        assert_eq!(shown, r"0xab\u{1b}[2J\u{202e}\r\n");
    }

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        #[derive(Debug, thiserror::Error)]
        #[error("it failed: {0}")]
        struct Failed(#[source] io::Error);
        let failed = Failed(io::Error::other("no route"));
        assert_eq!(Causes(&failed).to_string(), "it failed: no route");
    }
}
