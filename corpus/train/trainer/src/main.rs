//! Trains the names model, and measures it.
//!
//! ```text
//! x402-names-trainer train DATA GAZETTEER OUT    writes the weights file
//! x402-names-trainer eval WEIGHTS DATA [-v]      prints precision, recall and F1, and the mistakes
//! x402-names-trainer tag WEIGHTS                 marks the names in lines from standard input
//! ```

mod pii;

use std::process::ExitCode;

use pii::names::{eval, perceptron};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["train", data, gazetteer, out] => perceptron::train(data, gazetteer, out),
        ["eval", weights, data] => eval::measure(weights, data, false),
        ["eval", weights, data, "-v"] => eval::measure(weights, data, true),
        ["tag", weights] => eval::tag(weights),
        _ => Err("use train DATA GAZETTEER OUT, eval WEIGHTS DATA [-v] or tag WEIGHTS".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
