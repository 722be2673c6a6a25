//! The detector as a layer.

use super::PiiControl;
use crate::service::control_layer;

control_layer! {
    /// Keeps personal data out of payments that pass.
    ///
    /// ```
    #[doc = include_str!("../../doc/payment.rs")]
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    /// use x402_tower::Denial;
    /// use x402_tower::pii::{PiiAction, PiiControl, PiiLayer};
    ///
    /// let layer = PiiLayer::new(PiiControl::new().with_action(PiiAction::Block));
    /// let client = ServiceBuilder::new().layer(layer).service(service_fn(seller));
    ///
    /// let clean = payment("10000", "market data");
    /// assert_eq!(client.clone().oneshot(clean).await?.status(), 200);
    ///
    /// let leaking = payment("10000", "market data for alice@example.com");
    /// let refused = client.clone().oneshot(leaking).await?;
    /// assert_eq!(refused.status(), 422);
    /// assert_eq!(refused.extensions().get::<Denial>().unwrap().code(), "pii.blocked");
    #[doc = include_str!("../../doc/end.rs")]
    /// ```
    PiiLayer(PiiControl)
}
