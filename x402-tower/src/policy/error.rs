//! Everything that is wrong with a policy, said at once.

use core::fmt;
use std::collections::BTreeMap;

use crate::secret_text::may_be_secret;

/// Longest piece of a policy that is quoted in a message, in characters.
const MAX_QUOTE: usize = 80;

/// A policy that cannot be used, with every reason why.
///
/// ```
/// use x402_tower::policy::PolicyConfig;
///
/// let error = PolicyConfig::from_toml("daily_limit_usd = -5\n", "policy.toml").unwrap_err();
/// assert_eq!(error.code(), "policy.invalid");
/// assert_eq!(error.problems()[0].line(), Some(1));
/// assert!(error.to_string().contains("policy.toml:1: daily_limit_usd"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    source: String,
    problems: Vec<PolicyProblem>,
}

impl PolicyError {
    /// Every problem, in the order of the lines that they are on; never empty.
    #[must_use]
    pub fn problems(&self) -> &[PolicyProblem] {
        &self.problems
    }

    /// What the policy was read from: a file's path, or `code`.
    #[must_use]
    pub fn source_name(&self) -> &str {
        &self.source
    }

    /// The stable code of this error: `policy.invalid`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "policy.invalid"
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = if self.problems.len() == 1 { "" } else { "s" };
        write!(
            f,
            "the policy cannot be used, {} problem{several}:",
            self.problems.len()
        )?;
        for problem in &self.problems {
            write!(f, "\n  {}:", self.source)?;
            if let Some(line) = problem.line {
                write!(f, "{line}:")?;
            }
            write!(f, " {problem}")?;
        }
        Ok(())
    }
}

impl core::error::Error for PolicyError {}

/// One thing that is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyProblem {
    code: &'static str,
    path: String,
    line: Option<usize>,
    message: String,
    remedy: String,
}

impl PolicyProblem {
    /// The stable code, such as `config.unknown_key`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Where in the policy, such as `per_endpoint."https://a.io"`; empty for the policy as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line in the file, from 1 on, where it is known.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}; {}", self.message, self.remedy)
    }
}

/// Where a policy came from: its name, and the line of each path in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub(super) name: String,
    pub(super) lines: BTreeMap<String, usize>,
}

/// Problems while they are collected.
#[derive(Debug)]
pub(super) struct Problems<'a> {
    places: &'a Places,
    list: Vec<PolicyProblem>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(places: &'a Places) -> Self {
        Self {
            places,
            list: Vec::new(),
        }
    }

    pub(super) fn of(places: &'a Places, list: Vec<PolicyProblem>) -> Self {
        Self { places, list }
    }

    pub(super) fn add(
        &mut self,
        code: &'static str,
        path: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let line = self.places.lines.get(path).copied();
        self.add_at(code, path, line, message, remedy);
    }

    pub(super) fn add_at(
        &mut self,
        code: &'static str,
        path: &str,
        line: Option<usize>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.list.push(PolicyProblem {
            code,
            path: path.to_owned(),
            line,
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    /// Nothing, if nothing was wrong.
    pub(super) fn none(self) -> Result<(), PolicyError> {
        if self.list.is_empty() {
            Ok(())
        } else {
            Err(self.into_error())
        }
    }

    /// The problems with those of a second look at the same policy, except where the first one found something wrong
    /// with the same value or a part of it.
    pub(super) fn and(mut self, others: &[PolicyProblem]) -> Self {
        let others = others.iter().filter(|other| {
            !self
                .list
                .iter()
                .any(|known| is_part(&known.path, &other.path))
        });
        let others: Vec<_> = others.cloned().collect();
        self.list.extend(others);
        self
    }

    pub(super) fn into_list(self) -> Vec<PolicyProblem> {
        self.list
    }

    pub(super) fn into_error(mut self) -> PolicyError {
        self.list
            .sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
        PolicyError {
            source: self.places.name.clone(),
            problems: self.list,
        }
    }
}

/// A piece of a policy as a message may quote it: short, printable, and without what may be a password or a key.
pub(super) fn quoted(text: &str) -> String {
    if text.contains('@') && text.contains("//") {
        return "\"…\" (hidden, it may hold a password)".to_owned();
    }
    if may_be_secret(text) {
        return "\"…\" (hidden, it may be a secret)".to_owned();
    }
    let public = text.split(['?', '#']).next().unwrap_or_default();
    let mut short: String = public
        .chars()
        .take(MAX_QUOTE)
        .flat_map(char::escape_debug)
        .collect();
    if public.chars().nth(MAX_QUOTE).is_some() || public.len() < text.len() {
        short.push('…');
    }
    format!("\"{short}\"")
}

/// Whether one path is another or lies below it.
fn is_part(path: &str, of: &str) -> bool {
    path.strip_prefix(of)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The path of a key in a table.
pub(super) fn key_path(table: &str, key: &str) -> String {
    let bare = !may_be_secret(key)
        && !key.is_empty()
        && key.len() <= MAX_QUOTE
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let key = if bare { key.to_owned() } else { quoted(key) };
    if table.is_empty() {
        key
    } else {
        format!("{table}.{key}")
    }
}

/// The path of an entry in a list.
pub(super) fn item_path(list: &str, index: usize) -> String {
    format!("{list}[{index}]")
}
