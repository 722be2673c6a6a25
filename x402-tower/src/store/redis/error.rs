//! Why a server was not taken as a store.

/// Why a [`RedisStore`](super::RedisStore) was not opened. None of them holds the address, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedisConnectError {
    /// The address is none of a Redis server.
    #[error(
        "the address of the Redis server cannot be read; write redis://, rediss:// or redis+unix://, a host and a port"
    )]
    Address,
    /// A certificate cannot be used, or was given for an address without TLS.
    #[error("the root certificate cannot be used; give it as PEM, and a rediss:// address with it")]
    Certificate,
    /// Nobody answered in time, or not with Redis' protocol; or TLS could not be agreed on.
    #[error(
        "the Redis server did not answer; check that it runs, its address, and its certificate where TLS is used"
    )]
    Unreachable,
    /// The system has no random numbers to give.
    #[error("the system's random source failed; a store cannot tell its calls from others'")]
    Random,
    /// The server wants another login.
    #[error("the Redis server refused the login; check user and password in its address")]
    Login,
    /// The server does not tell about itself, so nobody knows what it promises.
    #[error(
        "the Redis server did not say how it is set up ({asked} was refused); allow the user that command"
    )]
    Unexamined {
        /// The command that was refused.
        asked: &'static str,
    },
    /// The server is older than what the store needs.
    #[error("the Redis server has version {version}; run Redis 7.0, Valkey 7.2, or anything newer")]
    Outdated {
        /// What it says its version is.
        version: String,
    },
    /// The server throws entries away when its memory is full: with them goes what was spent (attack 80).
    #[error(
        "the Redis server evicts under memory pressure (maxmemory-policy {policy}), which would forget spent money; \
         set maxmemory-policy to noeviction"
    )]
    Evicts {
        /// Its `maxmemory-policy`.
        policy: String,
    },
    /// The server is a replica, whose answers are old and which takes no writes (attack 80).
    #[error("the Redis server is a replica; connect to its primary")]
    Replica,
    /// The server may forget what it answered for when it crashes, and that was not to be.
    #[error(
        "the Redis server may lose what it answered for; set appendonly to yes and appendfsync to always"
    )]
    NotPersistent,
}

impl RedisConnectError {
    /// The stable code of this error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Address => "redis.address",
            Self::Certificate => "redis.certificate",
            Self::Unreachable => "redis.unreachable",
            Self::Random => "redis.random",
            Self::Login => "redis.login",
            Self::Unexamined { .. } => "redis.unexamined",
            Self::Outdated { .. } => "redis.outdated",
            Self::Evicts { .. } => "redis.evicts",
            Self::Replica => "redis.replica",
            Self::NotPersistent => "redis.not_persistent",
        }
    }
}
