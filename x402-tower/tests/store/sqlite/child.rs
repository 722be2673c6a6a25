//! A process of its own at a ledger: this very program again, with one test.

use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use x402_tower::store::{
    Claim, ClaimKey, Claims, Ledger, Reservation, Reserved, SqliteStore, StoreError,
};

use super::{START, at, day_limit, id, reserve_a_cent, usd};

const LEDGER: &str = "X402_TEST_LEDGER";
const TASK: &str = "X402_TEST_TASK";
const NUMBER: &str = "X402_TEST_NUMBER";
const NAME: &str = "sqlite::child::child_process";

/// What a child prints before each thing that it did.
const DID: &str = "did ";

/// What a child does at the ledger.
#[derive(Clone, Copy)]
pub(super) enum Task {
    /// Tries to set a cent aside, once it reads a line.
    Reserve,
    /// Tries to claim one key, once it reads a line.
    Claim,
    /// Sends payment after payment, under no limit, and tells the number of each one that may leave.
    SendForever,
    /// Sends payments until the store refuses one, and tells the code of that.
    SendUntilRefused,
}

impl Task {
    const ALL: [Self; 4] = [
        Self::Reserve,
        Self::Claim,
        Self::SendForever,
        Self::SendUntilRefused,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Reserve => "reserve",
            Self::Claim => "claim",
            Self::SendForever => "send",
            Self::SendUntilRefused => "send-until-refused",
        }
    }
}

fn say(what: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{DID}{what}").unwrap();
    out.flush().unwrap();
}

fn wait_for_a_line() {
    say("open");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[tokio::test]
#[ignore = "not a test but the process that the others start"]
async fn child_process() {
    let store = super::open(std::env::var_os(LEDGER).unwrap().as_ref());
    let number: u64 = std::env::var(NUMBER).unwrap().parse().unwrap();
    let name = std::env::var(TASK).unwrap();
    let task = Task::ALL.into_iter().find(|task| task.name() == name);
    match task.unwrap() {
        Task::Reserve => {
            wait_for_a_line();
            let granted = reserve_a_cent(&store, number, START).await == Ok(Reserved::Granted);
            say(granted);
        }
        Task::Claim => {
            wait_for_a_line();
            let claimed = store
                .claim(
                    ClaimKey::from_bytes([1; 32]),
                    id(number),
                    b"",
                    at(START),
                    at(START + 1),
                )
                .await;
            say(claimed == Ok(Claim::Taken));
        }
        Task::SendForever => {
            for n in number.. {
                send(&store, n).await.unwrap();
                say(n);
            }
        }
        Task::SendUntilRefused => {
            for n in number.. {
                if let Err(error) = send(&store, n).await {
                    say(error.code());
                    break;
                }
            }
        }
    }
}

async fn send(store: &SqliteStore, n: u64) -> Result<(), StoreError> {
    let limits = [day_limit(1, "1000000")];
    let wish = Reservation::new(id(n), usd("0.01"), &limits, at(START), at(START + 60_000));
    assert_eq!(store.reserve(&wish).await?, Reserved::Granted);
    store.mark_sent(id(n), None).await
}

/// A child that runs.
pub(super) struct Process {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub(super) fn start(ledger: &Path, task: Task, number: u64) -> Self {
        Self::run(
            Command::new(std::env::current_exe().unwrap()),
            ledger,
            task,
            number,
        )
    }

    /// In a shell that first does `setup`.
    pub(super) fn start_after(setup: &str, ledger: &Path, task: Task, number: u64) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{setup} && exec \"$0\" \"$@\"")]);
        command.arg(std::env::current_exe().unwrap());
        Self::run(command, ledger, task, number)
    }

    fn run(mut command: Command, ledger: &Path, task: Task, number: u64) -> Self {
        command.args(["--ignored", "--exact", NAME, "--nocapture"]);
        command.env(LEDGER, ledger).env(TASK, task.name());
        command.env(NUMBER, number.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said }
    }

    /// What it did next; `None` when it is gone.
    pub(super) fn next(&mut self) -> Option<String> {
        self.said
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix(DID).map(str::to_owned))
    }

    /// Lets one that waits go on.
    pub(super) fn go(&mut self) {
        self.child.stdin.take().unwrap().write_all(b"\n").unwrap();
    }

    /// Kills it where it stands (`SIGKILL`); what it still got out.
    pub(super) fn kill(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::iter::from_fn(|| self.next()).collect()
    }

    pub(super) fn finish(mut self) {
        assert!(self.child.wait().unwrap().success());
    }
}
