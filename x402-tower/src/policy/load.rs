//! Reading a policy from text and from files.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use super::config::{PolicyConfig, PolicyFormat};
use super::deny_list::DenyList;
use super::error::{Places, PolicyError, Problems};
use super::read;
use super::rules::Rules;
use crate::clock::{Clock, SystemClock, UnixMillis};

/// Longest policy text, in bytes.
pub(super) const MAX_TEXT: usize = 1 << 20;

impl PolicyConfig {
    /// Reads a policy from TOML; `name` stands in error messages.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] with everything that is wrong, also what [`Rules::compile`] would refuse.
    pub fn from_toml(text: &str, name: &str) -> Result<Self, PolicyError> {
        Self::parse(text, PolicyFormat::Toml, name)
    }

    /// Reads a policy from JSON; `name` stands in error messages.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml).
    pub fn from_json(text: &str, name: &str) -> Result<Self, PolicyError> {
        Self::parse(text, PolicyFormat::Json, name)
    }

    /// Reads a policy; `name` stands in error messages. Takes any text without panicking; at most 1 MiB.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml).
    pub fn parse(text: &str, format: PolicyFormat, name: &str) -> Result<Self, PolicyError> {
        read_config(text, format, name, None)
    }

    /// Reads a policy from a file whose name ends in `.toml` or `.json`.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml), and where the file cannot be read.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, PolicyError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("toml") => PolicyFormat::Toml,
            Some("json") => PolicyFormat::Json,
            _ => {
                return Err(whole(
                    &name,
                    "config.extension",
                    "the file's name tells no format",
                    "end it with .toml or .json",
                ));
            }
        };
        let text = read_text(path).map_err(|error| {
            whole(
                &name,
                "config.unreadable",
                &format!("the file cannot be read ({})", error.kind()),
                "check that it exists, is UTF-8 and may be read",
            )
        })?;
        read_config(&text, format, &name, path.parent())
    }

    /// Whether the file of denied recipients has been unchanged for longer than it may be, or nobody knows for how long.
    #[must_use]
    pub fn denied_recipients_are_old(&self, now: UnixMillis) -> bool {
        let (Some(list), Some(days)) = (&self.deny_list, self.denied_recipients_max_age_days)
        else {
            return false;
        };
        let most = Duration::from_secs(days.saturating_mul(86_400));
        list.changed
            .is_none_or(|changed| changed.saturating_add(most) < now)
    }
}

/// Reads a policy and, where it lies in a folder, the file that it names.
fn read_config(
    text: &str,
    format: PolicyFormat,
    name: &str,
    folder: Option<&Path>,
) -> Result<PolicyConfig, PolicyError> {
    if text.len() > MAX_TEXT {
        return Err(whole(
            name,
            "config.too_long",
            "the policy is longer than 1 MiB",
            "split it by agent",
        ));
    }
    let (mut config, problems) = read::config(text, format, name);
    let places = config.places.clone();
    let mut all = Problems::of(&places, problems);
    if let (Some(folder), Some(file)) = (folder, &config.denied_recipients_file) {
        match DenyList::read(&folder.join(file)) {
            Ok(list) => config.deny_list = Some(list),
            Err(error) => all.add(
                "config.unreadable",
                "denied_recipients_file",
                format!("the file cannot be read ({})", error.kind()),
                "check that it exists, is UTF-8, may be read and is not above 1 MiB",
            ),
        }
    }
    if let Err(error) = Rules::compile(&config) {
        all = all.and(error.problems());
    }
    all.none()?;
    let now = SystemClock::new().now();
    if now.is_some_and(|now| config.denied_recipients_are_old(now)) {
        tracing::warn!(
            policy = name,
            "the file of denied recipients is old; fetch a new one"
        );
    }
    Ok(config)
}

fn read_text(path: &Path) -> std::io::Result<String> {
    let most = u64::try_from(MAX_TEXT).unwrap_or(u64::MAX);
    let mut text = String::new();
    std::fs::File::open(path)?
        .take(most.saturating_add(1))
        .read_to_string(&mut text)?;
    Ok(text)
}

/// A problem with the policy as a whole.
fn whole(name: &str, code: &'static str, message: &str, remedy: &str) -> PolicyError {
    let places = Places {
        name: name.to_owned(),
        ..Places::default()
    };
    let mut problems = Problems::new(&places);
    problems.add(code, "", message, remedy);
    problems.into_error()
}
