//! Building a guarded client.

use core::fmt;
use std::sync::Arc;

use x402_tower::guard::{ConfigError, GuardConfig};
use x402_tower::pay::{Payer, Signer};

use crate::client::GuardedClient;
use crate::middleware::GuardMiddleware;

/// Builds a [`GuardedClient`].
///
/// Controls have to be given, by [`guard`](Self::guard) or by [`payer`](Self::payer). With a guard and no
/// [`signer`](Self::signer) nothing is signed: a challenge is denied, and payments that the caller has signed elsewhere
/// still meet the controls.
#[must_use = "a builder does nothing until it is built"]
pub struct GuardedClientBuilder {
    http: Result<reqwest::Client, reqwest::Error>,
    controls: Option<Controls>,
    signer: Option<Arc<dyn Signer>>,
}

#[derive(Debug)]
enum Controls {
    Guard(GuardConfig),
    Payer(Payer),
}

impl GuardedClientBuilder {
    pub(crate) fn new(http: Result<reqwest::Client, reqwest::Error>) -> Self {
        Self {
            http,
            controls: None,
            signer: None,
        }
    }

    /// Decides on every payment by the controls of `config`, in place of an earlier guard or payer.
    pub fn guard(mut self, config: &GuardConfig) -> Self {
        self.controls = Some(Controls::Guard(config.clone()));
        self
    }

    /// Signs what the guard's controls allow.
    pub fn signer(mut self, signer: impl Signer) -> Self {
        self.signer = Some(Arc::new(signer));
        self
    }

    /// Pays with `payer`, its controls and its signer, in place of an earlier guard or payer.
    pub fn payer(mut self, payer: Payer) -> Self {
        self.controls = Some(Controls::Payer(payer));
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] where no controls were given, they do not fit the signer, or `reqwest` cannot build its client.
    pub fn build(self) -> Result<GuardedClient, BuildError> {
        let payer = match (self.controls, self.signer) {
            (None, _) => return Err(BuildError::NoGuard),
            (Some(Controls::Guard(config)), Some(signer)) => config.payer(signer)?,
            (Some(Controls::Guard(config)), None) => config.payer_without_signer()?,
            (Some(Controls::Payer(payer)), None) => payer,
            (Some(Controls::Payer(_)), Some(_)) => return Err(BuildError::TwoSigners),
        };
        let http = self.http.map_err(BuildError::Client)?;
        Ok(GuardedClient::new(http, GuardMiddleware::new(payer)))
    }
}

/// Leaves out the client: its default headers may hold credentials.
impl fmt::Debug for GuardedClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedClientBuilder")
            .field("controls", &self.controls)
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}

/// Why no guarded client was built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Nothing was said about controls.
    #[error("no controls were given; call `guard` or `payer` before `build`")]
    NoGuard,
    /// A payer was given, which has a signer, and another signer.
    #[error("a payer brings its own signer; give `guard` and `signer`, or `payer` alone")]
    TwoSigners,
    /// The guard cannot pay.
    #[error(transparent)]
    Guard(#[from] ConfigError),
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
            Self::TwoSigners => "client.two_signers",
            Self::Guard(error) => error.code(),
            Self::Client(_) => "client.invalid",
        }
    }
}
