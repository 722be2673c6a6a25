//! A server in a process of its own.

use super::program::{cannot_start, command};
use parking_lot::Mutex;
use serde::Deserialize;
use std::collections::VecDeque;
use std::fmt;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout};
use tokio::task::JoinHandle;

/// How long a peer may take until it listens: generous, for cold disks and busy machines.
const READY_DEADLINE: Duration = Duration::from_secs(90);

/// How long the rest of its error output may take to arrive once a peer has ended.
const STDERR_DEADLINE: Duration = Duration::from_secs(5);

/// How much of a peer's error output is kept for messages.
const STDERR_LINES: usize = 200;

#[derive(Deserialize)]
struct ReadyLine {
    ready: String,
}

type KeptLines = Arc<Mutex<VecDeque<String>>>;

/// A running peer server; killed when dropped.
pub struct Peer {
    script: String,
    address: String,
    stderr: KeptLines,
    _process: Child,
}

impl Peer {
    /// Starts `script` of `tests/interop` with these environment variables and waits until it listens.
    ///
    /// # Panics
    ///
    /// If it cannot be started, exits, or says nothing before the deadline; the message has its error output.
    pub async fn spawn(script: &str, env: &[(&str, &str)]) -> Self {
        let mut process = command(script)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}", cannot_start(script, &error)));
        let stdout = process.stdout.take().expect("stdout is piped");
        let stderr = KeptLines::default();
        let reader = keep_lines(
            process.stderr.take().expect("stderr is piped"),
            Arc::clone(&stderr),
        );

        let mut lines = BufReader::new(stdout).lines();
        let address = match tokio::time::timeout(READY_DEADLINE, ready_address(&mut lines)).await {
            Ok(Some(address)) => address,
            Ok(None) => {
                // A peer that only closed its output is of no use either.
                drop(process.start_kill());
                let status = process.wait().await.expect("the peer is our child");
                // Whether the rest arrives or not: the message shows what there is.
                drop(tokio::time::timeout(STDERR_DEADLINE, reader).await);
                panic!(
                    "{script} ended before it listened ({status}):\n{}",
                    joined(&stderr)
                );
            }
            Err(_) => {
                panic!(
                    "{script} did not listen within {READY_DEADLINE:?}:\n{}",
                    joined(&stderr)
                )
            }
        };
        // A full pipe would stop a peer that goes on writing.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            script: script.to_owned(),
            address,
            stderr,
            _process: process,
        }
    }

    /// Where it listens: `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The last lines it wrote to its error output, for messages of failing tests.
    pub fn stderr(&self) -> String {
        joined(&self.stderr)
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer")
            .field("script", &self.script)
            .field("address", &self.address)
            .field("stderr", &self.stderr())
            .finish()
    }
}

/// The address in the ready line; `None` if the output ends without one.
async fn ready_address(lines: &mut Lines<BufReader<ChildStdout>>) -> Option<String> {
    while let Ok(Some(line)) = lines.next_line().await {
        if let Ok(ReadyLine { ready }) = serde_json::from_str(&line) {
            return Some(ready);
        }
    }
    None
}

/// Collects the last lines of `output` in `kept` until it ends.
fn keep_lines(output: ChildStderr, kept: KeptLines) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut kept = kept.lock();
            if kept.len() == STDERR_LINES {
                kept.pop_front();
            }
            kept.push_back(line);
        }
    })
}

fn joined(lines: &KeptLines) -> String {
    let lines = lines.lock();
    lines
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}
