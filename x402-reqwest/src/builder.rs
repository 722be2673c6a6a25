//! Building a guarded client.

use core::fmt;

use x402_tower::pay::Payer;

use crate::client::GuardedClient;
use crate::middleware::GuardMiddleware;

/// Builds a [`GuardedClient`].
#[must_use = "a builder does nothing until it is built"]
pub struct GuardedClientBuilder {
    http: Result<reqwest::Client, reqwest::Error>,
    payer: Option<Payer>,
}

impl GuardedClientBuilder {
    pub(crate) fn new(http: Result<reqwest::Client, reqwest::Error>) -> Self {
        Self { http, payer: None }
    }

    /// Pays with `payer`.
    pub fn payer(mut self, payer: Payer) -> Self {
        self.payer = Some(payer);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] where nothing was said to pay with, or `reqwest` cannot build its client.
    pub fn build(self) -> Result<GuardedClient, BuildError> {
        let payer = self.payer.ok_or(BuildError::NoGuard)?;
        let http = self.http.map_err(BuildError::Client)?;
        Ok(GuardedClient::new(http, GuardMiddleware::new(payer)))
    }
}

/// Leaves out the client: its default headers may hold credentials.
impl fmt::Debug for GuardedClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedClientBuilder")
            .field("payer", &self.payer)
            .finish_non_exhaustive()
    }
}

/// Why no guarded client was built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Nothing was said about controls.
    #[error("no controls were given; call `payer` first")]
    NoGuard,
    /// `reqwest` cannot build its client.
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[source] reqwest::Error),
}

impl BuildError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoGuard => "client.no_guard",
            Self::Client(_) => "client.invalid",
        }
    }
}
