//! Tests of names at the public surface of the detector.

mod properties;
mod weights;

use crate::pii::{DetectionMode, Detector, EntityType};

use EntityType::{Location, Organization, Person};

fn detector() -> Detector {
    Detector::new().with_mode(DetectionMode::Nlp)
}

/// Asserts for each case that the parts between `«` and `»` are found as `entity` and nothing else is.
fn assert_marked(
    scan: fn(&Detector, &str) -> Vec<crate::pii::Finding>,
    entity: EntityType,
    cases: &[&str],
) {
    for case in cases {
        let text = case.replace(['«', '»'], "");
        let expected: Vec<(EntityType, &str)> = case
            .split('«')
            .skip(1)
            .map(|rest| (entity, rest.split('»').next().unwrap()))
            .collect();
        let found = scan(&detector(), &text);
        let found: Vec<(EntityType, &str)> = found
            .iter()
            .map(|found| (found.entity, &text[found.span.clone()]))
            .collect();
        assert_eq!(found, expected, "in {case:?}");
    }
}

#[test]
fn persons_are_found_in_sentences() {
    assert_marked(
        Detector::scan,
        Person,
        &[
            "Medical report for «Maria Garcia»",
            "Medical records for «John Smith»",
            "Dataset access for «Emily Johnson»",
            "Visa application: «Chloé Dubois»",
            "Payment on behalf of «Jean-Luc Moreau»",
            "Dr. «Aisha Patel» ordered the lab results",
            "patient «Aisha» was discharged",
            "Rechnung für «Jürgen Müller»",
            "INVOICE FOR «JOHN SMITH»",
            "background check on «john smith»",
            "«J. Smith» paid for the report",
            "appointment with «Sean O'Brien» on Monday",
            "«Maria van der Berg» needs a translation",
        ],
    );
}

#[test]
fn persons_are_found_in_fields() {
    assert_marked(
        Detector::scan,
        Person,
        &[
            "name=«Garcia, Maria»",
            "user=«Aisha»",
            "{\"patient\": \"«Maria Garcia»\", \"amount\": 12}",
            "author=«JaneDoe»",
            "patient:«garcia_maria»",
        ],
    );
}

#[test]
fn persons_are_found_in_urls() {
    assert_marked(
        Detector::scan_url,
        Person,
        &[
            "https://api.example.com/users/«john-smith»",
            "https://api.example.com/users/«Aisha%20Patel»/profile",
            "https://api.example.com/customers/«garcia-maria»/orders/42",
            "https://api.example.com/report?name=«Maria+Garcia»&page=2",
            "https://api.example.com/people/«johnSmith»",
            "https://api.example.com/staff/«john_smith»",
            "https://api.example.com/patients/«john-smith»-1984",
        ],
    );
}

#[test]
fn persons_are_found_in_other_scripts() {
    assert_marked(
        Detector::scan,
        Person,
        &[
            "пациент «Иван Петров»",
            "患者: «山田太郎»",
            "顧客: «김민수»",
            "الاسم: «محمد أحمد»",
            "погода на завтра",
            "天気予報",
        ],
    );
    assert_marked(
        Detector::scan_url,
        Person,
        &[
            "https://api.example.com/patients/«%E5%B1%B1%E7%94%B0%E5%A4%AA%E9%83%8E»/records",
            "https://api.example.com/wiki/%E5%A4%A9%E6%B0%97%E4%BA%88%E5%A0%B1",
        ],
    );
}

#[test]
fn places_are_found() {
    assert_marked(
        Detector::scan,
        Location,
        &[
            "Weather forecast for «Munich»",
            "Flights from «Paris» to «Lyon»",
            "Hotels in «New York»",
        ],
    );
}

#[test]
fn organisations_are_found() {
    assert_marked(
        Detector::scan,
        Organization,
        &[
            "Credit rating of «Goldman Sachs»",
            "Invoice from «Schneider Maschinenbau GmbH»",
            "Account at «First National Bank»",
        ],
    );
}

#[test]
fn mailboxes_claimed_by_others_do_not_hide_the_name_beside_them() {
    let text = "From: Maria Garcia <maria@example.com>";
    let found = detector().scan(text);
    let found: Vec<(EntityType, &str)> = found
        .iter()
        .map(|found| (found.entity, &text[found.span.clone()]))
        .collect();
    assert_eq!(
        found,
        [
            (Person, "Maria Garcia"),
            (EntityType::EmailAddress, "maria@example.com"),
        ]
    );
}

#[test]
fn the_parts_of_a_mailbox_are_no_person() {
    let persons = Detector::with_entities([Person]).with_mode(DetectionMode::Nlp);
    assert!(persons.scan("ask maria.garcia@example.com").is_empty());
    assert!(persons.scan("ping @maria_garcia").is_empty());
}

#[test]
fn escapes_that_are_no_utf_8_are_passed_over() {
    let found = detector().scan_url("https://api.example.com/users/%ff%c3/maria-garcia/%e2%82");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].entity, Person);
}

#[test]
fn a_host_is_never_a_name() {
    let text = "see https://maria-garcia.example.com/docs";
    assert!(detector().scan(text).is_empty());
}

#[test]
fn what_looks_like_names_is_left_alone() {
    assert_marked(
        Detector::scan,
        Person,
        &[
            "Public Dataset Access",
            "Card Limit Check",
            "Chat completion by Claude",
            "Llama 3 inference on Mistral hardware",
            "Kelly criterion for position sizes",
            "Bloom filter lookups",
            "Mark price feed",
            "Bill payment reminder",
            "Grant access to the page",
            "May report",
            "HIGH PRIORITY QUEUE",
            "the price of a long position will rise",
            "tokio-1.54.tgz",
            "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
        ],
    );
    assert_marked(
        Detector::scan_url,
        Person,
        &[
            "https://api.example.com/v1/chat/completions?model=claude-3-opus",
            "https://api.example.com/users/42/orders",
            "https://api.example.com/packages/serde/1.0.219/serde-1.0.219.tgz",
            "https://john-smith.example.com/",
        ],
    );
}

#[test]
fn names_are_found_in_nlp_mode_alone() {
    assert!(Detector::new().scan("Report for Maria Garcia").is_empty());
    let mails_alone = Detector::with_entities([EntityType::EmailAddress]);
    let mails_alone = mails_alone.with_mode(DetectionMode::Nlp);
    assert!(mails_alone.scan("Report for Maria Garcia").is_empty());
}

#[test]
fn persons_alone_can_be_asked_for() {
    let persons = Detector::with_entities([Person]).with_mode(DetectionMode::Nlp);
    let found = persons.scan("Maria Garcia flies from Paris to Munich");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].entity, Person);
}

#[test]
fn a_scheme_before_an_address_is_nobodys_name_but_a_name_is() {
    let detector = Detector::new().with_mode(DetectionMode::Nlp);
    let found = |text: &str| -> Vec<EntityType> {
        let found = detector.scan(text);
        found.iter().map(|found| found.entity).collect()
    };
    assert_eq!(
        found("user=mailto:grace@example.com"),
        [EntityType::EmailAddress]
    );
    assert_eq!(
        found("patient Maria Garcia:grace@example.com"),
        [EntityType::Person, EntityType::EmailAddress]
    );
}
