//! The policy as a layer.

use super::PolicyControl;
use crate::service::control_layer;

control_layer! {
    /// Keeps payments that pass inside a policy.
    ///
    /// ```
    #[doc = include_str!("../../doc/payment.rs")]
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    /// use x402_tower::Denial;
    /// use x402_tower::policy::{PolicyConfig, PolicyControl, PolicyLayer, Rules};
    ///
    /// let policy = PolicyConfig::from_toml("max_per_call_usd = 0.10", "policy.toml")?;
    /// let layer = PolicyLayer::new(PolicyControl::new(Rules::compile(&policy)?));
    /// let client = ServiceBuilder::new().layer(layer).service(service_fn(seller));
    ///
    /// let cent = payment("10000", "a report");
    /// assert_eq!(client.clone().oneshot(cent).await?.status(), 200);
    ///
    /// let quarter = payment("250000", "a report");
    /// let refused = client.clone().oneshot(quarter).await?;
    /// assert_eq!(refused.status(), 403);
    /// assert_eq!(refused.extensions().get::<Denial>().unwrap().code(), "policy.per_call");
    #[doc = include_str!("../../doc/end.rs")]
    /// ```
    PolicyLayer(PolicyControl)
}
