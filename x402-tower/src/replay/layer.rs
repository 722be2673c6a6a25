//! The replay control as a layer.

use super::ReplayControl;
use crate::service::control_layer;

control_layer! {
    /// Lets each payment pass once.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use bytes::Bytes;
    /// use http::{Request, Response};
    /// use http_body_util::Full;
    /// use tower::{Service, ServiceBuilder, ServiceExt, service_fn};
    /// use x402_tower::replay::{ReplayControl, ReplayLayer};
    /// use x402_tower::{Clock, Context, Denial, SystemClock};
    ///
    /// let seller = ServiceBuilder::new()
    ///     .layer(ReplayLayer::new(ReplayControl::in_memory()?).with_context(Context::seller()))
    ///     .service(service_fn(|_: Request<Full<Bytes>>| async {
    ///         Ok::<_, std::convert::Infallible>(Response::new(Full::<Bytes>::from("the report")))
    ///     }));
    ///
    /// let soon = SystemClock::new().now().unwrap().as_secs() + 60;
    /// # let payment = {
    /// #     use base64::prelude::{BASE64_STANDARD, Engine};
    /// #     BASE64_STANDARD.encode(format!(r#"{{"x402Version":1,"scheme":"exact","network":"base","payload":{{"signature":"0x{s}","authorization":{{"from":"0x{a}","to":"0x{a}","value":"10000","validAfter":"0","validBefore":"{soon}","nonce":"0x{n}"}}}}}}"#, s = "ab".repeat(65), a = "11".repeat(20), n = "22".repeat(32)))
    /// # };
    /// let buy = || {
    ///     Request::get("https://seller.example/report")
    ///         .header("x-payment", &payment)
    ///         .body(Full::default())
    /// };
    /// assert_eq!(seller.clone().oneshot(buy()?).await?.status(), 200);
    ///
    /// let second = seller.clone().oneshot(buy()?).await?;
    /// assert_eq!(second.status(), 409);
    /// assert_eq!(second.extensions().get::<Denial>().unwrap().code(), "replay.authorization");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ReplayLayer(ReplayControl)
}
