//! The body of the agent's own request.

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

use super::found::Text;
use super::outgoing::{Place, Verdict, decide, not_readable, unchangeable};
use super::{PiiAction, PiiControl};
use crate::denial::Denial;
use crate::outgoing::{MAX_BODY_BYTES, OutgoingBody, OutgoingRequest};
use crate::wire::JsonText;

const BODY: Place = Place {
    code: "pii.request_body",
    name: "the body of the request",
};

/// How a body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    /// `application/x-www-form-urlencoded`: a query without its URL.
    Query,
    Text,
    /// Holds text that cannot be changed without knowing the format.
    Opaque,
    /// Holds no text at all.
    Media,
    /// Cannot be read here.
    Unknown,
}

impl PiiControl {
    pub(super) fn screen_body(
        &self,
        action: PiiAction,
        request: &mut OutgoingRequest<'_>,
    ) -> Result<(), Denial> {
        let body = match request.body() {
            OutgoingBody::Empty => return Ok(()),
            OutgoingBody::Unread => return not_readable(action, BODY),
            OutgoingBody::Whole(body) => Bytes::clone(body),
        };
        if body.is_empty() {
            return Ok(());
        }
        let new = match form(request.headers(), &body) {
            Form::Media => return Ok(()),
            Form::Unknown => return not_readable(action, BODY),
            Form::Json => self.screen_json(action, body, request)?,
            Form::Query => self.screen_query(action, &body, request)?,
            Form::Text => self.screen_plain(action, &body, request)?,
            Form::Opaque => {
                let text = String::from_utf8_lossy(&body);
                let Some(found) = self.find(whole(&text, false), self.actions(action)) else {
                    return Ok(());
                };
                if found.has(PiiAction::Redact) && !found.has(PiiAction::Block) {
                    return Err(unchangeable(BODY));
                }
                return decide(BODY, &found, request).map(drop);
            }
        };
        if let Some(new) = new {
            request.set_body(new);
        }
        Ok(())
    }

    fn screen_json(
        &self,
        action: PiiAction,
        body: Bytes,
        request: &mut OutgoingRequest<'_>,
    ) -> Result<Option<Bytes>, Denial> {
        let Ok(mut json) = JsonText::parse(body, MAX_BODY_BYTES) else {
            return not_readable(action, BODY).map(|()| None);
        };
        for field in json.texts() {
            let Some(found) = self.find(Text::of_field(&field), self.actions(action)) else {
                continue;
            };
            if let Verdict::Replace = decide(BODY, &found, request)? {
                json.replace_text(&field, &found.text)
                    .map_err(|_| unchangeable(BODY))?;
            }
        }
        Ok(json.is_edited().then(|| json.to_bytes()))
    }

    fn screen_query(
        &self,
        action: PiiAction,
        body: &Bytes,
        request: &mut OutgoingRequest<'_>,
    ) -> Result<Option<Bytes>, Denial> {
        // As the query of a path, so that nothing in it is taken for a host.
        const PATH: &str = "/?";
        let Ok(text) = std::str::from_utf8(body) else {
            return not_readable(action, BODY).map(|()| None);
        };
        let text = format!("{PATH}{text}");
        let Some(found) = self.find(whole(&text, true), self.actions(action)) else {
            return Ok(None);
        };
        Ok(match decide(BODY, &found, request)? {
            Verdict::Keep => None,
            Verdict::Replace => {
                let form = found.text.strip_prefix(PATH).unwrap_or_default();
                Some(Bytes::copy_from_slice(form.as_bytes()))
            }
        })
    }

    fn screen_plain(
        &self,
        action: PiiAction,
        body: &Bytes,
        request: &mut OutgoingRequest<'_>,
    ) -> Result<Option<Bytes>, Denial> {
        let Ok(text) = std::str::from_utf8(body) else {
            return not_readable(action, BODY).map(|()| None);
        };
        let Some(found) = self.find(whole(text, false), self.actions(action)) else {
            return Ok(None);
        };
        Ok(match decide(BODY, &found, request)? {
            Verdict::Keep => None,
            Verdict::Replace => Some(Bytes::from(found.text)),
        })
    }
}

/// The body as one text.
const fn whole(value: &str, is_url: bool) -> Text<'_> {
    Text {
        field: Some("body"),
        value,
        is_url,
    }
}

fn form(headers: &HeaderMap, body: &[u8]) -> Form {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    if encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Form::Unknown;
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let declared = match (types.next(), types.next()) {
        (None, _) => return undeclared(body),
        (Some(value), None) => String::from_utf8_lossy(value.as_bytes()),
        // Two readers could believe different ones.
        (Some(_), Some(_)) => return Form::Unknown,
    };
    let declared = declared.to_ascii_lowercase();
    let (essence, parameters) = declared.split_once(';').unwrap_or((&declared, ""));
    if !is_utf8(parameters) {
        return Form::Unknown;
    }
    of_type(essence.trim())
}

fn of_type(essence: &str) -> Form {
    let (kind, subtype) = essence.split_once('/').unwrap_or((essence, ""));
    match (kind, subtype) {
        ("application" | "text", "json") => Form::Json,
        (_, subtype) if subtype.ends_with("+json") => Form::Json,
        ("application", "x-www-form-urlencoded") => Form::Query,
        ("image", subtype) if subtype.ends_with("xml") => Form::Text,
        ("image" | "audio" | "video" | "font", _)
        | ("application", "octet-stream" | "pdf" | "zip" | "gzip" | "zstd" | "x-tar" | "wasm") => {
            Form::Media
        }
        ("text", _)
        | (
            "application",
            "graphql" | "xml" | "yaml" | "x-yaml" | "toml" | "javascript" | "x-ndjson" | "ndjson"
            | "jsonl" | "sql",
        ) => Form::Text,
        (_, subtype) if subtype.ends_with("+xml") => Form::Text,
        _ => Form::Opaque,
    }
}

/// Nobody said what it is: JSON if it is, else text, else bytes.
fn undeclared(body: &[u8]) -> Form {
    let text: Cow<'_, str> = String::from_utf8_lossy(body);
    let looks_like_json = text.trim_start().starts_with(['{', '[']);
    if looks_like_json && JsonText::parse(Bytes::copy_from_slice(body), MAX_BODY_BYTES).is_ok() {
        return Form::Json;
    }
    match text {
        Cow::Borrowed(_) => Form::Text,
        Cow::Owned(_) => Form::Opaque,
    }
}

/// Whether the parameters of a media type name no other character set.
fn is_utf8(parameters: &str) -> bool {
    parameters.split(';').all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.trim() != "charset"
            || matches!(
                value.trim().trim_matches('"'),
                "utf-8" | "utf8" | "us-ascii" | "ascii"
            )
    })
}
