//! An averaged structured perceptron with margins (Collins 2002, with the cost of a wrong label added
//! while decoding): integer updates alone, so that a run gives the same weights everywhere.

use std::collections::{HashMap, HashSet};

use super::annotate::{look_up, place, style_of, worth_labelling};
use super::clusters::{Clustered, clustered};
use super::data::{Sample, read, read_gazetteer};
use super::decode::{LABELS, Lattice, OUTSIDE, ROW, Scores, continues, shared};
use super::features::each_feature;
use super::fold::{Part, part_of};
use super::gazetteer::{Gazetteer, LEARNED, PLACE, everyday, given, phrase, surname};
use super::map::{self, Known};
use super::model::{CLUSTERS, GAPS, row_of};
use super::random::Random;
use super::segment::WINDOW;
use super::token::Token;
use super::weights::Weights;
use super::windows::{Word, detector, use_weights, windows_of};
use super::word::hash_of;
use crate::Outcome;

const ROWS: usize = 107_000;
const EPOCHS: usize = 4;
/// What a wrong label costs at least, in raw weights.
const COST: i32 = 120;
/// A word has weights of its own if training saw it this often.
const SEEN: usize = 6;
/// A word that the gazetteer has as a name, only if it is nearly always one or nearly never: others would be
/// judged by what happens to be called after them.
const SEEN_NAME: usize = 40;
const SELDOM_NAME: usize = 2;
const SELDOM_OTHER: usize = 4;

/// How often a word whose flags are hidden has no cluster either, in percent.
const HIDE_CLUSTER: u64 = 10;

/// What the gazetteer says of words that are not worth their place in the map if they have no cluster: surnames
/// and everyday words that are seldom used.
const SELDOM: [u8; 2] = [1 << 2, 1 << 4];

/// The words of a window and their labels.
#[derive(Debug)]
struct Window {
    tokens: Vec<Token>,
    labels: Vec<u8>,
}

/// How to train.
#[derive(Debug, Clone)]
pub(crate) struct Plan<'a> {
    pub(crate) data: &'a [&'a str],
    pub(crate) gazetteer: &'a str,
    pub(crate) clusters: &'a str,
    /// The fold that is left out, to measure on.
    pub(crate) left_out: Option<u64>,
    pub(crate) out: &'a str,
}

pub(crate) fn train(plan: &Plan<'_>) -> Outcome {
    let mut windows = Vec::new();
    let mut seen = HashSet::new();
    for path in plan.data {
        let before = windows.len();
        let mut samples = read(path)?;
        samples.retain(|sample| {
            let is_kept = |fold| part_of(sample, fold) == Part::Train;
            plan.left_out.is_none_or(is_kept) && seen.insert(without_digits(sample))
        });
        add_windows(&samples, &mut windows);
        eprintln!(
            "{path}: {} samples, {} windows",
            samples.len(),
            windows.len() - before
        );
    }
    let clustered = clustered(plan.clusters)?;
    let words = known_words(plan.gazetteer, &clustered, &windows)?;
    let map = map::build(&words, leanings(&clustered))?;
    let gazetteer = Gazetteer::new(&map.entries, map.seed, &map.leanings);
    for window in &mut windows {
        look_up(&mut window.tokens, &gazetteer);
    }
    eprintln!(
        "{} windows, {} words in the map",
        windows.len(),
        words.len()
    );

    let mut weights = Weights::new(ROWS);
    let mut random = Random(42);
    let mut order: Vec<usize> = (0..windows.len()).collect();
    for epoch in 0..EPOCHS {
        random.shuffle(&mut order);
        let mut wrong = 0;
        for index in &order {
            weights.now += 1;
            wrong += usize::from(learn(&mut weights, &windows[*index], &mut random));
        }
        eprintln!(
            "epoch {epoch}: {wrong} of {} windows changed weights",
            windows.len()
        );
    }
    let (file, step) = weights.file(&map, 1);
    let unit = (i64::from(COST) * weights.now / step / 12).max(1);
    let mut file = file;
    file[12..16].copy_from_slice(&u32::try_from(unit)?.to_le_bytes());
    eprintln!("{} bytes, margin unit {unit}", file.len());
    std::fs::write(plan.out, file)?;
    Ok(())
}

/// A text for comparing: those that differ in digits alone teach the same.
fn without_digits(sample: &Sample) -> (bool, String) {
    let digit = |character: char| {
        if character.is_ascii_digit() {
            '0'
        } else {
            character
        }
    };
    (sample.is_url, sample.text.chars().map(digit).collect())
}

fn add_windows(samples: &[Sample], windows: &mut Vec<Window>) {
    use_weights(Vec::new());
    let detector = detector();
    let mut uncovered = 0;
    for sample in samples {
        let mut found = vec![false; sample.names.len()];
        for words in windows_of(&detector, &sample.text, sample.is_url) {
            let label = |(_, read): &Word| {
                let inside = sample
                    .names
                    .iter()
                    .position(|(_, span)| span.start < read.end && read.start < span.end);
                inside.map_or(OUTSIDE, |name| {
                    let first = 1 + 2 * sample.names[name].0;
                    let is_first = !std::mem::replace(&mut found[name], true);
                    if is_first { first } else { first + 1 }
                }) as u8
            };
            let labels = words.iter().map(label).collect();
            let tokens = words.into_iter().map(|(token, _)| token).collect();
            windows.push(Window { tokens, labels });
        }
        uncovered += found.iter().filter(|found| !**found).count();
    }
    eprintln!("{uncovered} names hold no word");
}

/// The gazetteer's words and those that are learned.
fn known_words(
    gazetteer: &str,
    clustered: &[Clustered],
    windows: &[Window],
) -> Outcome<HashMap<u64, Known>> {
    let mut words: HashMap<u64, Known> = HashMap::new();
    let detector = detector();
    for (flags, text) in read_gazetteer(gazetteer)? {
        let hash = if text.is_ascii() {
            text.split(' ').map(hash_of).reduce(phrase)
        } else {
            let windows = windows_of(&detector, &text, false);
            windows
                .first()
                .and_then(|words| words.first())
                .map(|(token, _)| token.hash)
        };
        let Some(hash) = hash else { continue };
        words.entry(hash).or_default().flags |= flags;
    }
    for word in clustered {
        words.entry(hash_of(&word.word)).or_default().cluster = word.cluster;
    }
    let mut seen: HashMap<u64, (usize, usize)> = HashMap::new();
    for window in windows {
        for (token, label) in window.tokens.iter().zip(&window.labels) {
            let (outside, inside) = seen.entry(token.hash).or_default();
            *if usize::from(*label) == OUTSIDE {
                outside
            } else {
                inside
            } += 1;
        }
    }
    let mut learned = 0;
    for (hash, (outside, inside)) in seen {
        let flags = words.get(&hash).map_or(0, |known| known.flags);
        let is_name = given(flags) > 0 || surname(flags) > 0 || flags & PLACE != 0;
        let is_learned = if is_name && everyday(flags) == 0 {
            outside >= SEEN.max(SELDOM_NAME * inside)
                || inside >= SEEN_NAME.max(SELDOM_OTHER * outside)
        } else {
            outside >= SEEN || inside >= SEEN
        };
        if is_learned {
            words.entry(hash).or_default().flags |= LEARNED;
            learned += 1;
        }
    }
    words.retain(|_, known| known.cluster > 0 || !SELDOM.contains(&known.flags));
    eprintln!("{learned} words have weights of their own");
    Ok(words)
}

/// What the words of each cluster are like.
fn leanings(clustered: &[Clustered]) -> Vec<u8> {
    let mut leanings = vec![0; CLUSTERS];
    for word in clustered {
        leanings[usize::from(word.cluster)] = word.leaning;
    }
    leanings
}

/// Hides some of what is known of words, so that the model learns to do without.
fn forget(tokens: &mut [Token], labels: &[u8], random: &mut Random) {
    for (token, label) in tokens.iter_mut().zip(labels) {
        let (all, word) = match usize::from(*label) {
            OUTSIDE if everyday(token.known) > 1 => (0, 8),
            OUTSIDE => (8, 20),
            1 | 2 => (50, 50),
            3 | 4 => (30, 45),
            _ if everyday(token.known) > 1 => (2, 10),
            _ => (30, 45),
        };
        if random.percent(all) {
            token.known = 0;
            if random.percent(HIDE_CLUSTER) {
                token.cluster = 0;
                token.leaning = 0;
            }
            token.phrase = 0;
            token.word = Token::UNKNOWN;
        } else if random.percent(word) {
            token.word = Token::UNKNOWN;
        }
    }
}

/// Whether a label is that of the first word of a name.
const fn is_first(label: usize) -> bool {
    label != OUTSIDE && !continues(label)
}

/// What it costs to say `guess` where `gold` is right, in raw weights: naming what is no name, taking a person
/// for something else and missing a place cost most.
fn cost(gold: usize, guess: usize) -> i32 {
    let is_person = |label| matches!(label, 1 | 2);
    match (gold, guess) {
        (OUTSIDE, _) | (3 | 4, OUTSIDE) => 180,
        (gold, guess) if is_person(gold) && !is_person(guess) => 180,
        _ => COST,
    }
}

fn learn(weights: &mut Weights, window: &Window, random: &mut Random) -> bool {
    let mut tokens = window.tokens.clone();
    forget(&mut tokens, &window.labels, random);
    let worth = worth_labelling(&tokens);
    if worth == 0 {
        return false;
    }
    place(&mut tokens);
    let style = style_of(&tokens);

    let mut emissions: [Scores; WINDOW] = [[-10_000_000 / 4; ROW]; WINDOW];
    let mut rows: Vec<Vec<u32>> = vec![Vec::new(); tokens.len()];
    for (index, label) in window.labels.iter().enumerate() {
        let emission = &mut emissions[index];
        emission[OUTSIDE] = 0;
        if worth >> index & 1 == 0 {
            continue;
        }
        *emission = [0; ROW];
        let rows = &mut rows[index];
        each_feature(&tokens, index, style, |hash| {
            rows.push(row_of(hash, weights.rows.len()) as u32);
        });
        for row in rows.iter() {
            for (sum, weight) in emission.iter_mut().zip(&weights.rows[*row as usize]) {
                *sum += weight;
            }
        }
        *emission = shared(*emission);
        let gold = usize::from(*label);
        for (other, score) in emission.iter_mut().enumerate().take(LABELS) {
            if other != gold {
                *score += cost(gold, other);
            }
        }
    }
    let lattice = Lattice::decode(&tokens, &emissions, weights);
    let mut changed = false;
    let (mut gold_before, mut guess_before) = (OUTSIDE, OUTSIDE);
    for (index, token) in tokens.iter().enumerate() {
        let gold = usize::from(window.labels[index]);
        let guess = usize::from(lattice.labels[index]);
        if gold != guess && !rows[index].is_empty() {
            changed = true;
            for row in &rows[index] {
                weights.add_row(*row as usize, gold, 1);
                weights.add_row(*row as usize, guess, -1);
                if is_first(gold) {
                    weights.add_row(*row as usize, gold + 1, 1);
                }
                if is_first(guess) {
                    weights.add_row(*row as usize, guess + 1, -1);
                }
            }
        }
        if (gold, gold_before) != (guess, guess_before) {
            let gap = token.gap as usize;
            debug_assert!(gap < GAPS);
            weights.add_transition(gap, gold_before, gold, 1);
            weights.add_transition(gap, guess_before, guess, -1);
        }
        (gold_before, guess_before) = (gold, guess);
    }
    changed
}
