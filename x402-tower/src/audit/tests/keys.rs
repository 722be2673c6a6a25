use super::super::*;

const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn code(result: Result<AuditKey, AuditError>) -> &'static str {
    result.unwrap_err().code()
}

/// The line that a key writes first; equal keys write equal ones but for the writer's id.
fn key_id(key: &AuditKey) -> String {
    format!("{:?}", AuditLog::open(NullSink::new(), key).unwrap())
        .split("key_id: ")
        .nth(1)
        .unwrap()
        .to_owned()
}

#[test]
fn a_key_reads_from_hex() {
    let key = AuditKey::from_hex(&format!(" {}\n", HEX.to_uppercase())).unwrap();
    assert_eq!(key_id(&key), key_id(&super::key()));
}

#[test]
fn a_key_of_another_length_is_refused() {
    assert_eq!(code(AuditKey::from_hex(&HEX[2..])), "audit.key_format");
    assert_eq!(
        code(AuditKey::from_hex(&format!("0x{}", &HEX[2..]))),
        "audit.key_format"
    );
    assert_eq!(code(AuditKey::from_hex("")), "audit.key_format");
}

#[test]
fn a_placeholder_is_refused() {
    assert_eq!(code(AuditKey::from_hex(&"00".repeat(32))), "audit.weak_key");
    assert_eq!(code(AuditKey::from_bytes([0xff; 32])), "audit.weak_key");
}

#[test]
fn generated_keys_differ() {
    let (one, other) = (AuditKey::generate().unwrap(), AuditKey::generate().unwrap());
    assert_ne!(key_id(&one), key_id(&other));
}

#[test]
fn a_key_is_never_shown() {
    assert_eq!(format!("{:?}", super::key()), "AuditKey(..)");
}

#[test]
fn a_key_file_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.key");
    let made = AuditKey::load_or_create(&path).unwrap();
    let read = AuditKey::load_or_create(&path).unwrap();
    assert_eq!(key_id(&made), key_id(&read));
}

#[test]
fn making_a_key_file_leaves_nothing_else_behind() {
    let folder = tempfile::tempdir().unwrap();
    AuditKey::load_or_create(folder.path().join("audit.key")).unwrap();
    let names: Vec<_> = folder
        .path()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["audit.key"]);
}

#[test]
fn processes_that_start_together_share_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.key");
    let ids: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| AuditKey::load_or_create(&path).unwrap()))
            .collect();
        starts
            .into_iter()
            .map(|start| key_id(&start.join().unwrap()))
            .collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[test]
fn a_missing_key_file_is_not_made_by_loading() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        code(AuditKey::load(folder.path().join("audit.key"))),
        "audit.io"
    );
}

#[test]
fn a_key_file_without_a_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.key");
    AuditKey::load_or_create(&path).unwrap();
    std::fs::write(&path, "").unwrap();
    assert_eq!(code(AuditKey::load_or_create(&path)), "audit.key_format");
}

#[cfg(unix)]
mod permissions {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_key_file_is_its_owner_s_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.key");
        AuditKey::load_or_create(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.key");
        AuditKey::load_or_create(&path).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o601] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(
                code(AuditKey::load_or_create(&path)),
                "audit.not_private",
                "{mode:o}"
            );
        }
    }

    #[test]
    fn a_link_to_a_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("audit.key"), folder.path().join("link"));
        AuditKey::load_or_create(&path).unwrap();
        symlink(&path, &link).unwrap();
        assert_eq!(code(AuditKey::load_or_create(&link)), "audit.not_a_file");
    }

    #[test]
    fn a_link_to_nothing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("audit.key"), folder.path().join("link"));
        symlink(&path, &link).unwrap();
        assert_eq!(code(AuditKey::load_or_create(&link)), "audit.not_a_file");
        assert!(!path.exists());
    }
}
