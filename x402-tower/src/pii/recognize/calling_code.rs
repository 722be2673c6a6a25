//! Country calling codes (ITU-T E.164, list of assigned codes).

/// North America and the Caribbean.
pub(super) const NORTH_AMERICA: u32 = 1;
pub(super) const ITALY: u32 = 39;

/// The assigned code with which a number starts, given its first three digits.
pub(super) const fn calling_code(first_three: u32) -> Option<u32> {
    match (first_three / 100, first_three / 10, first_three) {
        (code @ (1 | 7), _, _) => Some(code),
        (
            _,
            code @ (20
            | 27
            | 30..=34
            | 36
            | 39
            | 40
            | 41
            | 43..=49
            | 51..=58
            | 60..=66
            | 81
            | 82
            | 84
            | 86
            | 90..=95
            | 98),
            _,
        ) => Some(code),
        (
            _,
            _,
            code @ (211..=213
            | 216
            | 218
            | 220..=258
            | 260..=269
            | 290
            | 291
            | 297..=299
            | 350..=359
            | 370..=378
            | 380..=383
            | 385..=387
            | 389
            | 420
            | 421
            | 423
            | 500..=509
            | 590..=599
            | 670
            | 672..=683
            | 685..=692
            | 800
            | 808
            | 850
            | 852
            | 853
            | 855
            | 856
            | 870
            | 878
            | 880..=883
            | 886
            | 888
            | 960..=968
            | 970..=977
            | 979
            | 992..=996
            | 998),
        ) => Some(code),
        _ => None,
    }
}
