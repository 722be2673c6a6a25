//! `corpus card`: what is in a corpus, in Markdown.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};

use sha2::{Digest as _, Sha256};

use crate::corpus::args::CardArgs;
use crate::corpus::count::{Content, WrongLabel};
use crate::corpus::record::{Field, Record};

/// A line longer than this is no sample.
const LONGEST: u64 = 1 << 20;

/// Why there is no card.
#[derive(Debug, thiserror::Error)]
pub(super) enum CardError {
    #[error("the corpus cannot be read: {0}")]
    Read(#[source] io::Error),
    #[error("the card cannot be printed: {0}")]
    Print(#[source] io::Error),
    #[error("line {line} is no sample: {what}")]
    NoSample { line: u64, what: String },
    #[error("line {line}, {wrong}")]
    Label { line: u64, wrong: WrongLabel },
}

pub(super) fn run(args: &CardArgs) -> Result<(), CardError> {
    let file = File::open(&args.corpus).map_err(CardError::Read)?;
    let card = card(BufReader::new(file))?;
    let mut out = io::stdout().lock();
    out.write_all(card.as_bytes())
        .and_then(|()| out.flush())
        .map_err(CardError::Print)
}

/// The card of a corpus.
pub(super) fn card(corpus: impl BufRead) -> Result<String, CardError> {
    let (content, digest) = read(corpus)?;
    let mut card = Vec::new();
    print(&content, &digest, &mut card).map_err(CardError::Print)?;
    Ok(String::from_utf8_lossy(&card).into_owned())
}

fn read(mut corpus: impl BufRead) -> Result<(Content, String), CardError> {
    let (mut content, mut hash) = (Content::default(), Sha256::new());
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let mut limited = io::Read::take(&mut corpus, LONGEST);
        if limited
            .read_until(b'\n', &mut bytes)
            .map_err(CardError::Read)?
            == 0
        {
            break;
        }
        hash.update(&bytes);
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let record: Record =
            serde_json::from_slice(&bytes).map_err(|error| CardError::NoSample {
                line,
                what: shown(&error),
            })?;
        content
            .add(&record)
            .map_err(|wrong| CardError::Label { line, wrong })?;
    }
    let digest = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok((content, digest))
}

/// What is wrong and where, without the text: serde's own message quotes it.
fn shown(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "a key is missing, or has a value of another kind",
        _ => "this is not JSON",
    };
    format!("{what} (column {})", error.column())
}

fn print(content: &Content, digest: &str, card: &mut impl Write) -> io::Result<()> {
    let (texts, distinct) = content.texts();
    let different_values: usize = content.values.values().map(|values| values.len()).sum();
    writeln!(card, "# Data card\n")?;
    writeln!(
        card,
        "Labelled x402 payment metadata: a requested URL, a description and a reason, with every value of personal data"
    )?;
    writeln!(
        card,
        "marked. Printed by `x402-guard corpus card`. SHA-256 of the corpus: `{digest}`.\n"
    )?;
    writeln!(card, "| | |\n|---|--:|")?;
    writeln!(card, "| samples | {} |", content.samples)?;
    writeln!(
        card,
        "| with personal data | {} ({}) |",
        content.positive,
        share(content.positive, content.samples)
    )?;
    writeln!(card, "| labelled values | {} |", content.labels)?;
    writeln!(
        card,
        "| different values, written as they stand | {different_values} |"
    )?;
    writeln!(card, "| types | {} |", content.types.len())?;
    writeln!(
        card,
        "| surface forms, each with its type | {} |",
        content
            .forms
            .values()
            .map(|forms| forms.len())
            .sum::<usize>()
    )?;
    writeln!(card, "| fields that are not empty | {texts} |")?;
    writeln!(card, "| different texts among them | {distinct} |")?;
    categories(content, card)?;
    fields(content, card)?;
    types(content, card)?;
    forms(content, card)
}

fn categories(content: &Content, card: &mut impl Write) -> io::Result<()> {
    writeln!(
        card,
        "\n## Categories\n\n| category | samples | with personal data |\n|---|--:|--:|"
    )?;
    for (category, (samples, positive)) in &content.categories {
        writeln!(
            card,
            "| {category} | {samples} | {positive} ({}) |",
            share(*positive, *samples)
        )?;
    }
    Ok(())
}

fn fields(content: &Content, card: &mut impl Write) -> io::Result<()> {
    writeln!(
        card,
        "\n## Fields\n\n| field | not empty | different texts | with personal data |\n|---|--:|--:|--:|"
    )?;
    for field in Field::ALL {
        let (count, texts) = content
            .fields
            .get(&field)
            .map_or((0, 0), |(count, texts)| (*count, texts.len()));
        let personal = content.personal.get(&field).copied().unwrap_or_default();
        writeln!(
            card,
            "| {} | {count} | {texts} | {personal} |",
            field.as_str()
        )?;
    }
    Ok(())
}

fn types(content: &Content, card: &mut impl Write) -> io::Result<()> {
    writeln!(
        card,
        "\n## Types\n\n| type | values | different | resource_url | description | reason |\n|---|--:|--:|--:|--:|--:|"
    )?;
    for (kind, [url, description, reason]) in &content.types {
        let different = content.values.get(kind).map_or(0, |values| values.len());
        let all = url.saturating_add(*description).saturating_add(*reason);
        writeln!(
            card,
            "| {kind} | {all} | {different} | {url} | {description} | {reason} |"
        )?;
    }
    Ok(())
}

fn forms(content: &Content, card: &mut impl Write) -> io::Result<()> {
    writeln!(card, "\n## Surface forms\n")?;
    writeln!(
        card,
        "`.percent`, `.plus` and `.raw` say how a form is written in a URL or a form-encoded text where that is not as it is.\n"
    )?;
    writeln!(card, "| type | forms |\n|---|---|")?;
    for (kind, forms) in &content.forms {
        let forms: Vec<String> = forms
            .iter()
            .map(|(form, count)| format!("{form} {count}"))
            .collect();
        writeln!(card, "| {kind} | {} |", forms.join(", "))?;
    }
    Ok(())
}

/// A share in percent with one decimal, in integers.
fn share(part: u64, whole: u64) -> String {
    let permille = part
        .saturating_mul(1_000)
        .checked_div(whole)
        .unwrap_or_default();
    format!("{}.{} %", permille / 10, permille % 10)
}
