//! What concerns one connection, and does not go on to the next (RFC 9110, section 7.6.1).

use http::header::{
    CONNECTION, HOST, HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, Uri};

use crate::serve::agents::AGENT_TOKEN;
use crate::serve::target::TARGET;

const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// What carries a payment, and is never taken off because a `Connection` header names it: without it a payment would be
/// lost on its way, or its outcome.
const PAYMENT: [&str; 5] = [
    "payment-signature",
    "payment-required",
    "payment-response",
    "x-payment",
    "x-payment-response",
];

/// Takes off what concerns this connection, also what `Connection` names.
pub(crate) fn remove(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .filter(|name: &HeaderName| !PAYMENT.contains(&name.as_str()))
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

/// Makes the headers of a request those of a request to `uri`: without who asked, and how.
pub(crate) fn readdress(headers: &mut HeaderMap, uri: &Uri) {
    remove(headers);
    headers.remove(AGENT_TOKEN);
    headers.remove(TARGET);
    let host = uri.authority().map(|authority| authority.as_str());
    if let Some(host) = host.and_then(|host| HeaderValue::from_str(host).ok()) {
        headers.insert(HOST, host);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_concerns_the_connection_is_taken_off_and_the_payment_stays() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Private, PAYMENT-SIGNATURE"),
            ("keep-alive", "timeout=5"),
            ("x-private", "1"),
            ("payment-signature", "signed"),
            ("proxy-authorization", "Basic x"),
            ("x-x402-agent-token", "token"),
            ("accept", "*/*"),
        ] {
            headers.append(name, value.parse().unwrap());
        }
        readdress(
            &mut headers,
            &"https://api.example.com:8443/x".parse().unwrap(),
        );
        let mut left: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["accept", "host", "payment-signature"]);
        assert_eq!(headers[HOST], "api.example.com:8443");
    }
}
