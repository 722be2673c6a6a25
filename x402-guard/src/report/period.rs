//! From when to when: half-open, in milliseconds since the Unix epoch.

use core::str::FromStr;
use std::time::UNIX_EPOCH;

const MINUTE_MS: u64 = 60_000;

/// A moment as the command line names it. Fractions of a millisecond count as the whole one, so that a record is on the
/// same side of it as of the exact moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

/// The text is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write a date as 2026-01-31, or a time as 2026-01-31T23:59:59Z or 2026-01-31T23:59:59+01:00, from 1970 to 9999"
)]
pub(crate) struct NotAMoment;

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        if text.len() == 10 {
            return utc(&format!("{text}T00:00:00Z")).map(Self);
        }
        if let Some(plain) = text.strip_suffix(['Z', 'z']) {
            return utc(&format!("{plain}Z")).map(Self);
        }
        let at = text.len().checked_sub(6).ok_or(NotAMoment)?;
        let (local, offset) = text.split_at_checked(at).ok_or(NotAMoment)?;
        let local = utc(&format!("{local}Z"))?;
        let (ahead, offset) = offset_ms(offset)?;
        let utc = if ahead {
            local.checked_sub(offset)
        } else {
            local.checked_add(offset)
        };
        utc.map(Self).ok_or(NotAMoment)
    }
}

/// A time in UTC, rounded up to milliseconds.
fn utc(text: &str) -> Result<u64, NotAMoment> {
    if text
        .as_bytes()
        .get(10)
        .is_none_or(|mark| !matches!(mark, b'T' | b't'))
    {
        return Err(NotAMoment);
    }
    let upper = text.replace('t', "T");
    let time = humantime::parse_rfc3339(&upper).map_err(|_| NotAMoment)?;
    let since = time.duration_since(UNIX_EPOCH).map_err(|_| NotAMoment)?;
    let nanos = since.as_nanos().div_ceil(1_000_000);
    u64::try_from(nanos).map_err(|_| NotAMoment)
}

/// `+01:30` as whether it is ahead of UTC, and by how much.
fn offset_ms(text: &str) -> Result<(bool, u64), NotAMoment> {
    let (sign, clock) = text.split_at_checked(1).ok_or(NotAMoment)?;
    let ahead = match sign {
        "+" => true,
        "-" => false,
        _ => return Err(NotAMoment),
    };
    let (hours, minutes) = clock.split_once(':').ok_or(NotAMoment)?;
    let number = |digits: &str, most: u64| {
        let plain = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
        let number = plain.then(|| digits.parse::<u64>().ok()).flatten();
        number.filter(|number| *number <= most).ok_or(NotAMoment)
    };
    let minutes = number(hours, 23)? * 60 + number(minutes, 59)?;
    Ok((ahead, minutes * MINUTE_MS))
}

/// From a moment on, and before another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Period {
    pub(crate) from: Option<u64>,
    pub(crate) to: Option<u64>,
}

impl Period {
    /// `None` where it would hold no moment at all.
    pub(crate) fn new(from: Option<Moment>, to: Option<Moment>) -> Option<Self> {
        let holds_something = from.zip(to).is_none_or(|(from, to)| from < to);
        holds_something.then_some(Self {
            from: from.map(|moment| moment.0),
            to: to.map(|moment| moment.0),
        })
    }

    pub(crate) fn holds(self, unix_ms: u64) -> bool {
        self.from.is_none_or(|from| unix_ms >= from) && self.to.is_none_or(|to| unix_ms < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<u64, NotAMoment> {
        text.parse::<Moment>().map(|moment| moment.0)
    }

    #[test]
    fn dates_and_times_are_read_exactly() {
        for (text, expected) in [
            ("1970-01-01", 0),
            ("2026-01-01", 1_767_225_600_000),
            ("2026-01-01T00:00:00Z", 1_767_225_600_000),
            ("2026-01-01t00:00:00z", 1_767_225_600_000),
            ("2026-01-01T01:00:00+01:00", 1_767_225_600_000),
            ("2025-12-31T18:30:00-05:30", 1_767_225_600_000),
            ("2026-01-01T00:00:00.25Z", 1_767_225_600_250),
            ("2026-01-01T00:00:00.2501+00:00", 1_767_225_600_251),
            ("2024-02-29", 1_709_164_800_000),
        ] {
            assert_eq!(at(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "2026",
            "2026-1-1",
            "2026-13-01",
            "2026-02-30",
            "2025-02-29",
            "1969-12-31",
            "2026-01-01T00:00:00",
            "2026-01-01 00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00+1:00",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+0100",
            "1970-01-01T00:00:00+00:01",
            "yesterday",
            "1767225600000",
            "２０２６-01",
        ] {
            assert_eq!(at(text), Err(NotAMoment), "{text}");
        }
    }

    #[test]
    fn the_end_does_not_belong_to_it() {
        let period = Period::new(Some(Moment(10)), Some(Moment(20))).unwrap();
        assert_eq!(
            [9, 10, 19, 20].map(|ms| period.holds(ms)),
            [false, true, true, false]
        );
        assert!(Period::new(Some(Moment(10)), Some(Moment(10))).is_none());
        assert!(Period::default().holds(u64::MAX));
    }
}
