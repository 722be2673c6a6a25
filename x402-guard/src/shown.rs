//! Text for a terminal.

use core::error::Error;
use core::fmt;
use std::io::{self, Write};

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

#[cfg(test)]
mod tests {
    use super::*;

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
