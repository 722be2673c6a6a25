//! The one tower service that every layer builds.

mod beside;
mod body;
mod forward;
mod future;
mod layer;
mod leaving;
mod live;
mod outgoing;
mod prepared;
mod rails;
mod request_body;
mod slot;
mod texts;
mod whole;

use core::task::{Context as TaskContext, Poll};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

pub use body::GuardBody;
pub use forward::ProvenUnsettled;
pub(crate) use forward::{
    apply_redactions, binds_bodies, carries_payment, forward, no_randomness, prepare,
};
pub use future::ResponseFuture;
pub(crate) use future::{BoxResponse, OnChallenge};
pub use layer::ControlLayer;
pub(crate) use layer::control_layer;
pub use leaving::{ReadChallenge, Screen};
pub(crate) use leaving::{
    check_resource, nothing_payable, read_challenge, screen, show, unreadable,
};
pub(crate) use live::{Live, Swapped};
pub(crate) use outgoing::{is_small, with_screened_body};
pub use prepared::Prepared;
pub(crate) use request_body::{EMPTY_DIGEST, read_paid_body};
pub(crate) use slot::{Next, Open, PaymentSlot};
pub(crate) use texts::{screen_message, write_back};
pub(crate) use whole::{NotWhole, Whole, read_whole};

use crate::chain::Chain;
use crate::context::Context;
use crate::denial::Denial;
use crate::idempotency::Idempotency;

/// A service around `S` that runs a [`Chain`] of controls over every payment.
///
/// - A request without a payment passes through in place: no allocation, no boxing, no lock.
/// - Around a client, and where a control wants to see the agent's own requests, those are screened before they leave;
///   in a stack of single layers put [`EgressLayer`](crate::egress::EgressLayer) outermost, so that it is done once.
/// - A request with a payment header is decided on, and its outcome told to the controls. Where a replay control is in
///   the chain, its body is read first ([`Context::with_paid_body_limit`]), because the payment is bound to it, and handed
///   on unchanged; that is what the request's body has to be made of [`Bytes`] for.
/// - A 402 on its way back is redacted and narrowed to the offers that the controls would allow.
///
/// Denials are `application/problem+json` responses with the typed [`Denial`] in their extensions; the inner service's
/// errors pass through untouched.
#[derive(Debug, Clone)]
pub struct ControlService<S> {
    inner: S,
    live: Live,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) chain: Chain,
    pub(crate) context: Context,
    /// Only payers need it.
    pub(crate) idempotency: Option<Idempotency>,
}

impl Shared {
    pub(crate) fn new(chain: Chain, context: Context) -> Arc<Self> {
        Self::paying(chain, context, None)
    }

    pub(crate) fn paying(
        chain: Chain,
        context: Context,
        idempotency: Option<Idempotency>,
    ) -> Arc<Self> {
        Arc::new(Self {
            chain,
            context,
            idempotency,
        })
    }
}

impl<S> ControlService<S> {
    /// Puts `chain` around `inner`.
    pub fn new(inner: S, chain: Chain, context: Context) -> Self {
        Self::with_live(inner, Live::Fixed(Shared::new(chain, context)))
    }

    pub(crate) fn with_live(inner: S, live: Live) -> Self {
        Self { inner, live }
    }

    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service, to change. Calling it goes around the controls.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without its controls.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, B, R> Service<Request<B>> for ControlService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send,
    B: Body<Data = Bytes> + From<Bytes> + Send + 'static,
    B::Error: Send,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Send,
{
    type Response = Response<GuardBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, Screen, R, S::Error>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if self.live.watches() || carries_slot(&request) || carries_payment(request.headers()) {
            return self.look_at(request);
        }
        let screen = Screen::new(self.live.clone(), &request);
        ResponseFuture::passing(self.inner.call(request), screen)
    }
}

impl<S> ControlService<S> {
    /// Does what a request asks for that its controls may want to see, or that a payment belongs to. Apart, so that a
    /// request that passes does not pay for the room that this needs.
    #[inline(never)]
    fn look_at<B, R>(
        &mut self,
        mut request: Request<B>,
    ) -> ResponseFuture<S::Future, Screen, R, S::Error>
    where
        S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
        S::Future: Send,
        S::Error: Send,
        B: Body<Data = Bytes> + From<Bytes> + Send + 'static,
        B::Error: Send,
        R: Body<Data = Bytes> + Send + 'static,
        R::Error: Send,
    {
        let watching = self.live.watching(&request);
        let unread = watching.as_ref().is_some_and(|shared| {
            shared.request_need(&request).body && !request.body().is_end_stream()
        });
        let screened = match &watching {
            Some(shared) if !unread => shared.screen_request(&mut request),
            _ => Ok(()),
        };
        let slot = request.extensions().get::<PaymentSlot>().cloned();
        if slot.is_none() && !carries_payment(request.headers()) && !unread && screened.is_ok() {
            let screen = Screen::new(self.live.clone(), &request);
            return ResponseFuture::passing(self.inner.call(request), screen);
        }
        // The readied service goes, its clone stays: https://docs.rs/tower-service/latest/tower_service/trait.Service.html#be-careful-when-cloning-inner-services
        let clone = self.inner.clone();
        let mut ready = core::mem::replace(&mut self.inner, clone);
        // Screened and decided by the same controls.
        let shared = watching.unwrap_or_else(|| self.live.now());
        if unread || screened.is_err() {
            let live = self.live.clone();
            let screen = Screen::new(Live::Fixed(Arc::clone(&shared)), &request);
            return ResponseFuture::boxed(Box::pin(async move {
                let screened = match screened {
                    Ok(()) => with_screened_body(&shared, request).await,
                    Err(denial) => Err(denial),
                };
                let denial = match screened {
                    // It is marked as screened now.
                    Ok(request) => return Self::with_live(ready, live).call(request).await,
                    Err(denial) => denial,
                };
                let denial = match slot.and_then(|slot| slot.take().ok()) {
                    Some(open) => open.flight.deny(denial).await,
                    None => screen.refuse(denial).await,
                };
                Ok(denied(&denial))
            }));
        }
        ResponseFuture::boxed(match slot {
            Some(slot) => Box::pin(async move {
                match slot.check(&shared.chain).await {
                    Ok(()) => ready.call(request).await.map(|r| r.map(GuardBody::inner)),
                    Err(denial) => Ok(denied(&denial)),
                }
            }),
            None => Box::pin(forward(shared, ready, request)),
        })
    }
}

fn carries_slot<B>(request: &Request<B>) -> bool {
    let extensions = request.extensions();
    !extensions.is_empty() && extensions.get::<PaymentSlot>().is_some()
}

/// The response that carries a denial.
pub(crate) fn denied<R>(denial: &Denial) -> Response<GuardBody<R>> {
    denial.to_response().map(GuardBody::whole)
}
