//! Where the controls of a paying service are.

use std::sync::Arc;

use http::Request;

use super::payer::Payer;
use crate::context::Context;
use crate::idempotency::Idempotency;
use crate::service::Shared;

#[derive(Debug)]
pub(crate) enum Mode {
    /// The whole chain and the signer are here.
    Whole { payer: Payer },
    /// The controls and the signer are layers further in.
    Opening {
        context: Context,
        idempotency: Idempotency,
    },
}

impl Mode {
    /// Whether the controls that are here may want to see requests before they leave.
    #[inline]
    pub(crate) fn watches(&self) -> bool {
        match self {
            Self::Whole { payer } => payer.watches(),
            Self::Opening { .. } => false,
        }
    }

    /// The controls that want to see this request before it leaves; those of layers further in see to it themselves.
    pub(crate) fn watching<B>(&self, request: &Request<B>) -> Option<Arc<Shared>> {
        match self {
            Self::Whole { payer } => payer.watching(request),
            Self::Opening { .. } => None,
        }
    }

    /// What holds at this moment, for one challenge from its reading to its end.
    pub(crate) fn pinned(&self) -> Self {
        match self {
            Self::Whole { payer } => Self::Whole {
                payer: payer.pinned(),
            },
            Self::Opening {
                context,
                idempotency,
            } => Self::Opening {
                context: context.clone(),
                idempotency: idempotency.clone(),
            },
        }
    }

    pub(crate) fn context(&self) -> Context {
        match self {
            Self::Whole { payer } => payer.context(),
            Self::Opening { context, .. } => context.clone(),
        }
    }
}
