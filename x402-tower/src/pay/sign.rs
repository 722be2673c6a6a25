//! The innermost layer of a stack of single layers: signs what has passed all others.

use core::task::{Context as TaskContext, Poll};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;
use tracing::Instrument;

use super::sign_future::SignFuture;
use super::signature::sign;
use super::signer::Signer;
use crate::context::Context;
use crate::control::ControlKind;
use crate::denial::Denial;
use crate::flight::stack_order;
use crate::service::{GuardBody, Next, Open, PaymentSlot, Prepared, denied};

/// The controls that a payment must have passed before it is signed, unless said otherwise.
const REQUIRED: [ControlKind; 4] = [
    ControlKind::Audit,
    ControlKind::Pii,
    ControlKind::Policy,
    ControlKind::Replay,
];

/// Signs payments that a [`PayLayer`](super::PayLayer) further out has opened.
///
/// It signs only what has passed audit, personal-data, policy and replay controls, in that order, between the two
/// layers. A stack that does without one has to say so by [`without`](Self::without): a layer that was forgotten, or put
/// outside the pay layer where it sees no payment, is refused before anything is signed (attack 146).
#[derive(Debug, Clone)]
pub struct SignLayer {
    shared: Arc<Signing>,
}

#[derive(Debug, Clone)]
struct Signing {
    signer: Arc<dyn Signer>,
    context: Context,
    required: Vec<ControlKind>,
}

impl SignLayer {
    /// Signs with `signer`.
    pub fn new(signer: impl Signer) -> Self {
        Self {
            shared: Arc::new(Signing {
                signer: Arc::new(signer),
                context: Context::buyer(),
                required: REQUIRED.to_vec(),
            }),
        }
    }

    /// With another clock, asset table or agent; use the same as in the other layers.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        Arc::make_mut(&mut self.shared).context = context;
        self
    }

    /// Signs without `kind` having looked at the payment.
    #[must_use]
    pub fn without(mut self, kind: ControlKind) -> Self {
        Arc::make_mut(&mut self.shared)
            .required
            .retain(|required| *required != kind);
        self
    }
}

impl<S> Layer<S> for SignLayer {
    type Service = SignService<S>;

    fn layer(&self, inner: S) -> SignService<S> {
        SignService {
            inner,
            shared: Arc::clone(&self.shared),
        }
    }
}

/// The service that [`SignLayer`] builds.
#[derive(Debug, Clone)]
pub struct SignService<S> {
    inner: S,
    shared: Arc<Signing>,
}

impl<S> SignService<S> {
    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, without a signer.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, B, R> Service<Request<B>> for SignService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Send + 'static,
    R: Body<Data = Bytes> + Send + 'static,
{
    type Response = Response<GuardBody<R>>;
    type Error = S::Error;
    type Future = SignFuture<S::Future, R, S::Error>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let slot = (!request.extensions().is_empty())
            .then(|| request.extensions_mut().remove::<PaymentSlot>())
            .flatten();
        let Some(slot) = slot else {
            return SignFuture::passing(self.inner.call(request));
        };
        // The readied service goes, its clone stays: https://docs.rs/tower-service/latest/tower_service/trait.Service.html#be-careful-when-cloning-inner-services
        let clone = self.inner.clone();
        let mut ready = core::mem::replace(&mut self.inner, clone);
        let shared = Arc::clone(&self.shared);
        SignFuture::boxed(Box::pin(async move {
            let prepared = match shared.sign(&slot).await {
                Ok(prepared) => prepared,
                Err(denial) => return Ok(denied(&denial)),
            };
            prepared.apply(request.headers_mut());
            let span = prepared.span();
            let sent = span.in_scope(|| ready.call(request));
            match sent.instrument(span).await {
                Ok(response) => Ok(prepared.answer(&shared.context, response).await),
                Err(error) => {
                    prepared.fail().await;
                    Err(error)
                }
            }
        }))
    }
}

impl Signing {
    async fn sign(&self, slot: &PaymentSlot) -> Result<Prepared, Denial> {
        let Open {
            flight,
            ticket,
            next,
        } = slot.take()?;
        let missing = self
            .required
            .iter()
            .find(|kind| !flight.kinds().any(|passed| passed == **kind));
        if let Some(kind) = missing {
            let denial = stack_order(&format!(
                "no {kind} control stands between PayLayer and SignLayer; add it there or say `without`"
            ));
            return Err(flight.deny(denial).await);
        }
        match next {
            Next::Sign { challenge, choice } => {
                sign(
                    flight,
                    ticket,
                    &challenge,
                    choice,
                    &self.context,
                    &*self.signer,
                )
                .await
            }
            Next::Send { name, value } => Prepared::again(flight, name, value, ticket).await,
        }
    }
}
