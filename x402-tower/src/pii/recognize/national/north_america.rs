//! Numbers of the United States and Canada.

use super::super::super::EntityType;
use super::super::score;
use super::calendar::two;
use super::check::{luhn_sum, passes_luhn, weighted};
use super::number::{NumberRule, lengths, never};
use super::printed::Printed;

pub(super) const RULES: &[NumberRule] = &[
    // It has no check digit. The dashed form is that of a social security number, and as sure.
    NumberRule {
        entity: EntityType::UsItin,
        lengths: lengths(&[9]),
        is_valid: is_itin,
        printed: &[
            Printed {
                groups: &[3, 2, 4],
                separators: b"-",
                score: score::STRUCTURE,
            },
            Printed {
                groups: &[3, 2, 4],
                separators: b" ",
                score: score::FORM,
            },
        ],
        is_everyday: never,
        keys: &[
            "itin",
            "itins",
            "usitin",
            "individualtaxpayer",
            "individualtaxpayerid",
            "individualtaxpayeridentification",
            "individualtaxpayeridentificationnumber",
            "taxpayeridentification",
            "taxpayerid",
            "taxid",
            "taxidentification",
            "tin",
        ],
        is_national_id: false,
        named_score: score::UNMISTAKABLE,
    },
    NumberRule {
        entity: EntityType::AbaRoutingNumber,
        lengths: lengths(&[9]),
        is_valid: is_routing_number,
        printed: &[],
        is_everyday: never,
        keys: &[
            "routing",
            "routingno",
            "routingnumber",
            "routingnum",
            "routingtransit",
            "routingtransitnumber",
            "rtn",
            "aba",
            "abarouting",
            "abartn",
            "transitnumber",
        ],
        is_national_id: false,
        named_score: score::CHECKSUM,
    },
    NumberRule {
        entity: EntityType::UsNpi,
        lengths: lengths(&[10]),
        is_valid: is_npi,
        printed: &[],
        is_everyday: never,
        keys: &[
            "npi",
            "npis",
            "usnpi",
            "npinumber",
            "nationalprovider",
            "nationalprovideridentifier",
            "provideridentifier",
            "provideridentification",
        ],
        is_national_id: false,
        named_score: score::CHECKSUM,
    },
    // Three groups of three are an amount as well, so the printed form needs a name.
    NumberRule {
        entity: EntityType::CaSin,
        lengths: lengths(&[9]),
        is_valid: is_sin,
        printed: &[],
        is_everyday: never,
        keys: &[
            "sin",
            "casin",
            "canadasin",
            "canadiansin",
            "sinnumber",
            "sinno",
            "socialinsurance",
            "socialinsurancenumber",
            "socialinsuranceno",
            "numerodassurancesociale",
            "numérodassurancesociale",
            "assurancesociale",
            "nas",
        ],
        is_national_id: false,
        named_score: score::CHECKSUM,
    },
];

/// IRS, Internal Revenue Manual 3.21.263: 900 to 999, then a group of 50 to 65, 70 to 88, 90 to 92 or
/// 94 to 99.
fn is_itin(digits: &[u8]) -> bool {
    matches!(digits, [9, _, _, tens, ones, ..]
        if matches!(two(*tens, *ones), 50..=65 | 70..=88 | 90..=92 | 94..=99))
}

/// American Bankers Association, routing number policy: a prefix of a Federal Reserve district, thrift,
/// electronic or traveller's cheque range, and weights 3, 7, 1.
fn is_routing_number(digits: &[u8]) -> bool {
    let [tens, ones, ..] = digits else {
        return false;
    };
    matches!(two(*tens, *ones), 1..=12 | 21..=32 | 61..=72 | 80)
        && weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

/// CMS, "Requirements for National Provider Identifier (NPI) and NPI Check Digit": Luhn with 80840,
/// which adds 24, before ten digits of which the first is 1 or 2.
fn is_npi(digits: &[u8]) -> bool {
    matches!(digits, [1 | 2, ..]) && (luhn_sum(digits) + 24).is_multiple_of(10)
}

/// Service Canada, "The Social Insurance Number Code of Practice", annex 5: Luhn. The first digit is a
/// region, but 0 is left in: forms print 046 454 286.
fn is_sin(digits: &[u8]) -> bool {
    !matches!(digits, [8, ..] | [0, 0, 0, ..]) && passes_luhn(digits)
}
