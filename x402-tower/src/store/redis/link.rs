//! The connection to the server, and one step over it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::RwLock;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, ErrorKind, RedisError, ServerErrorKind, Value};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::address;
use super::script::Step;
use super::server::Server;
use super::{RedisConnectError, RedisOptions};
use crate::store::StoreError;

/// Steps that may wait in line for the connection.
const WAITING: usize = 1024;

/// One connection that all steps share. It is made anew when it is lost, and no server is asked for anything before
/// it was [checked](Server::check): the new one may be another than the old.
pub(super) struct Link {
    client: Client,
    options: RedisOptions,
    current: RwLock<Option<Numbered>>,
    /// Held while somebody connects, so that nobody else does too.
    connecting: Mutex<()>,
    made: AtomicU64,
    cluster: AtomicBool,
}

#[derive(Clone)]
struct Numbered {
    connection: MultiplexedConnection,
    number: u64,
}

/// Why a step was not answered.
enum Failure {
    /// The connection broke: nobody knows whether the step was done.
    Lost,
    /// The server refused, and did nothing. Whether another connection might lead to a better server.
    Refused { error: StoreError, elsewhere: bool },
}

impl Link {
    pub(super) async fn open(
        address: &str,
        options: RedisOptions,
    ) -> Result<Self, RedisConnectError> {
        let link = Self {
            client: address::client(address, &options)?,
            options,
            current: RwLock::new(None),
            connecting: Mutex::new(()),
            made: AtomicU64::new(0),
            cluster: AtomicBool::new(false),
        };
        timeout(link.options.deadline, link.connected())
            .await
            .unwrap_or(Err(RedisConnectError::Unreachable))?;
        Ok(link)
    }

    /// Whether keys with different hash tags have to go apart.
    pub(super) fn leads_to_cluster(&self) -> bool {
        self.cluster.load(Ordering::Relaxed)
    }

    pub(super) fn options(&self) -> &RedisOptions {
        &self.options
    }

    /// Until when a step that begins now may take.
    pub(super) fn deadline(&self) -> Instant {
        sleep(self.options.deadline).deadline()
    }

    /// Runs a step within the deadline.
    pub(super) async fn run<K, A>(
        &self,
        step: &Step,
        keys: &[K],
        args: &[A],
    ) -> Result<Value, StoreError>
    where
        K: AsRef<[u8]> + Sync,
        A: AsRef<[u8]> + Sync,
    {
        self.run_until(self.deadline(), step, keys, args).await
    }

    /// Runs a step, or a part of one, that may take until a moment.
    pub(super) async fn run_until<K, A>(
        &self,
        until: Instant,
        step: &Step,
        keys: &[K],
        args: &[A],
    ) -> Result<Value, StoreError>
    where
        K: AsRef<[u8]> + Sync,
        A: AsRef<[u8]> + Sync,
    {
        let mut used = None;
        let answered = timeout_at(until, self.tries(step, keys, args, &mut used)).await;
        answered.unwrap_or_else(|_| {
            // Whoever sent no answer for so long may never send one.
            if let Some(number) = used {
                self.leave(number);
            }
            tracing::warn!("the Redis server did not answer in time");
            Err(StoreError::Unavailable)
        })
    }

    async fn tries<K, A>(
        &self,
        step: &Step,
        keys: &[K],
        args: &[A],
        used: &mut Option<u64>,
    ) -> Result<Value, StoreError>
    where
        K: AsRef<[u8]> + Sync,
        A: AsRef<[u8]> + Sync,
    {
        let mut again = step.repeatable;
        loop {
            let mut link = self.connected().await.map_err(|error| {
                tracing::warn!(code = error.code(), "no connection to the Redis server");
                StoreError::Unavailable
            })?;
            *used = Some(link.number);
            match self.evaluate(&mut link.connection, step, keys, args).await {
                Ok(value) => return Ok(value),
                Err(Failure::Refused { error, elsewhere }) => {
                    if elsewhere {
                        self.leave(link.number);
                    }
                    return Err(error);
                }
                Err(Failure::Lost) => {
                    self.leave(link.number);
                    if !again {
                        tracing::warn!("the connection to the Redis server was lost in a step");
                        return Err(StoreError::Unavailable);
                    }
                    again = false;
                }
            }
        }
    }

    /// Runs the script by its hash; by its text where the server does not know it, also when it was just told to
    /// forget it.
    async fn evaluate<K, A>(
        &self,
        connection: &mut MultiplexedConnection,
        step: &Step,
        keys: &[K],
        args: &[A],
    ) -> Result<Value, Failure>
    where
        K: AsRef<[u8]>,
        A: AsRef<[u8]>,
    {
        let known = command("EVALSHA", step.hash(), keys, args);
        match self.send(connection, known).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                let whole = command("EVAL", step.text(), keys, args);
                self.send(connection, whole).await
            }
            answer => answer,
        }
        .map_err(|error| failure(&error))
    }

    async fn send(
        &self,
        connection: &mut MultiplexedConnection,
        command: Cmd,
    ) -> Result<Value, RedisError> {
        let Some(replicas) = self.options.replicas else {
            return command.query_async(connection).await;
        };
        let mut pipeline = redis::pipe();
        let millis = u64::try_from(replicas.timeout.as_millis()).unwrap_or(u64::MAX);
        pipeline.add_command(command);
        pipeline
            .cmd("WAIT")
            .arg(replicas.many.get())
            .arg(millis.max(1));
        let (value, reached): (Value, u32) = pipeline.query_async(connection).await?;
        if reached < replicas.many.get() {
            tracing::warn!(reached, "too few replicas of the Redis server have a write");
            return Err((ErrorKind::Extension, "too few replicas").into());
        }
        Ok(value)
    }

    /// The connection, made and checked where there is none.
    async fn connected(&self) -> Result<Numbered, RedisConnectError> {
        if let Some(link) = self.current.read().clone() {
            return Ok(link);
        }
        let _turn = self.connecting.lock().await;
        if let Some(link) = self.current.read().clone() {
            return Ok(link);
        }
        let deadline = Some(self.options.deadline);
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(deadline)
            .set_response_timeout(deadline)
            .set_pipeline_buffer_size(WAITING);
        let connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config);
        let mut connection = connection.await.map_err(|error| unreachable(&error))?;
        let server = Server::ask(&mut connection).await?;
        server.check(&mut connection, &self.options).await?;
        self.cluster
            .store(server.is_in_cluster(), Ordering::Relaxed);
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let link = Numbered { connection, number };
        *self.current.write() = Some(link.clone());
        Ok(link)
    }

    /// Uses a connection no more; steps that wait for it go on waiting.
    fn leave(&self, number: u64) {
        let mut current = self.current.write();
        if current.as_ref().is_some_and(|link| link.number == number) {
            *current = None;
        }
    }
}

fn command<K: AsRef<[u8]>, A: AsRef<[u8]>>(
    name: &str,
    script: &str,
    keys: &[K],
    args: &[A],
) -> Cmd {
    let mut command = redis::cmd(name);
    command.arg(script).arg(keys.len());
    for key in keys {
        command.arg(key.as_ref());
    }
    for arg in args {
        command.arg(arg.as_ref());
    }
    command
}

fn unreachable(error: &RedisError) -> RedisConnectError {
    let login = error.kind() == ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("NOAUTH" | "WRONGPASS"));
    if login {
        RedisConnectError::Login
    } else {
        RedisConnectError::Unreachable
    }
}

fn failure(error: &RedisError) -> Failure {
    let Some(code) = error.code() else {
        // Not from the server: a socket, a time-out, bytes that are not Redis.
        return match error.kind() {
            ErrorKind::Extension => Failure::Refused {
                error: StoreError::Unavailable,
                elsewhere: false,
            },
            _ => Failure::Lost,
        };
    };
    tracing::warn!(code, "the Redis server refused a step");
    let (error, elsewhere) = match code {
        "OOM" => (StoreError::Full, false),
        // What a script runs into when what it reads is not what it wrote.
        "ERR" | "WRONGTYPE" => (StoreError::Unreadable, false),
        "READONLY" | "MASTERDOWN" | "LOADING" | "MOVED" | "CLUSTERDOWN" | "NOREPLICAS"
        | "UNBLOCKED" => (StoreError::Unavailable, true),
        _ => (StoreError::Unavailable, false),
    };
    Failure::Refused { error, elsewhere }
}
