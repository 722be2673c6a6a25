//! Clusters of words that are used alike: k-means over word vectors, in integers, so that a run gives the same
//! ones everywhere.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::data::read_gazetteer;
use super::random::Random;
use super::vectors::{PROBES, Vector, WIDTH, Word, read, scaled};
use super::{model, probes};
use crate::Outcome;

/// How many words are in clusters: those that are used most.
const WORDS: usize = 150_000;
/// How many of them the clusters are made of; the others join the nearest.
const MAKERS: usize = 60_000;
const ROUNDS: usize = 25;

/// What is known of a word from its vector.
#[derive(Debug)]
pub(super) struct Clustered {
    pub(super) word: String,
    /// From 1 on.
    pub(super) cluster: u8,
    /// What the words of the cluster are like.
    pub(super) leaning: u8,
}

/// Writes a line `cluster<tab>leaning<tab>word` for each word.
pub(crate) fn write(vectors: &str, gazetteer: &str, out: &str) -> Outcome {
    let mut words = read(vectors, WORDS)?;
    let leanings = probes::ask(&flags_of(gazetteer, &words)?, &mut words);
    let centres = centres(&words[..words.len().min(MAKERS)]);
    let clusters = assign(&words, &centres);
    let leanings = typical(&leanings, &clusters, centres.len());
    let mut text = String::new();
    for (word, cluster) in words.iter().zip(&clusters) {
        let leaning = leanings[*cluster];
        writeln!(text, "{}\t{leaning}\t{}", cluster + 1, word.text)?;
    }
    std::fs::write(out, text)?;
    eprintln!("{} words in {} clusters", words.len(), centres.len());
    Ok(())
}

/// The words of a file that [`write`] wrote.
pub(super) fn clustered(path: &str) -> Outcome<Vec<Clustered>> {
    let file = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    file.lines()
        .map(|line| {
            let mut parts = line.split('\t');
            let mut part = || parts.next().ok_or("clusters: no tab in a line");
            let (cluster, leaning, word) = (part()?, part()?, part()?);
            Ok(Clustered {
                word: word.to_owned(),
                cluster: cluster.parse()?,
                leaning: leaning.parse()?,
            })
        })
        .collect()
}

/// What the gazetteer says of each word.
fn flags_of(gazetteer: &str, words: &[Word]) -> Outcome<Vec<u8>> {
    let flags: HashMap<String, u8> = read_gazetteer(gazetteer)?
        .into_iter()
        .map(|(flags, word)| (word, flags))
        .collect();
    let known = |word: &Word| flags.get(&word.text).copied().unwrap_or(0);
    Ok(words.iter().map(known).collect())
}

fn centres(makers: &[Word]) -> Vec<Vector> {
    let mut first: Vec<usize> = (0..makers.len()).collect();
    Random(42).shuffle(&mut first);
    // Number 0 is for words in no cluster.
    let mut centres: Vec<Vector> = first
        .iter()
        .take(model::CLUSTERS - 1)
        .map(|at| makers[*at].vector)
        .collect();
    for _ in 0..ROUNDS {
        let mut sums = vec![[0i64; WIDTH]; centres.len()];
        for (maker, cluster) in makers.iter().zip(assign(makers, &centres)) {
            for (sum, number) in sums[cluster].iter_mut().zip(maker.vector) {
                *sum += i64::from(number);
            }
        }
        let moved: Vec<Vector> = sums.iter().map(scaled).collect();
        if moved == centres {
            break;
        }
        centres = moved;
    }
    centres
}

/// The number of the centre that is nearest to each word.
fn assign(words: &[Word], centres: &[Vector]) -> Vec<usize> {
    let nearest = |word: &Word| {
        let likeness = |at: &usize| (dot(&word.vector, &centres[*at]), std::cmp::Reverse(*at));
        (0..centres.len()).max_by_key(likeness).unwrap_or(0)
    };
    let (left, right) = words.split_at(words.len() / 2);
    std::thread::scope(|scope| {
        let right = scope.spawn(move || right.iter().map(nearest).collect::<Vec<_>>());
        let mut all: Vec<usize> = left.iter().map(nearest).collect();
        all.extend(right.join().unwrap_or_default());
        all
    })
}

fn dot(left: &Vector, right: &Vector) -> i32 {
    left.iter()
        .zip(right)
        .map(|(left, right)| i32::from(*left) * i32::from(*right))
        .sum()
}

/// The leaning of each cluster: for each question the mean of its words, rounded.
fn typical(leanings: &[u8], clusters: &[usize], count: usize) -> Vec<u8> {
    let mut sums = vec![[0usize; PROBES]; count];
    let mut sizes = vec![0usize; count];
    for (leaning, cluster) in leanings.iter().zip(clusters) {
        sizes[*cluster] += 1;
        for (question, sum) in sums[*cluster].iter_mut().enumerate() {
            *sum += usize::from(leaning >> (2 * question) & 3);
        }
    }
    let mean = |(sums, size): (&[usize; PROBES], &usize)| {
        let size = *size.max(&1);
        (sums.iter().enumerate()).fold(0, |leaning, (question, sum)| {
            let level = (2 * sum + size) / (2 * size);
            leaning | (level as u8) << (2 * question)
        })
    };
    sums.iter().zip(&sizes).map(mean).collect()
}
