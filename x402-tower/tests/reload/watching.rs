//! The real watcher over real files. Nothing sleeps: a test waits for the watcher's own word.

use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use x402_tower::guard::{PolicyWatch, ReloadStatus, WatchOptions};

use crate::ground::{Ground, ONE_CENT, TWO_CENTS};

/// How long a test waits before it fails: far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Events only, and hardly any waiting for quiet.
fn by_events() -> WatchOptions {
    WatchOptions::new()
        .with_quiet(Duration::from_millis(20))
        .with_poll_every(Duration::from_secs(3_600))
}

fn by_looking() -> WatchOptions {
    by_events()
        .with_poll_every(Duration::from_millis(20))
        .without_events()
}

/// A watch over a guard's file, and what it says.
fn watched(ground: &Ground, options: WatchOptions) -> (PolicyWatch, Receiver<ReloadStatus>) {
    let (told, heard) = channel();
    let reloader = ground.config.reloader();
    reloader.on_reload(move |status| {
        let _ = told.send(status.clone());
    });
    (reloader.watch(options).unwrap(), heard)
}

/// Waits until `policy` is in force.
fn await_policy(heard: &Receiver<ReloadStatus>, policy: &str) {
    let wanted = revision(policy);
    loop {
        let status = heard.recv_timeout(PATIENCE).unwrap();
        if *status.revision == *wanted && status.last_error.is_none() {
            return;
        }
    }
}

/// Waits until an attempt was refused; answers why.
fn await_refusal(heard: &Receiver<ReloadStatus>) -> &'static str {
    loop {
        let status = heard.recv_timeout(PATIENCE).unwrap();
        if let Some(error) = status.last_error {
            return error.code;
        }
    }
}

fn revision(policy: &str) -> String {
    Ground::new(policy).revision()
}

#[test]
fn a_file_that_is_written_in_place_is_loaded() {
    for options in [by_events(), by_looking()] {
        let ground = Ground::new(ONE_CENT);
        let (_watch, heard) = watched(&ground, options);
        ground.write(TWO_CENTS);
        await_policy(&heard, TWO_CENTS);
    }
}

#[test]
fn a_file_that_an_editor_replaces_is_loaded_again_and_again() {
    for options in [by_events(), by_looking()] {
        let ground = Ground::new(ONE_CENT);
        let (_watch, heard) = watched(&ground, options);
        for policy in [TWO_CENTS, ONE_CENT, TWO_CENTS] {
            let draft = ground.folder.path().join(".policy.toml.swp");
            fs::write(&draft, policy).unwrap();
            fs::rename(&draft, ground.file()).unwrap();
            await_policy(&heard, policy);
        }
    }
}

#[test]
fn attack_084_a_bad_file_is_refused_and_the_next_good_one_loaded() {
    let ground = Ground::new(ONE_CENT);
    let (_watch, heard) = watched(&ground, by_events());
    ground.write("max_per_call_usd = ");
    assert_eq!(await_refusal(&heard), "policy.invalid");
    assert_eq!(ground.revision(), revision(ONE_CENT));
    ground.write(TWO_CENTS);
    await_policy(&heard, TWO_CENTS);
}

#[test]
fn attack_084_a_deleted_file_is_reported_and_found_when_it_is_back() {
    let ground = Ground::new(ONE_CENT);
    let (_watch, heard) = watched(&ground, by_events());
    fs::remove_file(ground.file()).unwrap();
    assert_eq!(await_refusal(&heard), "policy.invalid");
    assert_eq!(ground.revision(), revision(ONE_CENT));
    ground.write(TWO_CENTS);
    await_policy(&heard, TWO_CENTS);
}

#[test]
fn what_changed_before_the_watch_began_is_loaded() {
    let ground = Ground::new(ONE_CENT);
    ground.write(TWO_CENTS);
    let (_watch, heard) = watched(&ground, by_events());
    await_policy(&heard, TWO_CENTS);
}

#[test]
fn a_rewrite_of_the_same_text_is_no_reload() {
    let ground = Ground::new(ONE_CENT);
    let (_watch, heard) = watched(&ground, by_events());
    ground.write(ONE_CENT);
    ground.write(TWO_CENTS);
    await_policy(&heard, TWO_CENTS);
    assert_eq!(ground.config.reloader().status().reloads, 1);
}

#[test]
fn a_watch_that_is_dropped_loads_nothing_more() {
    let ground = Ground::new(ONE_CENT);
    let (watch, heard) = watched(&ground, by_looking());
    drop(watch);
    // Another watch that sees the change proves that there was time to see it.
    ground.write(TWO_CENTS);
    let (_watch, other) = watched(&ground, by_looking());
    await_policy(&other, TWO_CENTS);
    let reloads = heard.try_iter().count();
    assert!(
        reloads <= 1,
        "the hook of the first hears of the second: {reloads}"
    );
}

/// What Kubernetes mounts a `ConfigMap` as: the file is a link through `..data`, and an update swaps that link.
#[cfg(unix)]
#[test]
fn attack_084_a_config_map_whose_links_are_swapped_is_loaded() {
    use std::os::unix::fs::symlink;

    fn version(mount: &Path, name: &str, policy: &str) {
        fs::create_dir(mount.join(name)).unwrap();
        fs::write(mount.join(name).join("policy.toml"), policy).unwrap();
        symlink(name, mount.join("..data_tmp")).unwrap();
        fs::rename(mount.join("..data_tmp"), mount.join("..data")).unwrap();
    }

    for options in [by_events(), by_looking()] {
        let folder = tempfile::tempdir().unwrap();
        let mount = folder.path().to_owned();
        version(&mount, "..2026_01_01", ONE_CENT);
        let file = mount.join("policy.toml");
        symlink("..data/policy.toml", &file).unwrap();
        let ground = Ground::of(folder, &file, |builder| builder);
        let (_watch, heard) = watched(&ground, options);

        version(&mount, "..2026_01_02", TWO_CENTS);
        fs::remove_dir_all(mount.join("..2026_01_01")).unwrap();
        await_policy(&heard, TWO_CENTS);

        version(&mount, "..2026_01_03", ONE_CENT);
        fs::remove_dir_all(mount.join("..2026_01_02")).unwrap();
        await_policy(&heard, ONE_CENT);
    }
}

/// A link into another folder: what is written there is seen, and so is the link when it turns elsewhere.
#[cfg(unix)]
#[test]
fn a_link_into_another_folder_is_followed() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    for (place, policy) in [(&one, ONE_CENT), (&other, "max_per_call_usd = 0.03")] {
        fs::create_dir(place).unwrap();
        fs::write(place.join("policy.toml"), policy).unwrap();
    }
    let links = folder.path().join("links");
    fs::create_dir(&links).unwrap();
    let file = links.join("policy.toml");
    symlink(one.join("policy.toml"), &file).unwrap();
    let ground = Ground::of(folder, &file, |builder| builder);
    let (_watch, heard) = watched(&ground, by_events());

    fs::write(one.join("policy.toml"), TWO_CENTS).unwrap();
    await_policy(&heard, TWO_CENTS);

    symlink(other.join("policy.toml"), links.join("next")).unwrap();
    fs::rename(links.join("next"), &file).unwrap();
    await_policy(&heard, "max_per_call_usd = 0.03");

    fs::write(other.join("policy.toml"), ONE_CENT).unwrap();
    await_policy(&heard, ONE_CENT);
}
