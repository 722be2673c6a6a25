//! The cases that are kept beside a policy.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use x402_tower::Usd;

use crate::policy::question::Question;

/// Most cases, and most payments made before one.
const MAX_CASES: usize = 10_000;

/// What should happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Expected {
    Allow,
    Deny,
}

/// One case, ready to be tried.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) question: Question,
    pub(super) before: Vec<Before>,
    pub(super) expect: Expected,
    pub(super) code: Option<String>,
}

/// Payments that were made before.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) question: Question,
    pub(super) times: u32,
    pub(super) seconds_ago: u64,
}

/// Why cases cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum CasesError {
    #[error("{}: cannot be read ({kind}); write the policy's cases there, see x402-guard policy test --help", path.display())]
    Unreadable {
        path: PathBuf,
        kind: std::io::ErrorKind,
    },
    #[error("{}:{line}: {problem}", path.display())]
    Malformed {
        path: PathBuf,
        line: usize,
        problem: String,
    },
    #[error("{}: holds no cases; write each under a line [[cases]]", .0.display())]
    None(PathBuf),
    #[error("{}: holds more than 10000 cases or earlier payments; split it", .0.display())]
    TooMany(PathBuf),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    cases: Vec<Spanned<Written>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Option<String>,
    url: String,
    amount_usd: Spanned<toml::Value>,
    agent: Option<String>,
    pay_to: Option<String>,
    network: Option<String>,
    asset: Option<String>,
    scheme: Option<String>,
    lifetime_seconds: Option<u64>,
    #[serde(default)]
    before: Vec<WrittenBefore>,
    expect: Expected,
    code: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBefore {
    url: Option<String>,
    amount_usd: Option<Spanned<toml::Value>>,
    agent: Option<String>,
    pay_to: Option<String>,
    network: Option<String>,
    asset: Option<String>,
    times: Option<u32>,
    #[serde(default)]
    seconds_ago: u64,
}

/// `policy.cases.toml` for `policy.toml`.
pub(super) fn beside(policy: &Path) -> PathBuf {
    policy.with_extension("cases.toml")
}

pub(super) fn load(path: &Path) -> Result<Vec<Case>, CasesError> {
    let text = fs::read_to_string(path).map_err(|error| CasesError::Unreadable {
        path: path.to_owned(),
        kind: error.kind(),
    })?;
    let source = Source { path, text: &text };
    let file: File = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        source.malformed(at, error.message().to_owned())
    })?;
    if file.cases.is_empty() {
        return Err(CasesError::None(path.to_owned()));
    }
    let payments: usize = file
        .cases
        .iter()
        .map(|case| case.get_ref().before.len())
        .sum();
    if file.cases.len() > MAX_CASES || payments > MAX_CASES {
        return Err(CasesError::TooMany(path.to_owned()));
    }
    file.cases
        .into_iter()
        .map(|case| source.case(case))
        .collect()
}

struct Source<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    fn case(&self, written: Spanned<Written>) -> Result<Case, CasesError> {
        let start = written.span().start;
        let written = written.into_inner();
        let question = Question {
            url: written.url,
            price: self.usd(&written.amount_usd)?,
            agent: written.agent,
            pay_to: written.pay_to,
            network: written.network,
            asset: written.asset,
            scheme: written.scheme,
            lifetime_seconds: written.lifetime_seconds,
        };
        if let (Expected::Allow, Some(code)) = (written.expect, &written.code) {
            let problem = "a payment that is allowed has no code; take it out, or expect \"deny\"";
            return Err(self.malformed(code.span().start, problem.to_owned()));
        }
        let before = written
            .before
            .into_iter()
            .map(|before| self.before(before, &question));
        let mut before = before.collect::<Result<Vec<_>, _>>()?;
        before.sort_by_key(|before| core::cmp::Reverse(before.seconds_ago));
        Ok(Case {
            name: written.name.unwrap_or_else(|| question.url.clone()),
            line: self.line(start),
            before,
            question,
            expect: written.expect,
            code: written.code.map(Spanned::into_inner),
        })
    }

    /// Like the case, but for what it says.
    fn before(&self, written: WrittenBefore, case: &Question) -> Result<Before, CasesError> {
        let price = written.amount_usd.as_ref().map(|usd| self.usd(usd));
        let case = case.clone();
        Ok(Before {
            question: Question {
                url: written.url.unwrap_or(case.url),
                price: price.transpose()?.unwrap_or(case.price),
                agent: written.agent.or(case.agent),
                pay_to: written.pay_to.or(case.pay_to),
                network: written.network.or(case.network),
                asset: written.asset.or(case.asset),
                scheme: case.scheme,
                lifetime_seconds: case.lifetime_seconds,
            },
            times: written.times.unwrap_or(1),
            seconds_ago: written.seconds_ago,
        })
    }

    /// Dollars, from the digits as they stand in the file: no float is asked.
    fn usd(&self, value: &Spanned<toml::Value>) -> Result<Usd, CasesError> {
        let span = value.span();
        let digits = match value.get_ref() {
            toml::Value::String(text) => text.clone(),
            toml::Value::Integer(_) | toml::Value::Float(_) => {
                let written = self.text.get(span.clone()).unwrap_or_default();
                written.replace('_', "")
            }
            _ => String::new(),
        };
        Usd::parse(&digits)
            .map_err(|error| self.malformed(span.start, format!("amount_usd: {error}")))
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        before.matches('\n').count().saturating_add(1)
    }

    fn malformed(&self, at: usize, problem: String) -> CasesError {
        CasesError::Malformed {
            path: self.path.to_owned(),
            line: self.line(at),
            problem,
        }
    }
}
