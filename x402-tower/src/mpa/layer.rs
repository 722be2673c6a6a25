//! Approvals as a layer.

use super::MpaControl;
use crate::service::control_layer;

control_layer! {
    /// Lets large payments pass with enough approvals.
    ///
    /// ```
    #[doc = include_str!("../../doc/payment.rs")]
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    /// use x402_tower::mpa::{ApprovalSecret, Approver, MpaConfig, MpaControl, MpaLayer, NotApproved};
    /// use x402_tower::{Denial, Usd};
    ///
    /// let alice = ApprovalSecret::new("3f8a1c5de27b49601122334455667788")?;
    /// let config = MpaConfig::new(1)
    ///     .with_min_amount(Usd::parse("1.00")?)
    ///     .with_approver(Approver::hmac("alice", alice.clone()));
    /// let layer = MpaLayer::new(MpaControl::new(config)?);
    /// let client = ServiceBuilder::new().layer(layer).service(service_fn(seller));
    ///
    /// // A cent needs nobody.
    /// assert_eq!(client.clone().oneshot(payment("10000", "a report")).await?.status(), 200);
    ///
    /// // Five dollars do. The denial holds what has to be signed.
    /// let refused = client.clone().oneshot(payment("5000000", "a report")).await?;
    /// let denial = refused.extensions().get::<Denial>().unwrap();
    /// assert_eq!(denial.code(), "mpa.approval_required");
    /// let request = NotApproved::of(denial).unwrap().request.as_ref().unwrap();
    ///
    /// // Alice signs, and the request goes out again with her signature.
    /// let signature = alice.sign(request.payload().as_bytes());
    /// let mut again = payment("5000000", "a report");
    /// again.extensions_mut().insert(request.signatures().with_signature("alice", &signature));
    /// assert_eq!(client.clone().oneshot(again).await?.status(), 200);
    #[doc = include_str!("../../doc/end.rs")]
    /// ```
    MpaLayer(MpaControl)
}
