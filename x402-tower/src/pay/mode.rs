//! Where the controls of a paying service are.

use super::payer::Payer;
use crate::context::Context;

#[derive(Debug)]
pub(crate) enum Mode {
    /// The whole chain and the signer are here.
    Whole { payer: Payer },
    /// The controls and the signer are layers further in.
    Opening { context: Context },
}

impl Mode {
    pub(crate) fn context(&self) -> &Context {
        match self {
            Self::Whole { payer } => payer.context(),
            Self::Opening { context } => context,
        }
    }
}
