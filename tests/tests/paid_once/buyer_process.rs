//! A buyer in a process of its own, which can be killed.

use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};
use tokio::process::Command;
use tokio::sync::Notify;
use x402_tower::failpoints::{self, Failpoint};

use crate::buyer::{Books, Buyer, Setup};

const ORDERS: &str = "X402_TEST_BUYER_ORDERS";

/// What a buyer prints before each thing that it says.
const SAYS: &str = "buyer says ";

/// What a process is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Orders {
    pub(crate) setup: Setup,
    pub(crate) steps: Vec<Ask>,
    /// Whether it does all steps at once.
    pub(crate) at_once: bool,
    /// The point at which it dies, when it passes it for the so-manieth time.
    pub(crate) dies: Option<(String, u32)>,
}

/// One request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ask {
    /// So long after the beginning.
    pub(crate) secs: u64,
    pub(crate) url: String,
    /// Its `Idempotency-Key`.
    pub(crate) key: Option<String>,
}

impl Ask {
    pub(crate) fn now(url: String) -> Self {
        Self::at(0, url)
    }

    pub(crate) fn at(secs: u64, url: String) -> Self {
        let key = None;
        Self { secs, url, key }
    }

    pub(crate) fn named(mut self, key: Option<&str>) -> Self {
        self.key = key.map(str::to_owned);
        self
    }
}

#[derive(Debug, Serialize, Deserialize)]
enum Said {
    /// What the books say before the first step, and after the last.
    Books(Books),
    /// How a step ended.
    Told(usize, String),
}

fn say(said: &Said) {
    println!("\n{SAYS}{}", serde_json::to_string(said).unwrap());
}

#[tokio::test]
#[ignore = "not a test but the process that the others start"]
async fn buyer_process() {
    let orders = std::env::var(ORDERS).unwrap();
    let orders: Orders = serde_json::from_str(&orders).unwrap();
    if let Some((point, pass)) = orders.dies {
        let point = Failpoint::named(&point).unwrap();
        die_at(point, pass);
    }
    let buyer = Buyer::open(&orders.setup).await;
    if let Ok(books) = buyer.books().await {
        say(&Said::Books(books));
    }
    let steps = orders.steps.iter().enumerate().map(async |(index, ask)| {
        buyer.move_to(ask.secs);
        let told = buyer.get(&ask.url, ask.key.as_deref()).await;
        say(&Said::Told(index, told));
    });
    if orders.at_once {
        futures_util::future::join_all(steps).await;
    } else {
        for step in steps {
            step.await;
        }
    }
    if let Ok(books) = buyer.books().await {
        say(&Said::Books(books));
    }
}

/// Has this process killed where it stands (`SIGKILL`), so that nothing is tidied up.
fn die_at(point: Failpoint, pass: u32) {
    let passed = AtomicU32::new(0);
    let watching = failpoints::watch(move |here| {
        if here == point && passed.fetch_add(1, Ordering::SeqCst) + 1 == pass {
            kill_process(getpid(), Signal::KILL).unwrap();
            loop {
                std::thread::park();
            }
        }
    });
    assert!(watching);
}

/// What a process did.
#[derive(Debug)]
pub(crate) struct Ran {
    status: ExitStatus,
    pub(crate) told: Vec<String>,
    /// Before the first step.
    pub(crate) before: Books,
    /// After the last.
    pub(crate) after: Books,
}

impl Ran {
    pub(crate) fn was_killed(&self) -> bool {
        use std::os::unix::process::ExitStatusExt;
        self.status.signal() == Some(9)
    }

    pub(crate) fn ended(self) -> Self {
        assert!(self.status.success(), "{self:?}");
        self
    }
}

impl Orders {
    pub(crate) fn new(setup: &Setup, steps: Vec<Ask>) -> Self {
        Self {
            setup: setup.clone(),
            steps,
            at_once: false,
            dies: None,
        }
    }

    pub(crate) fn at_once(mut self) -> Self {
        self.at_once = true;
        self
    }

    /// Runs a process to its end.
    pub(crate) async fn run(&self) -> Ran {
        self.run_until(&Notify::new()).await
    }

    /// Runs a process that kills itself at `point`.
    pub(crate) async fn killed_at(mut self, point: Failpoint, pass: u32) -> Ran {
        self.dies = Some((point.as_str().to_owned(), pass));
        let ran = self.run().await;
        assert!(ran.was_killed(), "{point} was not reached: {ran:?}");
        ran
    }

    /// Runs a process that is killed once something else has happened.
    pub(crate) async fn killed_when(&self, happened: &Notify) -> Ran {
        let ran = self.run_until(happened).await;
        assert!(ran.was_killed(), "{ran:?}");
        ran
    }

    async fn run_until(&self, killer: &Notify) -> Ran {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args([
                "--ignored",
                "--exact",
                "buyer_process::buyer_process",
                "--nocapture",
            ])
            .env(ORDERS, serde_json::to_string(self).unwrap())
            .env_remove("X402_FINGERPRINT_KEY")
            .env_remove("X402_SEALING_KEY")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let child = command.spawn().unwrap();
        let id = i32::try_from(child.id().unwrap()).unwrap();
        let kill = async {
            killer.notified().await;
            let id = rustix::process::Pid::from_raw(id).unwrap();
            kill_process(id, Signal::KILL).unwrap();
            std::future::pending::<()>().await;
        };
        let output = tokio::select! {
            output = child.wait_with_output() => output.unwrap(),
            () = kill => unreachable!("it never ends"),
            () = tokio::time::sleep(Duration::from_secs(240)) => panic!("a buyer does not end"),
        };
        let said = String::from_utf8(output.stdout).unwrap();
        let mut books = Vec::new();
        let mut told = Vec::new();
        for line in said.lines().filter_map(|line| line.strip_prefix(SAYS)) {
            match serde_json::from_str(line).unwrap() {
                Said::Books(said) => books.push(said),
                Said::Told(index, answer) => told.push((index, answer)),
            }
        }
        told.sort();
        Ran {
            status: output.status,
            told: told.into_iter().map(|(_, answer)| answer).collect(),
            before: books.first().cloned().unwrap_or_default(),
            after: books.last().cloned().unwrap_or_default(),
        }
    }
}
