//! What concerns one connection, and does not go on to the next (RFC 9110, section 7.6.1).

use http::header::{CONNECTION, HOST, HeaderName, HeaderValue};
use http::{HeaderMap, Uri};

use crate::serve::agents::AGENT_TOKEN;
use crate::serve::target::TARGET;

/// Whether a header is about one connection.
fn is_hop_by_hop(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "connection"
            | "keep-alive"
            | "proxy-authenticate"
            | "proxy-authorization"
            | "proxy-connection"
            | "te"
            | "trailer"
            | "transfer-encoding"
            | "upgrade"
    )
}

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
    let here = headers.keys().filter(|name| is_hop_by_hop(name)).cloned();
    let named = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .filter(|name: &HeaderName| !PAYMENT.contains(&name.as_str()));
    for name in here.chain(named).collect::<Vec<_>>() {
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
