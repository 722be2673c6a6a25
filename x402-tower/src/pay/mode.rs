//! Where the controls of a paying service are.

use http::Request;

use super::payer::Payer;
use crate::context::Context;
use crate::outgoing::RequestNeed;

#[derive(Debug)]
pub(crate) enum Mode {
    /// The whole chain and the signer are here.
    Whole { payer: Payer },
    /// The controls and the signer are layers further in.
    Opening { context: Context },
}

impl Mode {
    /// What of a request the controls want to see before it leaves; those of layers further in see to it themselves.
    pub(crate) fn request_need<B>(&self, request: &Request<B>) -> RequestNeed {
        match self {
            Self::Whole { payer } => payer.shared().request_need(request),
            Self::Opening { .. } => RequestNeed::NOTHING,
        }
    }

    pub(crate) fn context(&self) -> &Context {
        match self {
            Self::Whole { payer } => payer.context(),
            Self::Opening { context } => context,
        }
    }
}
