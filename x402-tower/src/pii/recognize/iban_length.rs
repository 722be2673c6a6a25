//! How long an IBAN is in each country.

/// SWIFT's IBAN registry, and after the break the countries that use the form without being in it.
#[rustfmt::skip]
const LENGTHS: &[([u8; 2], u8)] = &[
    (*b"AD", 24), (*b"AE", 23), (*b"AL", 28), (*b"AT", 20), (*b"AZ", 28), (*b"BA", 20), (*b"BE", 16), (*b"BG", 22),
    (*b"BH", 22), (*b"BI", 27), (*b"BR", 29), (*b"BY", 28), (*b"CH", 21), (*b"CR", 22), (*b"CY", 28), (*b"CZ", 24),
    (*b"DE", 22), (*b"DJ", 27), (*b"DK", 18), (*b"DO", 28), (*b"EE", 20), (*b"EG", 29), (*b"ES", 24), (*b"FI", 18),
    (*b"FK", 18), (*b"FO", 18), (*b"FR", 27), (*b"GB", 22), (*b"GE", 22), (*b"GI", 23), (*b"GL", 18), (*b"GR", 27),
    (*b"GT", 28), (*b"HN", 28), (*b"HR", 21), (*b"HU", 28), (*b"IE", 22), (*b"IL", 23), (*b"IQ", 23), (*b"IS", 26),
    (*b"IT", 27), (*b"JO", 30), (*b"KW", 30), (*b"KZ", 20), (*b"LB", 28), (*b"LC", 32), (*b"LI", 21), (*b"LT", 20),
    (*b"LU", 20), (*b"LV", 21), (*b"LY", 25), (*b"MC", 27), (*b"MD", 24), (*b"ME", 22), (*b"MK", 19), (*b"MN", 20),
    (*b"MR", 27), (*b"MT", 31), (*b"MU", 30), (*b"NI", 28), (*b"NL", 18), (*b"NO", 15), (*b"OM", 23), (*b"PK", 24),
    (*b"PL", 28), (*b"PS", 29), (*b"PT", 25), (*b"QA", 29), (*b"RO", 24), (*b"RS", 22), (*b"RU", 33), (*b"SA", 24),
    (*b"SC", 31), (*b"SD", 18), (*b"SE", 24), (*b"SI", 19), (*b"SK", 24), (*b"SM", 27), (*b"SO", 23), (*b"ST", 25),
    (*b"SV", 28), (*b"TL", 23), (*b"TN", 24), (*b"TR", 26), (*b"UA", 29), (*b"VA", 22), (*b"VG", 24), (*b"XK", 20),
    (*b"YE", 30),

    (*b"AO", 25), (*b"BF", 28), (*b"BJ", 28), (*b"CF", 27), (*b"CG", 27), (*b"CI", 28), (*b"CM", 27), (*b"CV", 25),
    (*b"DZ", 26), (*b"GA", 27), (*b"GQ", 27), (*b"GW", 25), (*b"IR", 26), (*b"KM", 27), (*b"MA", 28), (*b"MG", 27),
    (*b"ML", 28), (*b"MZ", 25), (*b"NE", 28), (*b"SN", 28), (*b"TD", 27), (*b"TG", 28),
];

const LETTERS: usize = 26;

/// The place of two capital letters among all pairs.
const fn place_of([first, second]: [u8; 2]) -> Option<usize> {
    if first.is_ascii_uppercase() && second.is_ascii_uppercase() {
        Some((first - b'A') as usize * LETTERS + (second - b'A') as usize)
    } else {
        None
    }
}

/// The length for each pair of letters; 0 for those that are no country's.
static BY_COUNTRY: [u8; LETTERS * LETTERS] = {
    let mut table = [0; LETTERS * LETTERS];
    let mut rest = LENGTHS;
    while let [(country, length), others @ ..] = rest {
        if let Some(place) = place_of(*country) {
            #[expect(
                clippy::indexing_slicing,
                reason = "checked when it is compiled; nothing of it runs later"
            )]
            {
                table[place] = *length;
            }
        }
        rest = others;
    }
    table
};

/// The length without spaces of the IBANs of a country, given its code in any case.
pub(super) fn iban_length(country: [u8; 2]) -> Option<usize> {
    let place = place_of(country.map(|letter| letter.to_ascii_uppercase()))?;
    let length = BY_COUNTRY.get(place).copied().unwrap_or(0);
    (length > 0).then_some(usize::from(length))
}
