# /// A v2 payment of `amount` atomic units of USDC on Base, as some client would have signed it.
# fn payment(amount: &str, description: &str) -> http::Request<http_body_util::Full<bytes::Bytes>> {
#     use base64::prelude::{BASE64_STANDARD, Engine};
#     use x402_tower::{Clock, PaymentId, SystemClock};
#     let nonce = format!("{0}{0}", PaymentId::random().unwrap());
#     let until = SystemClock::new().now().unwrap().as_secs() + 60;
#     let (payer, seller, signature) = ("11".repeat(20), "22".repeat(20), "33".repeat(65));
#     let json = format!(r#"{{"x402Version":2,
#         "resource":{{"url":"https://seller.example/report","description":"{description}"}},
#         "accepted":{{"scheme":"exact","network":"eip155:8453","amount":"{amount}",
#             "asset":"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913","payTo":"0x{seller}","maxTimeoutSeconds":60}},
#         "payload":{{"signature":"0x{signature}","authorization":{{"from":"0x{payer}","to":"0x{seller}",
#             "value":"{amount}","validAfter":"0","validBefore":"{until}","nonce":"0x{nonce}"}}}}}}"#);
#     http::Request::get("https://seller.example/report")
#         .header("payment-signature", BASE64_STANDARD.encode(json))
#         .body(Default::default())
#         .unwrap()
# }
# /// A service that takes every payment.
# async fn seller(
#     _: http::Request<http_body_util::Full<bytes::Bytes>>,
# ) -> Result<http::Response<http_body_util::Full<bytes::Bytes>>, std::convert::Infallible> {
#     Ok(http::Response::new("the report".into()))
# }
# tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
