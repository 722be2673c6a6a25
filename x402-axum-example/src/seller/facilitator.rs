//! Asking the facilitator.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::CONTENT_TYPE;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;
use x402_tower::wire::{PaymentPayload, SettleResponse, VerifyResponse, WireError};

use crate::bounded::{self, BodyError};

/// How long the facilitator may take to answer.
const DEADLINE: Duration = Duration::from_secs(10);

/// A facilitator at a URL.
#[derive(Debug, Clone)]
pub(crate) struct FacilitatorClient {
    http: reqwest::Client,
    verify: Url,
    settle: Url,
}

/// Why the facilitator gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FacilitatorError {
    #[error("the facilitator cannot be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("the facilitator's answer cannot be read: {0}")]
    Unreadable(#[from] WireError),
    #[error("the payment cannot be put into a message: {0}")]
    Message(#[from] serde_json::Error),
}

/// The body of `/verify` and `/settle` (x402 v2 specification, section 7), the payment as it came.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    x402_version: u8,
    payment_payload: &'a RawValue,
    payment_requirements: &'a Value,
}

impl FacilitatorClient {
    /// The facilitator whose routes lie below `base`.
    pub(crate) fn new(http: reqwest::Client, base: &Url) -> Result<Self, url::ParseError> {
        Ok(Self {
            http,
            verify: base.join("verify")?,
            settle: base.join("settle")?,
        })
    }

    pub(super) async fn verify(
        &self,
        payment: &PaymentPayload,
        requirements: &Value,
    ) -> Result<VerifyResponse, FacilitatorError> {
        let answer = self.ask(&self.verify, payment, requirements).await?;
        Ok(VerifyResponse::parse(answer)?)
    }

    pub(super) async fn settle(
        &self,
        payment: &PaymentPayload,
        requirements: &Value,
    ) -> Result<SettleResponse, FacilitatorError> {
        let answer = self.ask(&self.settle, payment, requirements).await?;
        Ok(SettleResponse::parse(payment.version(), answer)?)
    }

    async fn ask(
        &self,
        url: &Url,
        payment: &PaymentPayload,
        requirements: &Value,
    ) -> Result<Bytes, FacilitatorError> {
        let question = serde_json::to_vec(&Question {
            x402_version: payment.version().number(),
            payment_payload: serde_json::from_slice(&payment.to_bytes())?,
            payment_requirements: requirements,
        })?;
        let response = self
            .http
            .post(url.clone())
            .header(CONTENT_TYPE, "application/json")
            .body(question)
            .timeout(DEADLINE)
            .send()
            .await?
            .error_for_status()?;
        Ok(bounded::read(response).await?)
    }
}
