//! The log as a layer.

use super::AuditControl;
use crate::service::control_layer;

control_layer! {
    /// Writes down what is decided about payments that pass.
    ///
    /// ```
    #[doc = include_str!("../../doc/payment.rs")]
    /// use std::sync::Arc;
    ///
    /// use tower::{ServiceBuilder, ServiceExt, service_fn};
    /// use x402_tower::audit::{AuditControl, AuditKey, AuditLayer, AuditLog, NullSink};
    ///
    /// let log = Arc::new(AuditLog::open(NullSink::new(), &AuditKey::generate()?)?);
    /// let layer = AuditLayer::new(AuditControl::new(Arc::clone(&log)));
    /// let client = ServiceBuilder::new().layer(layer).service(service_fn(seller));
    ///
    /// let paid = payment("10000", "a report");
    /// assert_eq!(client.clone().oneshot(paid).await?.status(), 200);
    /// assert_eq!(log.head().unwrap().seq(), 2, "the intent and the outcome");
    ///
    /// let malformed = payment("-1", "a report");
    /// assert_eq!(client.clone().oneshot(malformed).await?.status(), 400);
    /// assert_eq!(log.head().unwrap().seq(), 3, "the denial");
    #[doc = include_str!("../../doc/end.rs")]
    /// ```
    AuditLayer(AuditControl)
}
