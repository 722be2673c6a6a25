//! What a server answers to a payment.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::ScriptedBody;
use crate::wire::header::{PAYMENT_RESPONSE, X_PAYMENT_RESPONSE};
use crate::wire::{Authorization, PaymentPayload, Version};

/// The 200 of a server that has settled the payment in `headers`, with a receipt that fits it.
///
/// Without a readable payment it is a 400, as a server would answer.
#[must_use]
pub fn settlement_for(headers: &HeaderMap) -> Response<ScriptedBody> {
    receipt(headers, StatusCode::OK, |network, payer| {
        json!({
            "success": true,
            "transaction": format!("0x{}", "ab".repeat(32)),
            "network": network,
            "payer": payer,
        })
    })
}

/// The 402 of a server whose facilitator refused to settle the payment in `headers`, with `reason` in the receipt.
///
/// Without a readable payment it is a 400, as a server would answer.
#[must_use]
pub fn rejection_for(headers: &HeaderMap, reason: &str) -> Response<ScriptedBody> {
    receipt(headers, StatusCode::PAYMENT_REQUIRED, |network, payer| {
        json!({
            "success": false,
            "errorReason": reason,
            "transaction": "",
            "network": network,
            "payer": payer,
        })
    })
}

fn receipt(
    headers: &HeaderMap,
    status: StatusCode,
    json: impl FnOnce(&str, &str) -> Value,
) -> Response<ScriptedBody> {
    let mut response = Response::new(ScriptedBody::whole("a report"));
    let Ok(Some(payment)) = PaymentPayload::from_headers(headers) else {
        *response.status_mut() = StatusCode::BAD_REQUEST;
        return response;
    };
    let payer = match payment.authorization() {
        Authorization::Eip3009 { from, .. } | Authorization::Permit2 { from, .. } => from.as_str(),
        _ => "",
    };
    let root = payment.document().root();
    let (name, network) = match payment.version() {
        Version::V1 => (X_PAYMENT_RESPONSE, root.get("network")),
        Version::V2 => (
            PAYMENT_RESPONSE,
            root.get("accepted").and_then(|a| a.get("network")),
        ),
    };
    let network = network.and_then(|network| network.as_str());
    let json = json(network.as_deref().unwrap_or_default(), payer);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(name, header_value(&json.to_string()));
    response
}

/// Base64 of `json`, of any length: a script may be oversize on purpose.
pub(super) fn header_value(json: &str) -> HeaderValue {
    // The base64 alphabet is valid in a header.
    HeaderValue::try_from(STANDARD.encode(json)).unwrap_or(HeaderValue::from_static(""))
}
