//! Trains the names model, and measures it.
//!
//! ```text
//! x402-names-trainer clusters OUT GAZETTEER VECTORS        groups the words that are used most by their vectors
//! x402-names-trainer train OUT GAZETTEER CLUSTERS DATA...  writes the weights file
//! x402-names-trainer eval WEIGHTS DATA [-v]                prints precision, recall and F1, and the mistakes
//! x402-names-trainer tag WEIGHTS                           marks the names in lines from standard input
//! ```
//!
//! `--least P,L,O` after `eval` measures all kinds together as well, from these scores on.
//! `--left-out N` after `train` or `eval` leaves a fold out of training, or measures on it alone.

#[allow(dead_code, unused, missing_docs, reason = "the library uses the rest")]
mod pii;
#[path = "../../../../x402-tower/src/secret_text.rs"]
#[allow(dead_code, reason = "the library uses the rest")]
mod secret_text;

use std::process::ExitCode;

use pii::names::eval::Measure;
use pii::names::perceptron::Plan;
use pii::names::{clusters, eval, perceptron};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let left_out = arguments
        .iter()
        .position(|argument| argument == "--left-out")
        .map(|at| {
            let fold = arguments
                .drain(at..(at + 2).min(arguments.len()))
                .next_back();
            fold.and_then(|fold| fold.parse().ok()).unwrap_or(0)
        });
    let mut least = vec![[0; 3]];
    while let Some(at) = arguments.iter().position(|argument| argument == "--least") {
        let scores = arguments.drain(at..(at + 2).min(arguments.len()));
        let scores: Vec<u8> = scores
            .flat_map(|scores| {
                scores
                    .split(',')
                    .filter_map(|score| score.parse().ok())
                    .collect::<Vec<_>>()
            })
            .collect();
        least.extend(<[u8; 3]>::try_from(scores));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let eval = |weights, data, verbose| {
        eval::measure(&Measure {
            weights,
            data,
            left_out,
            least: least.clone(),
            verbose,
        })
    };
    let result = match arguments.as_slice() {
        ["clusters", out, gazetteer, vectors] => clusters::write(vectors, gazetteer, out),
        ["train", out, gazetteer, clusters, data @ ..] => perceptron::train(&Plan {
            data,
            gazetteer,
            clusters,
            left_out,
            out,
        }),
        ["eval", weights, data] => eval(weights, data, false),
        ["eval", weights, data, "-v"] => eval(weights, data, true),
        ["tag", weights] => eval::tag(weights),
        _ => Err(
            "use clusters OUT GAZETTEER VECTORS, train OUT GAZETTEER CLUSTERS DATA..., \
              eval WEIGHTS DATA [-v] or tag WEIGHTS"
                .into(),
        ),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
