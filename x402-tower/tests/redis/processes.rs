//! Real processes at one server.
//!
//! A test runs this very program again, with `reserving_process` as its only test, for each process.

use std::process::{Child, Command, Stdio};

use x402_tower::store::{RedisOptions, RedisStore, Reserved};
use x402_tower::testing::RedisServer;

use crate::ground::{amount, id, open, reserve, used};

const URL: &str = "X402_TEST_REDIS_URL";
const NUMBER: &str = "X402_TEST_REDIS_PROCESS";

/// What a process prints for each reservation that it got.
const GRANTED: &str = "granted a reservation";

#[tokio::test]
#[ignore = "not a test but the process that the other starts"]
async fn reserving_process() {
    let url = std::env::var(URL).unwrap();
    let number: u64 = std::env::var(NUMBER).unwrap().parse().unwrap();
    let store = RedisStore::connect(&url, RedisOptions::new("a test"))
        .await
        .unwrap();
    for n in 0..20 {
        let answer = reserve(&store, id(number * 100 + n), &[amount(50)]).await;
        if answer.unwrap() == Reserved::Granted {
            println!("\n{GRANTED}");
        }
    }
}

fn start(server: &RedisServer, number: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        "--ignored",
        "--exact",
        "processes::reserving_process",
        "--nocapture",
    ]);
    command
        .env(URL, server.url())
        .env(NUMBER, number.to_string());
    command.stdout(Stdio::piped()).spawn().unwrap()
}

#[tokio::test]
async fn attack_067_ten_processes_share_a_budget_for_five() {
    let server = RedisServer::start();
    let processes: Vec<_> = (1..=10).map(|number| start(&server, number)).collect();
    let mut granted = 0;
    for process in processes {
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success());
        let said = String::from_utf8(output.stdout).unwrap();
        granted += said.matches(GRANTED).count();
    }
    assert_eq!(granted, 5);
    assert_eq!(used(&open(&server).await).await.count, 5);
}
