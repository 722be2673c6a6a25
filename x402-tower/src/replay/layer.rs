//! The replay control as a layer.

use super::ReplayControl;
use crate::service::control_layer;

control_layer! {
    /// Lets each payment pass once.
    ///
    /// ```
    #[doc = include_str!("../../doc/payment.rs")]
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    /// use x402_tower::replay::{ReplayControl, ReplayLayer};
    /// use x402_tower::{Context, Denial};
    ///
    /// let layer = ReplayLayer::new(ReplayControl::in_memory()?).with_context(Context::seller());
    /// let shop = ServiceBuilder::new().layer(layer).service(service_fn(seller));
    ///
    /// let (first, mut again) = (payment("10000", "a report"), payment("10000", "a report"));
    /// *again.headers_mut() = first.headers().clone();
    /// assert_eq!(shop.clone().oneshot(first).await?.status(), 200);
    ///
    /// let refused = shop.clone().oneshot(again).await?;
    /// assert_eq!(refused.status(), 409);
    /// assert_eq!(refused.extensions().get::<Denial>().unwrap().code(), "replay.authorization");
    #[doc = include_str!("../../doc/end.rs")]
    /// ```
    ReplayLayer(ReplayControl)
}
