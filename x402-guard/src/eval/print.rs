//! What was measured, as people get it.

use std::io::{self, Write};

use crate::eval::difference::Listed;
use crate::eval::latency::{Latency, Timed};
use crate::eval::report::{Report, Scores};
use crate::shown::Foreign;

/// Prints a report in 80 columns.
pub(super) fn text(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let (about, detector) = (&report.corpus, &report.detector);
    writeln!(out, "{}", about.file)?;
    writeln!(
        out,
        "  {} samples, {} of them with personal data; {} texts, {} labels",
        about.samples, about.positive, about.fields, about.labels
    )?;
    writeln!(out, "  {}, min score {}", detector.mode, detector.min_score)?;
    if !detector.entities.is_empty() {
        writeln!(out, "  only {}", detector.entities.join(", "))?;
    }
    let names = report.per_entity.iter().map(|e| e.entity_type.len());
    let width = names.max().unwrap_or(0).clamp(5, 26);
    writeln!(
        out,
        "\n{:<width$} {:>6} {:>5} {:>5} {:>5} {:>5} {:>11} {:>5} {:>5}",
        "TYPE", "LABELS", "FOUND", "PREC", "REC", "F1", "95%", "EXACT", "FULL"
    )?;
    let mut row = |name: &str, scores: &Scores| {
        writeln!(
            out,
            "{name:<width$} {:>6} {:>5} {:>5} {:>5} {:>5} {:>11} {:>5} {:>5}",
            scores.labels,
            scores.findings,
            scores.partial.precision,
            scores.partial.recall,
            scores.partial.f1,
            scores.partial.f1_95,
            scores.exact.f1,
            scores.full_cover.share,
        )
    };
    for entity in &report.per_entity {
        row(&entity.entity_type, &entity.scores)?;
    }
    row("all", &report.micro)?;
    writeln!(
        out,
        "EXACT is the F1 of findings with the very span of their label, FULL the share of\nlabels of which no letter is left."
    )?;
    let samples = &report.samples;
    writeln!(out)?;
    writeln!(
        out,
        "{} of {} samples with personal data are flagged: {} (95% {})",
        samples.positive_flagged, samples.positive, samples.recall, samples.recall_95
    )?;
    writeln!(
        out,
        "{} of {} clean samples are flagged: {} (95% {})",
        samples.clean_flagged,
        samples.clean,
        samples.clean_flagged_rate,
        samples.clean_flagged_rate_95
    )?;
    if let Some(latency) = &report.latency {
        time(latency, out)?;
    }
    if let Some(listed) = &report.differences {
        differences(listed, out)?;
    }
    Ok(())
}

fn differences(listed: &[Listed], out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\n{:>7} {:<14} {:>11} {:<26} WHAT",
        "LINE", "FIELD", "SPAN", "TYPE"
    )?;
    for one in listed {
        let span = format!("{}-{}", one.start, one.end);
        writeln!(
            out,
            "{:>7} {:<14} {span:>11} {:<26} {}",
            one.line,
            Foreign(&one.field).to_string(),
            one.entity_type,
            one.what.as_str()
        )?;
    }
    Ok(())
}

fn rows(latency: &Latency) -> [(&'static str, Timed); 4] {
    [
        ("record", latency.record),
        ("text", latency.field),
        ("text, nothing found", latency.clean_field),
        ("text, something found", latency.other_field),
    ]
}

fn time(latency: &Latency, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\n{:<22} {:>7} {:>8} {:>8} {:>8} {:>10}",
        "NANOSECONDS", "COUNT", "P50", "P95", "P99", "MEMCHR P50"
    )?;
    for (name, timed) in rows(latency) {
        let (scan, memchr) = (timed.scan_ns, timed.memchr_ns);
        writeln!(
            out,
            "{name:<22} {:>7} {:>8} {:>8} {:>8} {:>10}",
            timed.items, scan.p50, scan.p95, scan.p99, memchr.p50
        )?;
    }
    writeln!(out, "{}", together(latency))?;
    if !latency.optimised {
        writeln!(out, "This build is not optimised: its times say nothing.")?;
    }
    Ok(())
}

fn together(latency: &Latency) -> String {
    format!(
        "all {} bytes: {} us, {} times memchr's {} us",
        latency.bytes,
        latency.scan_all_ns / 1000,
        latency.times_memchr,
        latency.memchr_all_ns / 1000
    )
}

/// Prints a report as Markdown tables.
pub(super) fn markdown(report: &Report, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "| type | labels | found | precision | recall | F1 (95 %) | exact F1 | full-cover |\n|---|---|---|---|---|---|---|---|"
    )?;
    let mut row = |name: &str, scores: &Scores| {
        writeln!(
            out,
            "| {name} | {} | {} | {} | {} | {} ({}) | {} | {} |",
            scores.labels,
            scores.findings,
            scores.partial.precision,
            scores.partial.recall,
            scores.partial.f1,
            scores.partial.f1_95,
            scores.exact.f1,
            scores.full_cover.share,
        )
    };
    for entity in &report.per_entity {
        row(&entity.entity_type, &entity.scores)?;
    }
    row("all", &report.micro)?;
    let samples = &report.samples;
    writeln!(
        out,
        "\n| samples | number | flagged | share (95 %) |\n|---|---|---|---|\n\
         | with personal data | {} | {} | {} ({}) |\n| clean | {} | {} | {} ({}) |",
        samples.positive,
        samples.positive_flagged,
        samples.recall,
        samples.recall_95,
        samples.clean,
        samples.clean_flagged,
        samples.clean_flagged_rate,
        samples.clean_flagged_rate_95
    )?;
    if let Some(latency) = &report.latency {
        markdown_time(latency, out)?;
    }
    let Some(listed) = &report.differences else {
        return Ok(());
    };
    writeln!(
        out,
        "\n| line | field | span | type | what |\n|---|---|---|---|---|"
    )?;
    for one in listed {
        writeln!(
            out,
            "| {} | {} | {}-{} | {} | {} |",
            one.line,
            Foreign(&one.field),
            one.start,
            one.end,
            one.entity_type,
            one.what.as_str()
        )?;
    }
    Ok(())
}

fn markdown_time(latency: &Latency, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "\n| nanoseconds | count | p50 | p95 | p99 | memchr p50 |\n|---|---|---|---|---|---|"
    )?;
    for (name, timed) in rows(latency) {
        let (scan, memchr) = (timed.scan_ns, timed.memchr_ns);
        writeln!(
            out,
            "| {name} | {} | {} | {} | {} | {} |",
            timed.items, scan.p50, scan.p95, scan.p99, memchr.p50
        )?;
    }
    writeln!(out, "\n{}", together(latency))
}
