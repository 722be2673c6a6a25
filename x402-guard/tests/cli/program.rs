//! The program, run in a home of its own.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

/// A private key that everybody knows: the first of the test chains.
pub const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
pub const PAYER: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

#[derive(Clone)]
pub struct Home(Arc<TempDir>);

impl Home {
    pub fn new() -> Self {
        Self(Arc::new(tempfile::tempdir().unwrap()))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where the program keeps its state unless told otherwise.
    pub fn state(&self) -> PathBuf {
        self.path().join(".local/state/x402-guard")
    }

    pub fn audit_log(&self) -> PathBuf {
        self.state().join("audit.jsonl")
    }

    /// Writes a file into the home.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The program with nothing in its environment but a home.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_x402-guard"));
        command.env_clear().env("HOME", self.path());
        command
    }

    /// Fetches, with a key to pay with.
    pub fn fetch<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ended {
        let mut command = self.command();
        command.env("X402_PRIVATE_KEY", KEY).arg("fetch").args(args);
        Ended::of(command)
    }

    /// Fetches, with `input` on standard input.
    pub fn fetch_with_input(&self, args: &[&str], input: &[u8]) -> Ended {
        let mut command = self.command();
        command.env("X402_PRIVATE_KEY", KEY).arg("fetch").args(args);
        Ended::with_input(command, input)
    }

    /// Screens what is on standard input.
    pub fn screen<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: impl AsRef<[u8]>,
    ) -> Ended {
        let mut command = self.command();
        command.arg("screen").args(args);
        Ended::with_input(command, input.as_ref())
    }

    /// Measures against a corpus.
    pub fn eval<S: AsRef<OsStr>>(&self, corpus: &Path, args: impl IntoIterator<Item = S>) -> Ended {
        let mut command = self.command();
        command.args(["eval", "pii", "--corpus"]).arg(corpus);
        command.args(args);
        Ended::of(command)
    }

    /// Works with the ledger.
    pub fn ledger<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ended {
        let mut command = self.command();
        command.arg("ledger").args(args);
        Ended::of(command)
    }

    /// Checks an audit log.
    pub fn verify<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ended {
        let mut command = self.command();
        command.args(["audit", "verify"]).args(args);
        Ended::of(command)
    }
}

pub struct Ended(Output);

impl Ended {
    pub fn of(mut command: Command) -> Self {
        Self(command.output().unwrap())
    }

    /// Of a program that reads `input` while it writes.
    pub fn with_input(mut command: Command, input: &[u8]) -> Self {
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let ended = thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(input).unwrap());
            child.wait_with_output()
        });
        Self(ended.unwrap())
    }

    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap()
    }

    pub fn stdout(&self) -> &[u8] {
        &self.0.stdout
    }

    pub fn out(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).unwrap()
    }

    pub fn err(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).unwrap()
    }

    /// The objects, one a line.
    pub fn json_lines(&self) -> Vec<Value> {
        let lines = self.out().lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The one object that `--json` prints.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.0.stdout).unwrap()
    }
}
