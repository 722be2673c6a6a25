//! Kinds that a detector looks for only when asked to.

use super::super::generators::OPT_IN_EXAMPLES;
use super::super::{assert_marked_for, found, quoted};
use crate::pii::Detector;
use crate::pii::EntityType::{self, *};

fn assert_found(entity: EntityType, cases: &[&str]) {
    assert_marked_for(&Detector::with_entities([entity]), entity, cases);
}

#[test]
fn are_not_looked_for_by_default() {
    for (_, example) in OPT_IN_EXAMPLES {
        let text = example.replace(['«', '»'], "");
        assert_eq!(found(&text), [], "in {text:?}");
    }
}

#[test]
fn have_an_example_each() {
    for (entity, example) in OPT_IN_EXAMPLES {
        assert_found(*entity, &[example]);
    }
    let kinds: Vec<EntityType> = OPT_IN_EXAMPLES.iter().map(|(kind, _)| *kind).collect();
    let expected: Vec<EntityType> = EntityType::ALL
        .iter()
        .copied()
        .filter(|kind| !EntityType::DEFAULT.contains(kind) && *kind != Crypto)
        .collect();
    assert_eq!(kinds, expected);
}

#[test]
fn births_are_dates_beside_a_key() {
    assert_found(
        DateOfBirth,
        &[
            "dob=«1985-10-01»",
            "dob: «19851001»",
            "DOB «10/01/1985»",
            "DOB «1/10/85»",
            "date_of_birth=«01.10.1985»&x=1",
            "dateOfBirth: «1 October 1985»",
            "born on «Oct 1st, 1985» in Graz",
            "{\"birthDate\":\"«1985-10-01»T00:00:00Z\"}",
            "Geburtsdatum: «01.10.1985»",
            "fecha de nacimiento: «1/10/1985»",
            "född, födelsedatum «1985-10-01».",
            "生年月日«1985-10-01»",
            "born «1985/10/01»",
            "dob=«29-02-1984»",
        ],
    );
}

#[test]
fn other_dates_are_no_births() {
    assert_found(
        DateOfBirth,
        &[
            "1985-10-01",
            "date=1985-10-01",
            "dob=&date=1985-10-01",
            "dob=1985-13-01",
            "dob=19851301",
            "dob=10000",
            "dob=1767225600",
            "adob=1985-10-01",
            "born 1985",
            "dob=1685-10-01",
            "created: 2026-01-17, dob: none",
        ],
    );
}

#[test]
fn documents_and_accounts_are_numbers_beside_a_key() {
    assert_found(
        UsPassport,
        &[
            "passport=«123456789»",
            "passport no. «C12345678» 2024",
            "«C12345678» (passport)",
            "passportNumber:«c12345678»",
            "passport 12345678",
            "passport C123456789",
            "passport required for 123456789",
            "123456789",
        ],
    );
    assert_found(
        UsDriverLicense,
        &[
            "driver_license=«D1234567»",
            "driver's license «D123-4567-8901»",
            "DL: «A1234567»",
            "DLN «12345678»",
            "driving licence number «S99988801»",
            "order duplicate H1",
            "/v1/12345678",
            "dl=H1",
            "download 12345678",
        ],
    );
    assert_found(
        UsBankNumber,
        &[
            "bank_account=«1234567890»",
            "account number: «000123456789»",
            "acct «12345678»",
            "checking account «12345678901234567»",
            "account number 1234",
            "amount=1234567890",
            "account 1234567890",
        ],
    );
}

#[test]
fn provisioning_words_stand_for_themselves_as_labels() {
    assert_found(
        WorkloadClass,
        &[
            "job: «ml-training» nightly",
            "«batch_inference»,x",
            "workload_class=«genomics»&x=1",
            "{\"workload_type\":\"«etl»\"}",
            "training of models",
            "html-training",
            "batch processing",
        ],
    );
    assert_found(
        DataClassification,
        &[
            "tier=«CONFIDENTIAL» workload",
            "owner tier «SECRET»",
            "«TOP SECRET»",
            "over «RESTRICTED» rows",
            "data_classification=«internal»",
            "classification: «pii»",
            "a secret and confidential report",
            "SECRETS",
            "MY_SECRET",
        ],
    );
    assert_found(
        QueryPattern,
        &[
            "«SELECT ssn, balance FROM customers WHERE region='eu'»",
            "ml-training over RESTRICTED rows: «DELETE FROM logs WHERE old»",
            "«UPDATE t SET a = 1»; then",
            "query_pattern=«point-lookup»&x=1",
            "select a plan from the list",
            "SELECT a plan",
            "SELECTED FROM",
        ],
    );
    let url = "https://h.example/run?q=SELECT%20a%20FROM%20b&page=2";
    let found = Detector::with_entities([QueryPattern]).scan_url(url);
    assert_eq!(
        quoted(url, &found),
        [(QueryPattern, "SELECT%20a%20FROM%20b")]
    );
}
