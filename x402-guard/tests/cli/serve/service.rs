//! A running service, and plain HTTP to ask it with: every byte of a request is the test's own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::program::{Ended, Home, KEY};

pub const TOKEN: &str = "token-of-the-researcher";
pub const SCREENED: &str = "token-of-one-who-signs";
pub const ADMIN: &str = "token-of-the-operators";

/// Nothing that a test waits for takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Two agents, and this machine as the Internet.
pub const GUARD: &str = r#"
admin_token_env = "ADMIN_TOKEN"

[[agents]]
id = "researcher"
token_env = "RESEARCHER_TOKEN"

[[agents]]
id = "wallet"
token_env = "WALLET_TOKEN"
mode = "screen"

[egress]
allow = ["127.0.0.1"]
"#;

pub struct Service {
    child: Child,
    pub guard: SocketAddr,
    pub admin: SocketAddr,
    pub seller: Option<SocketAddr>,
    lines: Receiver<Value>,
    /// Its state is there for as long as it runs.
    _home: Home,
}

impl Service {
    /// Starts with `policy` and [`GUARD`].
    pub fn start(home: &Home, policy: &str) -> Self {
        Self::start_with(home, policy, GUARD, |_| {})
    }

    pub fn start_with(
        home: &Home,
        policy: &str,
        guard: &str,
        adjust: impl FnOnce(&mut Command),
    ) -> Self {
        let mut command = Self::command(home, policy, guard);
        adjust(&mut command);
        Self::spawn(home, command)
    }

    /// What a service says that refuses to start on what another one has left.
    pub fn does_not_start(home: &Home) -> String {
        let command = Self::command(home, "max_per_call_usd = 0.10\n", GUARD);
        let ended = Ended::of(command);
        assert_eq!(ended.code(), 1, "{}", ended.err());
        ended.err().to_owned()
    }

    fn command(home: &Home, policy: &str, guard: &str) -> Command {
        home.write("policy.toml", policy);
        home.write("guard.toml", guard);
        let mut command = home.command();
        command
            .current_dir(home.path())
            .env("X402_PRIVATE_KEY", KEY)
            .env("RESEARCHER_TOKEN", TOKEN)
            .env("WALLET_TOKEN", SCREENED)
            .env("ADMIN_TOKEN", ADMIN)
            .args(["serve", "--config", "guard.toml", "--policy", "policy.toml"])
            .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .args(["--log-format", "json"]);
        command
    }

    pub fn spawn(home: &Home, mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (tell, lines) = channel();
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                let _nobody_listens = tell.send(line);
            }
        });
        let mut seller = None;
        let mut said = Vec::new();
        loop {
            let Ok(line) = lines.recv_timeout(PATIENCE) else {
                panic!("the service did not start: {said:?}");
            };
            let fields = &line["fields"];
            match fields["message"].as_str() {
                Some("the seller's gateway listens") => seller = Some(address(&fields["address"])),
                Some("x402-guard serves") => {
                    return Self {
                        child,
                        guard: address(&fields["listen"]),
                        admin: address(&fields["admin"]),
                        seller,
                        lines,
                        _home: home.clone(),
                    };
                }
                _ => said.push(line),
            }
        }
    }

    /// Waits for a line of the log with this message.
    pub fn wait_for(&self, message: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap();
            if line["fields"]["message"] == message {
                return line;
            }
        }
    }

    /// Asks for a URL through the path of the gateway.
    pub fn buy(&self, url: &str) -> Answer {
        self.buy_as(TOKEN, url)
    }

    pub fn buy_as(&self, token: &str, url: &str) -> Answer {
        let rest = url.strip_prefix("http://").unwrap();
        let head = format!("X-X402-Agent-Token: {token}\r\n");
        ask(self.guard, "GET", &format!("/http/{rest}"), &head, "")
    }

    /// Asks the decision API.
    pub fn api(&self, method: &str, path: &str, body: &str) -> Answer {
        let head = format!("Authorization: Bearer {TOKEN}\r\n");
        ask(self.guard, method, path, &head, body)
    }

    /// Asks the operators' pages, with their token.
    pub fn operate(&self, method: &str, path: &str) -> Answer {
        let head = format!("Authorization: Bearer {ADMIN}\r\n");
        ask(self.admin, method, path, &head, "")
    }

    /// What is left of the daily limit.
    pub fn left(&self) -> String {
        let budget = self.api("GET", "/v1/budget", "").json();
        budget["limits"][0]["left"].as_str().unwrap().to_owned()
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// What it says to whoever started it.
    pub fn take_stdout(&mut self) -> std::process::ChildStdout {
        self.child.stdout.take().unwrap()
    }

    /// Every line of the log that is left, once it has ended.
    pub fn rest_of_log(&self) -> Vec<Value> {
        std::iter::from_fn(|| self.lines.recv_timeout(PATIENCE).ok()).collect()
    }

    /// Ends it as a crash does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended = self.child.wait();
    }
}

fn address(value: &Value) -> SocketAddr {
    value.as_str().unwrap().parse().unwrap()
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: {:?}", self.head, String::from_utf8_lossy(&self.body)))
    }

    /// The stable code of a refusal.
    pub fn code(&self) -> String {
        let json = self.json();
        json["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// One request on a connection of its own.
pub fn ask(at: SocketAddr, method: &str, target: &str, head: &str, body: &str) -> Answer {
    let length = if body.is_empty() && method == "GET" {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    send(
        at,
        &format!(
            "{method} {target} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n{length}{head}\r\n{body}"
        ),
    )
}

/// Bytes as they are.
pub fn send(at: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    receive(&mut stream)
}

/// What comes back until the connection closes.
pub fn receive(stream: &mut TcpStream) -> Answer {
    let mut whole = Vec::new();
    stream.read_to_end(&mut whole).unwrap();
    let end = whole.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(&whole)));
    let head = String::from_utf8(whole[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = whole.split_off(end + 4);
    let chunked = head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked");
    Answer {
        status,
        head,
        body: if chunked { unchunked(&body) } else { body },
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&body[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 2 + size + 2..];
    }
    whole
}
