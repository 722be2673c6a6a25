//! `policy test`.

use std::io::{self, Write};

use serde::Serialize;
use x402_tower::policy::{PolicyConfig, Rules};

use crate::exit::Exit;
use crate::policy::args::TestArgs;
use crate::policy::bench::Bench;
use crate::policy::cases::{Case, Expected, beside, load};
use crate::policy::print::{Unusable, json, problems, wrapped};
use crate::shown::note;

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Tested {
    revision: String,
    surprises: usize,
    cases: Vec<Tried>,
}

#[derive(Debug, Serialize)]
struct Tried {
    name: String,
    line: usize,
    as_expected: bool,
    expected: String,
    decision: &'static str,
    code: Option<String>,
    detail: Option<String>,
}

pub(super) async fn run(args: &TestArgs, out: &mut impl Write) -> io::Result<Exit> {
    let loaded = PolicyConfig::load(&args.file)
        .and_then(|config| Rules::compile(&config).map(|rules| (config, rules)));
    let (config, rules) = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            if args.json {
                json(out, &Unusable::of(&error))?;
            } else {
                problems(out, &error)?;
            }
            return Ok(Exit::Failed);
        }
    };
    let path = args.cases.clone().unwrap_or_else(|| beside(&args.file));
    let cases = match load(&path) {
        Ok(cases) => cases,
        Err(error) => {
            note(error);
            return Ok(Exit::Failed);
        }
    };
    let mut tried = Vec::with_capacity(cases.len());
    for case in cases {
        tried.push(case.try_on(&config).await);
    }
    let tested = Tested {
        revision: rules.revision().to_owned(),
        surprises: tried.iter().filter(|case| !case.as_expected).count(),
        cases: tried,
    };
    if args.json {
        json(out, &tested)?;
    } else {
        tested.print(args, out)?;
    }
    Ok(if tested.surprises == 0 {
        Exit::Done
    } else {
        Exit::Failed
    })
}

impl Case {
    async fn try_on(self, config: &PolicyConfig) -> Tried {
        let expected = match (self.expect, &self.code) {
            (Expected::Allow, _) => "allowed".to_owned(),
            (Expected::Deny, None) => "denied".to_owned(),
            (Expected::Deny, Some(code)) => format!("denied with {code}"),
        };
        let (decision, code, detail) = match self.decide(config).await {
            Ok(Ok(())) => ("allowed", None, None),
            Ok(Err((code, detail))) => ("denied", Some(code), Some(detail)),
            Err(problem) => ("none", None, Some(problem)),
        };
        let as_expected = match self.expect {
            Expected::Allow => decision == "allowed",
            Expected::Deny => decision == "denied" && (self.code.is_none() || self.code == code),
        };
        Tried {
            name: self.name,
            line: self.line,
            as_expected,
            expected,
            decision,
            code,
            detail,
        }
    }

    /// The decision, or why there is none.
    async fn decide(&self, config: &PolicyConfig) -> Result<Result<(), (String, String)>, String> {
        let bench = Bench::new(config).map_err(|error| error.to_string())?;
        for before in &self.before {
            let scenario = before
                .question
                .resolve(config)
                .map_err(|error| error.to_string())?;
            for _ in 0..before.times {
                let made = bench.pay(&scenario, before.seconds_ago).await;
                made.map_err(|denial| format!("a payment before it is itself denied: {denial}"))?;
            }
        }
        let scenario = self
            .question
            .resolve(config)
            .map_err(|error| error.to_string())?;
        let decision = bench.pay(&scenario, 0).await;
        Ok(decision.map_err(|denial| (denial.code().to_owned(), denial.detail().to_owned())))
    }
}

impl Tested {
    fn print(&self, args: &TestArgs, out: &mut impl Write) -> io::Result<()> {
        for case in &self.cases {
            let mark = if case.as_expected {
                "as expected"
            } else {
                "SURPRISE"
            };
            writeln!(out, "{mark:<12} {}", case.name)?;
            if case.as_expected {
                continue;
            }
            let code = case
                .code
                .as_ref()
                .map(|code| format!(" with {code}"))
                .unwrap_or_default();
            let was = match case.decision {
                "none" => "could not be tried".to_owned(),
                decision => format!("was {decision}{code}"),
            };
            wrapped(
                out,
                4,
                &format!(
                    "line {}: expected to be {}, and {was}",
                    case.line, case.expected
                ),
            )?;
            if let Some(detail) = &case.detail {
                wrapped(out, 4, detail)?;
            }
        }
        writeln!(out)?;
        let count = self.cases.len();
        let surprises = match self.surprises {
            0 => "no surprise".to_owned(),
            1 => "1 surprise".to_owned(),
            many => format!("{many} surprises"),
        };
        let s = if count == 1 { "" } else { "s" };
        writeln!(out, "{}: {count} case{s}, {surprises}", args.file.display())
    }
}
