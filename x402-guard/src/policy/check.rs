//! `policy check`.

use std::io::{self, Write};

use serde::Serialize;
use x402_tower::policy::{Mode, PolicyConfig, Rules};
use x402_tower::{Clock, SystemClock};

use crate::exit::Exit;
use crate::policy::args::CheckArgs;
use crate::policy::print::{Unusable, json, problems, wrapped};

/// What `--json` prints of a policy that can be used.
#[derive(Debug, Serialize)]
struct Usable<'a> {
    usable: bool,
    revision: &'a str,
    notes: Vec<String>,
}

pub(super) fn run(args: &CheckArgs, out: &mut impl Write) -> io::Result<Exit> {
    let checked = PolicyConfig::load(&args.file)
        .and_then(|config| Rules::compile(&config).map(|rules| (config, rules)));
    let (config, rules) = match checked {
        Ok(checked) => checked,
        Err(error) => {
            if args.json {
                json(out, &Unusable::of(&error))?;
            } else {
                problems(out, &error)?;
            }
            return Ok(Exit::Failed);
        }
    };
    let notes = notes(&config, &rules);
    if args.json {
        let revision = rules.revision();
        json(
            out,
            &Usable {
                usable: true,
                revision,
                notes,
            },
        )?;
        return Ok(Exit::Done);
    }
    writeln!(out, "{}: can be used", args.file.display())?;
    writeln!(out, "revision {}", rules.revision())?;
    for note in notes {
        writeln!(out)?;
        wrapped(out, 0, &format!("note: {note}"))?;
    }
    Ok(Exit::Done)
}

/// What may be meant, and should be known.
fn notes(config: &PolicyConfig, rules: &Rules) -> Vec<String> {
    let mut notes = Vec::new();
    if !rules.limits_dollars() {
        notes.push("nothing limits how many dollars are spent".to_owned());
    }
    if config.allowed_origins.is_none() && config.recipients.is_none() {
        notes.push("every origin may be paid; allowed_origins names those that may".to_owned());
    }
    let now = SystemClock::new().now();
    if now.is_some_and(|now| config.denied_recipients_are_old(now)) {
        notes.push("denied_recipients_file is older than it may be; fetch a new one".to_owned());
    }
    if config.kill_switch {
        notes.push("kill_switch is on: every payment is refused".to_owned());
    }
    if config.allow_insecure_http {
        notes.push(
            "allow_insecure_http is on: whoever is on the way can change whom and how much an agent pays".to_owned(),
        );
    }
    let modes = [
        ("mode", Some(config.mode)),
        ("pii.mode", config.pii.as_ref().map(|pii| pii.mode)),
        (
            "replay.mode",
            config.replay.as_ref().map(|replay| replay.mode),
        ),
        ("audit.mode", config.audit.as_ref().map(|audit| audit.mode)),
        ("mpa.mode", config.mpa.as_ref().map(|mpa| mpa.mode)),
    ];
    for (key, mode) in modes {
        if mode == Some(Mode::Shadow) {
            notes.push(format!(
                "{key} is \"shadow\": what it refuses is recorded and let pass"
            ));
        }
    }
    notes
}
