//! Dates inside of numbers.

/// The number that two digits write.
pub(super) fn two(tens: u8, ones: u8) -> u32 {
    u32::from(tens) * 10 + u32::from(ones)
}

/// Whether a month, 1 to 12, has this day in some year.
pub(super) const fn has_day(month: u32, day: u32) -> bool {
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 29,
        _ => 0,
    };
    day >= 1 && day <= last
}

/// Whether `YYYYMMDD` is a date of 1900 to 2099.
pub(super) fn is_recent_date(digits: &[u8]) -> bool {
    matches!(digits, [c, d, _, _, m1, m2, d1, d2]
        if matches!(two(*c, *d), 19 | 20) && has_day(two(*m1, *m2), two(*d1, *d2)))
}

/// Whether two digits of a year are those of orders, logs and files of our time, 2020 to 2035: a date
/// and a serial number are how such things are numbered.
pub(super) const fn is_year_of_records(year: u32) -> bool {
    matches!(year, 20..=35)
}
