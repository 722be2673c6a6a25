//! Attack 84, reload storms: however often a policy is loaded, each decision is that of one.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use parking_lot::Mutex;
use proptest::prelude::*;
use x402_tower::policy::{PolicyConfig, Rules};
use x402_tower::{
    Control, ControlKind, Denial, Exchange, GuardConfig, Outcome, Payment, PaymentRecord, Step,
};

use crate::ground::{buy, ending};

fn url(n: usize) -> String {
    format!("https://api.example.com/report/{n}")
}

/// Runs a purchase on this thread.
fn at_once<T>(purchase: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.unwrap().block_on(purchase)
}

/// What one policy stands for: its agent and whether it lets two cents pass.
type Meaning = (&'static str, bool);

/// Notes whatever of two policies it sees in one payment or refusal.
#[derive(Clone)]
struct Witness {
    meanings: Arc<HashMap<String, Meaning>>,
    mixed: Arc<Mutex<Vec<String>>>,
    refusals: Arc<AtomicUsize>,
}

impl Witness {
    fn look(&self, at: &str, exchange: &Exchange, revision: Option<&str>, allowed: bool) {
        let agent = exchange.agent().as_str();
        let meaning = revision.and_then(|revision| self.meanings.get(revision));
        if meaning != Some(&(agent_of(agent), allowed)) || exchange.policy_revision() != revision {
            self.mixed.lock().push(format!(
                "{at}: agent {agent}, allowed {allowed}, revision {revision:?}, exchange {:?}",
                exchange.policy_revision()
            ));
        }
    }
}

fn agent_of(name: &str) -> &'static str {
    match name {
        "tight" => "tight",
        "loose" => "loose",
        _ => "neither",
    }
}

impl Control for Witness {
    fn kind(&self) -> ControlKind {
        ControlKind::Custom("witness")
    }

    fn check<'a>(&'a self, payment: &'a mut Payment) -> Step<'a, Result<(), Denial>> {
        self.look("check", payment.exchange(), payment.policy_revision(), true);
        Step::ready(Ok(()))
    }

    fn finish<'a>(&'a self, payment: &'a Payment, _outcome: &'a Outcome) -> Step<'a, ()> {
        self.look(
            "finish",
            payment.exchange(),
            payment.policy_revision(),
            true,
        );
        Step::ready(())
    }

    fn refused<'a>(&'a self, exchange: &'a Exchange, _denial: &'a Denial) -> Step<'a, ()> {
        self.refusals.fetch_add(1, Ordering::Relaxed);
        self.look("refused", exchange, exchange.policy_revision(), false);
        Step::ready(())
    }
}

#[test]
fn attack_084_a_storm_of_reloads_never_mixes_two_policies() {
    let policy = |agent: &str, most: &str| {
        let text = format!("max_per_call_usd = {most}\nagent_id = \"{agent}\"");
        PolicyConfig::from_toml(&text, "policy.toml").unwrap()
    };
    let (tight, loose) = (policy("tight", "0.01"), policy("loose", "0.02"));
    let revision = |policy| Rules::compile(policy).unwrap().revision().to_owned();
    let witness = Witness {
        meanings: Arc::new(HashMap::from([
            (revision(&tight), ("tight", false)),
            (revision(&loose), ("loose", true)),
        ])),
        mixed: Arc::default(),
        refusals: Arc::default(),
    };
    let config = GuardConfig::buyer()
        .policy(tight.clone())
        .control(witness.clone())
        .build()
        .unwrap();
    let (done, paid) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        let buyers: Vec<_> = (0..3)
            .map(|buyer| {
                let (config, paid) = (&config, &paid);
                scope.spawn(move || {
                    for n in 0..400 {
                        let answer = at_once(buy(config, &url(buyer * 1_000 + n), 20_000));
                        match ending(&answer) {
                            "settled" => {
                                let record = answer.extensions().get::<PaymentRecord>();
                                assert!(record.unwrap().policy_revision().is_some());
                                paid.fetch_add(1, Ordering::Relaxed);
                            }
                            other => assert_eq!(other, "policy.per_call"),
                        }
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            let reloader = config.reloader();
            while !done.load(Ordering::Relaxed) {
                for policy in [&loose, &tight] {
                    reloader.replace(policy).unwrap();
                    thread::yield_now();
                }
            }
        });
        let bought: Vec<_> = buyers.into_iter().map(|buyer| buyer.join()).collect();
        done.store(true, Ordering::Relaxed);
        assert!(bought.iter().all(Result::is_ok));
    });
    assert_eq!(*witness.mixed.lock(), [""; 0]);
    let refusals = witness.refusals.load(Ordering::Relaxed);
    assert_eq!(paid.load(Ordering::Relaxed) + refusals, 1_200);
}

/// What may happen to a guard that runs.
#[derive(Debug, Clone)]
enum Event {
    /// A policy with this most, in cents, that is valid or not.
    Load { cents: u64, valid: bool },
    /// A payment of so many cents.
    Pay { cents: u64 },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (1..6_u64, any::<bool>()).prop_map(|(cents, valid)| Event::Load { cents, valid }),
        (1..6_u64).prop_map(|cents| Event::Pay { cents }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Against a model: the last valid policy decides, and the day's sum counts what every policy let pass.
    #[test]
    fn the_last_valid_policy_decides_and_nothing_spent_is_forgotten(
        events in prop::collection::vec(event(), 1..40),
    ) {
        const DAY: u64 = 20;
        let text = |cents: u64, valid: bool| {
            let sign = if valid { "" } else { "-" };
            format!("max_per_call_usd = 0.0{cents}\ndaily_limit_usd = {sign}0.{DAY:02}")
        };
        let ground = crate::ground::Ground::new(&text(3, true));
        let (mut most, mut left) = (3, DAY);
        for (n, event) in events.into_iter().enumerate() {
            match event {
                Event::Load { cents, valid } => {
                    ground.write(&text(cents, valid));
                    let loaded = ground.config.reloader().reload();
                    prop_assert_eq!(loaded.is_ok(), valid, "{:?}", loaded);
                    if valid {
                        most = cents;
                    }
                }
                Event::Pay { cents } => {
                    let answer = at_once(ground.buy(&url(n), cents * 10_000));
                    let expected = if cents > most {
                        "policy.per_call"
                    } else if cents > left {
                        "policy.window"
                    } else {
                        left -= cents;
                        "settled"
                    };
                    prop_assert_eq!(ending(&answer), expected);
                }
            }
        }
    }
}
