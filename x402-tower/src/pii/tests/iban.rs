use super::generators::iban;
use super::{assert_marked, found};
use crate::pii::EntityType::IbanCode;

#[test]
fn finds_account_numbers_in_any_case_and_grouping() {
    assert_marked(
        IbanCode,
        &[
            "«DE89370400440532013000»",
            "«DE89 3704 0044 0532 0130 00»",
            "«de89370400440532013000»",
            "«De89 3704 0044 0532 0130 00» and more",
            "IBAN: «GB82 WEST 1234 5698 7654 32».",
            "iban=«GB82WEST12345698765432»&x",
            "IBAN«GB82WEST12345698765432»",
            "«NO9386011117947»",
            "«DE89  3704 0044 0532 0130 00»",
            "«DE89-3704-0044-0532-0130-00»",
            "«DE89.3704.0044.0532.0130.00»",
            "«D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0»",
            "«FR1420041010050500013M02606»",
            "«MT84MALT011000012345MTLCAST001S»",
            "«BR1800360305000010009795493C1»",
            "«SC18SSCB11010000000000001497USD»",
            "«LC55HEMM000100010012001200023015»",
            "\"«NL91ABNA0417164300»\",\"«BE68 5390 0754 7034»\"",
        ],
    );
}

#[test]
fn leaves_what_fails_length_country_or_check_digits() {
    assert_marked(
        IbanCode,
        &[
            "DE89370400440532013001",
            "DE8937040044053201300",
            "DE893704004405320130000",
            "ZZ89370400440532013000",
            "xDE89370400440532013000",
            "DE89370400440532013000x",
            "DE89    3704 0044 0532 0130 00",
            "at 12 noon the figures of 20 shops",
        ],
    );
}

#[test]
fn knows_the_length_of_each_country() {
    for (country, bban) in [
        ("AT", "1904300234573201"),
        ("SE", "50000000058398257466"),
        ("PL", "109010140000071219812874"),
    ] {
        let number = iban(country, bban);
        assert_eq!(found(&number), [(IbanCode, number.as_str())]);
        let longer = iban(country, &format!("{bban}7"));
        assert_eq!(found(&longer), [], "{longer} is one digit too long");
    }
}
