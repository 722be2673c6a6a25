//! A Redis server that a test starts, and does things to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A real Redis server of a test's own: on a free port of the loopback interface, with a folder of its own, ended and
/// cleared away when it is dropped.
///
/// It needs the program `redis-server` (Debian: `apt-get install redis-server`; no service has to run), and fails the test
/// where there is none. `X402_TEST_REDIS_SERVER` names another program, such as `valkey-server`.
///
/// ```no_run
/// use x402_tower::store::{RedisOptions, RedisStore};
/// use x402_tower::testing::RedisServer;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let mut server = RedisServer::start();
/// let store = RedisStore::connect(&server.url(), RedisOptions::new("a test")).await.unwrap();
/// server.restart();
/// # });
/// ```
#[derive(Debug)]
pub struct RedisServer {
    child: Child,
    port: u16,
    folder: PathBuf,
    settings: Vec<String>,
}

/// Tries for a free port: another program may take one in between.
const TRIES: usize = 8;

#[allow(clippy::panic)] // a test without its server has to fail
impl RedisServer {
    /// Starts a server that forgets everything when it is stopped.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&["--appendonly", "no"])
    }

    /// Starts a server that has on disk what it answers for.
    #[must_use]
    pub fn start_durable() -> Self {
        Self::start_with(&["--appendonly", "yes", "--appendfsync", "always"])
    }

    /// Starts a server with settings as on its command line. `%folder` in them stands for its folder.
    ///
    /// # Panics
    ///
    /// Where there is no `redis-server`, or it does not start.
    #[must_use]
    pub fn start_with(settings: &[&str]) -> Self {
        Self::start_in(&new_folder(), settings)
    }

    /// Starts a server in a folder that holds what it needs, such as its certificate. The folder goes with the server.
    ///
    /// # Panics
    ///
    /// Where there is no `redis-server`, or it does not start.
    #[must_use]
    pub fn start_in(folder: &Path, settings: &[&str]) -> Self {
        let shown = folder.display().to_string();
        let settings: Vec<String> = settings
            .iter()
            .map(|setting| setting.replace("%folder", &shown))
            .collect();
        for _ in 0..TRIES {
            let port = free_port();
            if let Some(child) = run(port, folder, &settings) {
                return Self {
                    child,
                    port,
                    folder: folder.to_path_buf(),
                    settings,
                };
            }
        }
        panic!("redis-server did not start: {}", log_of(folder))
    }

    /// Its address for a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Kills it (`SIGKILL`) where it stands.
    ///
    /// # Panics
    ///
    /// Where that is not possible.
    pub fn kill(&mut self) {
        let killed = self.child.kill().and_then(|()| self.child.wait());
        if let Err(error) = killed {
            panic!("redis-server cannot be killed: {error}")
        }
    }

    /// Kills it and starts it again, on the same port and with the same folder.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    pub fn restart(&mut self) {
        self.kill();
        self.start_again();
    }

    /// Starts it again after it was [killed](Self::kill).
    ///
    /// # Panics
    ///
    /// Where it does not start.
    pub fn start_again(&mut self) {
        for _ in 0..TRIES {
            if let Some(child) = run(self.port, &self.folder, &self.settings) {
                self.child = child;
                return;
            }
        }
        panic!("redis-server did not start: {}", log_of(&self.folder))
    }

    /// Starts it again after it was [killed](Self::kill), with further settings.
    ///
    /// # Panics
    ///
    /// Where it does not start.
    pub fn start_again_with(&mut self, settings: &[&str]) {
        let settings = settings.iter().map(|setting| (*setting).to_owned());
        self.settings.extend(settings);
        self.start_again();
    }

    /// Stops it (`SIGSTOP`): it takes connections and bytes, and does nothing with them.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on (`SIGCONT`) with all that came in meanwhile.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "kill {signal} failed; it needs the program kill (Debian: procps)"
        );
    }

    /// Asks it something on a connection without TLS, and answers what it says as text: a line each, errors too.
    ///
    /// # Panics
    ///
    /// Where it does not answer.
    pub fn ask(&self, command: &[&str]) -> String {
        match ask(self.port, command) {
            Ok(answer) => answer,
            Err(error) => panic!("redis-server did not answer: {error}"),
        }
    }

    /// Makes it forget every script that it knows.
    pub fn flush_scripts(&self) {
        self.ask(&["SCRIPT", "FLUSH"]);
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // What cannot be ended or cleared away is left to the system.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[allow(clippy::panic)]
fn new_folder() -> PathBuf {
    let mut random = [0; 8];
    let named = getrandom::fill(&mut random).is_ok();
    let name = format!("x402-redis-{}", const_hex::encode(random));
    let folder = std::env::temp_dir().join(name);
    let made = std::fs::create_dir(&folder);
    assert!(named && made.is_ok(), "no folder for redis-server");
    folder
}

#[allow(clippy::panic)]
fn free_port() -> u16 {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    match bound.and_then(|listener| listener.local_addr()) {
        Ok(address) => address.port(),
        Err(error) => panic!("no free port: {error}"),
    }
}

/// Runs a server and waits until it answers; `None` where it ended, as when somebody took its port.
#[allow(clippy::panic)]
fn run(port: u16, folder: &Path, settings: &[String]) -> Option<Child> {
    let program = std::env::var_os("X402_TEST_REDIS_SERVER");
    let program = program.unwrap_or_else(|| "redis-server".into());
    let port_text = port.to_string();
    // A test may listen with TLS on the port in place of this.
    let plain = if settings.iter().any(|setting| setting == "--tls-port") {
        "0"
    } else {
        &port_text
    };
    let mut command = Command::new(&program);
    command
        .args(["--bind", "127.0.0.1", "--port", plain, "--save", ""])
        .args(
            settings
                .iter()
                .map(|setting| setting.replace("%port", &port_text)),
        )
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => panic!(
            "{} cannot be run ({error}); get it with: apt-get install redis-server",
            program.display()
        ),
    };
    let mut said = BufReader::new(child.stdout.take()?);
    let mut log = String::new();
    // It says so once it listens and has read its data.
    while said.read_line(&mut log).is_ok_and(|read| read > 0) {
        if log.contains("Ready to accept connections") {
            // Nobody reads on, but a full pipe would stop it.
            std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
            return Some(child);
        }
    }
    let _ = child.wait();
    let _ = std::fs::write(folder.join("log"), log);
    None
}

fn log_of(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}

fn ask(port: u16, command: &[&str]) -> std::io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut request = format!("*{}\r\n", command.len());
    for part in command {
        request.push_str(&format!("${}\r\n{part}\r\n", part.len()));
    }
    // The server closes after this, so that the answer ends.
    request.push_str("*1\r\n$4\r\nQUIT\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let answer = answer.strip_suffix("+OK\r\n").unwrap_or(&answer);
    let lines = answer.lines().filter(|line| !line.starts_with(['*', '$']));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}
