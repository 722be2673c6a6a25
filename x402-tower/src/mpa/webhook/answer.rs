//! What a webhook answered, and whether to believe it.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::{ANSWER_HMAC, MAX_ANSWER_BYTES, Webhook, WebhookFault};
use crate::mpa::ApprovalRequest;
use crate::wire::json::{Document, Kind, Limits, Value};

/// Why an answer counts as no approval. A refusal is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::mpa) enum AnswerFault {
    #[error(transparent)]
    Transport(WebhookFault),
    #[error("there is nothing to call it with")]
    Unasked,
    #[error("the status is not 200; redirects are not followed")]
    Status,
    #[error("the answer has no X-MPA-HMAC, more than one, or a wrong one")]
    Hmac,
    #[error("the answer is not a JSON object with `approved` as true or false")]
    Malformed,
    #[error(
        "the signed answer does not repeat the `request_id` and `digest` of this request; it could be the answer to another"
    )]
    Unbound,
}

impl AnswerFault {
    pub(in crate::mpa) const fn code(self) -> &'static str {
        match self {
            Self::Transport(fault) => fault.code(),
            Self::Unasked => "webhook.unasked",
            Self::Status => "webhook.status",
            Self::Hmac => "webhook.hmac",
            Self::Malformed => "webhook.malformed",
            Self::Unbound => "webhook.unbound",
        }
    }
}

/// Whether `response` approves `request`.
///
/// `approved` has to be the JSON literal `true`: not `"true"`, not 1, not a key that is there twice or in other letters
/// (attack 100).
pub(in crate::mpa) fn read(
    webhook: &Webhook,
    request: &ApprovalRequest,
    response: &Response<Bytes>,
) -> Result<bool, AnswerFault> {
    if response.status() != StatusCode::OK {
        return Err(AnswerFault::Status);
    }
    let body = response.body();
    if body.len() > MAX_ANSWER_BYTES {
        return Err(AnswerFault::Transport(WebhookFault::TooLarge));
    }
    if let Some(secret) = &webhook.secret {
        let mut tags = response.headers().get_all(ANSWER_HMAC).iter();
        let only = tags.next().filter(|_| tags.next().is_none());
        let tag = only.and_then(|tag| tag.to_str().ok());
        if !tag.is_some_and(|tag| secret.verifies(body, tag)) {
            return Err(AnswerFault::Hmac);
        }
    }
    let limits = Limits::bytes(MAX_ANSWER_BYTES);
    let document = Document::parse(body.clone(), limits).map_err(|_| AnswerFault::Malformed)?;
    let root = document.root();
    if root.kind() != Kind::Object || has_case_twin(root) {
        return Err(AnswerFault::Malformed);
    }
    let approved = root.get("approved").and_then(Value::as_bool);
    let approved = approved.ok_or(AnswerFault::Malformed)?;
    let bound = repeats(root, "request_id", &request.id().to_string())
        && repeats(root, "digest", &const_hex::encode(request.digest()));
    let unsigned = webhook.secret.is_none();
    if approved && !bound && !webhook.unbound && !unsigned {
        return Err(AnswerFault::Unbound);
    }
    Ok(approved)
}

/// Whether a key is `approved` in other letters: another reader could take it for the decision.
fn has_case_twin(root: Value<'_>) -> bool {
    let mut keys = root.entries().map(|(key, _)| key);
    keys.any(|key| key != "approved" && key.eq_ignore_ascii_case("approved"))
}

fn repeats(root: Value<'_>, key: &str, expected: &str) -> bool {
    let text = root.get(key).and_then(Value::as_str);
    text.is_some_and(|text| text == expected)
}
