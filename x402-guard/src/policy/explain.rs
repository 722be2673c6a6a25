//! `policy explain`.

use core::error::Error;
use std::io::{self, Write};

use serde::Serialize;
use x402_tower::Denial;
use x402_tower::policy::{Mode, PolicyConfig, Violation};
use x402_tower::store::Quota;

use crate::exit::Exit;
use crate::policy::args::ExplainArgs;
use crate::policy::bench::{Bench, Left};
use crate::policy::print::{Unusable, dollars, json, problems, wrapped};
use crate::policy::question::{Asked, Question};
use crate::shown::note;

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Explained {
    decision: &'static str,
    code: Option<&'static str>,
    /// The key that decides, and its line in the file.
    rule: Option<&'static str>,
    line: Option<usize>,
    detail: Option<String>,
    mode: &'static str,
    asked: Asked,
    before: u32,
    limits: Vec<Counted>,
}

#[derive(Debug, Serialize)]
struct Counted {
    rule: String,
    window_seconds: u64,
    unit: &'static str,
    most: String,
    left: String,
}

pub(super) async fn run(args: &ExplainArgs, out: &mut impl Write) -> io::Result<Exit> {
    let loaded = PolicyConfig::load(&args.file)
        .and_then(|config| Bench::new(&config).map(|bench| (config, bench)));
    let (config, bench) = match loaded {
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
    let question = Question {
        url: args.url.clone(),
        price: args.amount_usd,
        agent: args.agent.clone(),
        pay_to: args.pay_to.clone(),
        network: args.network.clone(),
        asset: args.asset.clone(),
        scheme: args.scheme.clone(),
        lifetime_seconds: args.lifetime_seconds,
    };
    let scenario = match question.resolve(&config) {
        Ok(scenario) => scenario,
        Err(error) => {
            note(error);
            return Ok(Exit::Failed);
        }
    };
    let mut made = 0;
    while made < args.before && bench.pay(&scenario, 0).await.is_ok() {
        made = made.saturating_add(1);
    }
    let decision = bench.pay(&scenario, 0).await;
    let explained = Explained::of(
        &config,
        &decision,
        scenario.asked(),
        made,
        &bench.left(&scenario).await,
    );
    if args.json {
        json(out, &explained)?;
    } else {
        explained.print(args, out)?;
    }
    Ok(if decision.is_ok() {
        Exit::Done
    } else {
        Exit::Denied
    })
}

impl Explained {
    fn of(
        config: &PolicyConfig,
        decision: &Result<(), Denial>,
        asked: Asked,
        before: u32,
        limits: &[Left],
    ) -> Self {
        let denial = decision.as_ref().err();
        let rule = denial.and_then(rule);
        Self {
            decision: if denial.is_some() {
                "denied"
            } else {
                "allowed"
            },
            code: denial.map(Denial::code),
            rule,
            line: rule.and_then(|key| config.line_of(key)),
            detail: denial.map(|denial| denial.detail().to_owned()),
            mode: config.mode.as_str(),
            asked,
            before,
            limits: limits.iter().map(Counted::of).collect(),
        }
    }

    fn print(&self, args: &ExplainArgs, out: &mut impl Write) -> io::Result<()> {
        match (self.rule, self.line) {
            (Some(rule), Some(line)) => {
                writeln!(
                    out,
                    "denied by {rule} ({}, line {line})",
                    args.file.display()
                )?;
            }
            (Some(rule), None) => writeln!(out, "denied by {rule}, as it is unless set")?,
            (None, _) => writeln!(out, "{}", self.decision)?,
        }
        if let (Some(detail), Some(code)) = (&self.detail, self.code) {
            wrapped(out, 2, &format!("{detail} ({code})"))?;
        }
        if self.mode == Mode::Shadow.as_str() && self.code.is_some() {
            wrapped(
                out,
                2,
                "mode is \"shadow\": this is recorded, and the payment let pass",
            )?;
        }
        writeln!(out)?;
        writeln!(out, "asked")?;
        for (name, value, assumed) in self.asked.rows() {
            let mark = if assumed { " (assumed)" } else { "" };
            writeln!(out, "  {name:<9} {value}{mark}")?;
        }
        if args.before > 0 {
            writeln!(out, "  {:<9} {} such payments", "before", self.before)?;
        }
        writeln!(out)?;
        if self.limits.is_empty() {
            return writeln!(out, "no limit counts it");
        }
        let after = if self.code.is_some() {
            ""
        } else {
            ", with this payment made"
        };
        writeln!(out, "counted under{after}")?;
        for limit in &self.limits {
            wrapped(out, 2, &limit.rule)?;
            let Counted {
                left,
                most,
                unit,
                window_seconds,
                ..
            } = limit;
            writeln!(
                out,
                "    {left} of {most} {unit} left in {window_seconds} s"
            )?;
        }
        Ok(())
    }
}

impl Counted {
    fn of(left: &Left) -> Self {
        let (unit, most, rest) = match (left.most, left.left) {
            (Quota::Amount(most), Quota::Amount(rest)) => ("USD", dollars(most), dollars(rest)),
            (Quota::Count(most), Quota::Count(rest)) => {
                ("payments", most.to_string(), rest.to_string())
            }
            _ => ("", String::new(), String::new()),
        };
        Self {
            rule: left.name.to_string(),
            window_seconds: left.window_seconds,
            unit,
            most,
            left: rest,
        }
    }
}

/// The key that a denial comes from.
fn rule(denial: &Denial) -> Option<&'static str> {
    denial.source()?.downcast_ref::<Violation>()?.key()
}
