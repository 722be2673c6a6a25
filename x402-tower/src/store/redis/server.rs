//! What a server says of itself, and what is demanded of it.

use redis::aio::MultiplexedConnection;

use super::{RedisConnectError, RedisOptions};

/// First version whose `SET` takes `NX` and `GET` together, and whose scripts are replicated by their effects alone.
const OLDEST: u32 = 7;

/// What `INFO` says.
pub(super) struct Server {
    info: String,
}

impl Server {
    pub(super) async fn ask(
        connection: &mut MultiplexedConnection,
    ) -> Result<Self, RedisConnectError> {
        let info = redis::cmd("INFO").query_async(connection).await;
        let info = info.map_err(|error| refused(&error, "INFO"))?;
        Ok(Self { info })
    }

    /// Whether money may be trusted to it (attack 80).
    pub(super) async fn check(
        &self,
        connection: &mut MultiplexedConnection,
        options: &RedisOptions,
    ) -> Result<(), RedisConnectError> {
        self.version()?;
        if self.told("role")? != "master" {
            return Err(RedisConnectError::Replica);
        }
        let policy = self.told("maxmemory_policy")?;
        if policy != "noeviction" {
            if !options.evicting_allowed {
                let policy = policy.to_owned();
                return Err(RedisConnectError::Evicts { policy });
            }
            tracing::warn!("the Redis server may evict what was spent; that was allowed");
        }
        let appends = self.told("aof_enabled")? == "1";
        if options.persistence_required {
            if !appends || sync_policy(connection).await? != "always" {
                return Err(RedisConnectError::NotPersistent);
            }
        } else if !appends {
            tracing::warn!(
                "the Redis server appends to no file; what was spent may be forgotten when it crashes"
            );
        }
        Ok(())
    }

    pub(super) fn is_in_cluster(&self) -> bool {
        self.told("cluster_enabled").is_ok_and(|told| told == "1")
    }

    fn version(&self) -> Result<(), RedisConnectError> {
        let version = self.told("redis_version")?;
        let major = version.split('.').next().and_then(|text| text.parse().ok());
        match major {
            Some(major) if OLDEST <= major => Ok(()),
            _ => Err(RedisConnectError::Outdated {
                version: version.chars().take(32).collect(),
            }),
        }
    }

    fn told(&self, name: &str) -> Result<&str, RedisConnectError> {
        self.info
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .ok_or(RedisConnectError::Unexamined { asked: "INFO" })
    }
}

async fn sync_policy(connection: &mut MultiplexedConnection) -> Result<String, RedisConnectError> {
    let asked = "CONFIG GET appendfsync";
    let mut command = redis::cmd("CONFIG");
    let answer = command.arg("GET").arg("appendfsync");
    let answer: Vec<String> = answer
        .query_async(connection)
        .await
        .map_err(|error| refused(&error, asked))?;
    let value = answer.into_iter().nth(1);
    value.ok_or(RedisConnectError::Unexamined { asked })
}

/// What a failed question means: nobody there, or nobody who answers this.
fn refused(error: &redis::RedisError, asked: &'static str) -> RedisConnectError {
    match error.code() {
        Some("NOAUTH" | "WRONGPASS") => RedisConnectError::Login,
        Some("LOADING" | "MASTERDOWN") | None => RedisConnectError::Unreachable,
        Some(_) => RedisConnectError::Unexamined { asked },
    }
}
