use crate::pii::{Detector, EntityType, PiiAction};

#[test]
fn entity_names_round_trip() {
    for entity in EntityType::ALL {
        assert_eq!(entity.as_str().parse(), Ok(*entity));
        assert_eq!(
            serde_json::to_string(entity).unwrap(),
            format!("\"{}\"", entity.as_str())
        );
        assert_eq!(
            serde_json::from_str::<EntityType>(&format!("\"{entity}\"")).unwrap(),
            *entity
        );
    }
}

#[test]
fn an_unknown_entity_is_refused_with_the_valid_names() {
    let error = "EMAIL".parse::<EntityType>().unwrap_err();
    assert_eq!(error.code(), "pii.entity.unknown");
    let message = error.to_string();
    assert!(message.contains("`EMAIL`"), "{message}");
    assert!(
        EntityType::ALL
            .iter()
            .all(|entity| message.contains(entity.as_str())),
        "{message}"
    );
}

#[test]
fn action_names_round_trip() {
    for action in [PiiAction::Redact, PiiAction::Block, PiiAction::Warn] {
        assert_eq!(action.as_str().parse(), Ok(action));
        assert_eq!(
            serde_json::from_str::<PiiAction>(&format!("\"{action}\"")).unwrap(),
            action
        );
        assert_eq!(
            serde_json::to_string(&action).unwrap(),
            format!("\"{action}\"")
        );
    }
}

#[test]
fn an_unknown_action_is_refused_with_the_valid_names() {
    let error = "Redact".parse::<PiiAction>().unwrap_err();
    assert_eq!(error.code(), "pii.action.unknown");
    assert_eq!(
        error.to_string(),
        "unknown PII action `Redact`: use one of redact, block, warn"
    );
    assert!(serde_json::from_str::<PiiAction>("\"Redact\"").is_err());
}

#[test]
fn a_detector_shows_its_settings() {
    let detector = Detector::with_entities([EntityType::UsSsn]).with_min_score(80);
    assert_eq!(
        format!("{detector:?}"),
        "Detector { entities: {UsSsn}, min_score: 80, mode: Structural, spelled_emails: true, own: [], allowed: [] }"
    );
}
