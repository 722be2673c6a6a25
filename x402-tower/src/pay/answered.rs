//! What a payer answers a challenge with.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use crate::idempotency::KeptPayment;
use crate::payment::{Exchange, Outcome, PaymentRecord};
use crate::service::Prepared;
use crate::wire::header::{PAYMENT_RESPONSE, X_PAYMENT_RESPONSE, encode};
use crate::wire::{Receipt, Version};

/// What a payer answers a challenge with.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "a prepared payment counts as spent; send it and conclude it"]
pub enum Answered {
    /// A payment that may leave now: a new one, or the one that an earlier attempt has left, byte for byte.
    Pay(Box<Prepared>),
    /// The request was paid before and has settled, and whoever repeats it is to get the receipt: nothing is sent.
    Settled(StoredReceipt),
}

/// The receipt of a payment that has settled before.
#[derive(Debug, Clone)]
pub struct StoredReceipt {
    record: PaymentRecord,
    version: Version,
    header: HeaderValue,
}

impl StoredReceipt {
    /// `None` where what is kept cannot be read as a receipt.
    pub(super) fn of(payment: &KeptPayment, exchange: &Exchange, receipt: &str) -> Option<Self> {
        let header = encode(receipt.as_bytes()).ok()?;
        let version = payment.version();
        let headers = http::HeaderMap::from_iter([(name(version), header.clone())]);
        let receipt = Receipt::from_headers(&headers, version).ok()??;
        let payment = payment.payment(exchange);
        Some(Self {
            record: PaymentRecord::new(&payment, Outcome::Settled(receipt)),
            version,
            header,
        })
    }

    /// The payment, as it ended.
    #[must_use]
    pub fn record(&self) -> &PaymentRecord {
        &self.record
    }

    /// A response of status 200 with the receipt in its header, the [`PaymentRecord`] in its extensions, and JSON that says
    /// what it is: `{"code":"request.settled","payment":"…"}`. What was bought is not kept.
    #[must_use]
    pub fn to_response(&self) -> Response<Bytes> {
        let body = format!(
            r#"{{"code":"request.settled","payment":"{}","detail":"this request was paid before and has settled; nothing was sent"}}"#,
            self.record.id()
        );
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::OK;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(name(self.version), self.header.clone());
        response.extensions_mut().insert(self.record.clone());
        response
    }
}

const fn name(version: Version) -> http::HeaderName {
    match version {
        Version::V1 => X_PAYMENT_RESPONSE,
        Version::V2 => PAYMENT_RESPONSE,
    }
}
