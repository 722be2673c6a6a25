//! The command line of `screen`, and the detector that commands about personal data are told to use.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use x402_tower::pii::{DetectionMode, Detector, EntityType, PiiAction};

const SCREEN_NOTES: &str = "\
Every line is one JSON object. Every field that is a text is screened: resource_url, url and resource, and every value \
that is an absolute http or https URL, as a URL, which stays one; everything else as text. Numbers, objects, arrays and \
keys pass as they were written, so flatten what should be screened.

The same object comes back, its keys in the same order, with one more: entities, a list of entity_type, field, start, end \
(in Unicode code points of the field as it came in) and score (0 to 1). --action block leaves the texts and adds \
\"blocked\": true where something was found; --action warn leaves the texts. \"blocked\": true also stands where a SECRET was \
found, whatever the action: a payment with one is denied.

A line that cannot be screened (no JSON object, a key twice, a key that is written here, half a surrogate pair, over 8 MiB) \
is left out, and named with its reason on standard error, never with what it holds. Blank lines are skipped.

Exit codes:
   0  every line was screened
   1  the input could not be read, or the result not written
   2  the command line cannot be right
   3  lines were left out";

#[derive(Args)]
#[command(after_help = SCREEN_NOTES)]
pub(crate) struct ScreenArgs {
    #[command(flatten)]
    pub(crate) detector: DetectorArgs,
    /// What is done where something is found
    #[arg(long, value_name = "ACTION", default_value = "redact")]
    pub(crate) action: Action,
    /// How many lines are worked on at the same time; as many as there are cores unless set
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// The JSON lines; standard input unless set
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// What is looked for.
#[derive(Debug, Args)]
pub(crate) struct DetectorArgs {
    /// How personal data is looked for
    #[arg(long, default_value = "nlp")]
    pub(crate) mode: Mode,
    /// The types that are looked for, with commas between them; those that are on by default unless set
    #[arg(long, value_name = "TYPES", value_delimiter = ',', value_parser = entity)]
    pub(crate) entities: Vec<EntityType>,
    /// The lowest score that counts, from 0 to 1
    #[arg(long, value_name = "SCORE", default_value = "0", value_parser = percent)]
    pub(crate) min_score: u8,
}

impl DetectorArgs {
    pub(crate) fn detector(&self) -> Detector {
        let detector = if self.entities.is_empty() {
            Detector::new()
        } else {
            Detector::with_entities(self.entities.iter().copied())
        };
        detector
            .with_mode(self.mode.into())
            .with_min_score(self.min_score)
    }
}

/// The ways in which personal data is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// Forms and check digits alone
    Structural,
    /// Also names of people, places and organisations
    Nlp,
}

impl Mode {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Structural => "structural",
            Self::Nlp => "nlp",
        }
    }
}

impl From<Mode> for DetectionMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Structural => Self::Structural,
            Mode::Nlp => Self::Nlp,
        }
    }
}

/// What is done where something is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Action {
    /// Put a marker in its place
    Redact,
    /// Leave the text and mark the record as blocked
    Block,
    /// Leave the text
    Warn,
}

impl From<Action> for PiiAction {
    fn from(action: Action) -> Self {
        match action {
            Action::Redact => Self::Redact,
            Action::Block => Self::Block,
            Action::Warn => Self::Warn,
        }
    }
}

fn entity(name: &str) -> Result<EntityType, String> {
    name.trim().parse().map_err(|_| {
        let mut text = String::from("there is no such type. The types are:");
        let mut column = usize::MAX;
        for entity in EntityType::ALL {
            let name = entity.as_str();
            if column > 52 {
                text.push_str("\n ");
                column = 0;
            }
            text.push(' ');
            text.push_str(name);
            column = column.saturating_add(name.len()).saturating_add(1);
        }
        text
    })
}

/// A score as Presidio writes it, in whole percent: rounded up, so that nothing below it counts.
fn percent(text: &str) -> Result<u8, &'static str> {
    const NOT_ONE: &str = "write a decimal number from 0 to 1, as 0.85";
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if (whole.is_empty() && fraction.is_empty())
        || !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return Err(NOT_ONE);
    }
    let digit = |at: usize| {
        fraction
            .as_bytes()
            .get(at)
            .map_or(0, |b| b.saturating_sub(b'0'))
    };
    let more = fraction.bytes().skip(2).any(|b| b != b'0');
    let hundredths = digit(0) * 10 + digit(1) + u8::from(more);
    match whole.trim_start_matches('0') {
        "" => Ok(hundredths),
        "1" if hundredths == 0 => Ok(100),
        _ => Err(NOT_ONE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_read_exactly_and_rounded_up() {
        for (text, expected) in [
            ("0", 0),
            ("0.4", 40),
            (".85", 85),
            ("0.851", 86),
            ("0.8500", 85),
            ("0.999", 100),
            ("1", 100),
            ("1.00", 100),
        ] {
            assert_eq!(percent(text), Ok(expected), "{text}");
        }
        for text in ["", ".", "1.01", "2", "-0.5", "0,5", "85%", "1e-1", "NaN"] {
            assert!(percent(text).is_err(), "{text}");
        }
    }
}
