//! The agent's own request, before its first byte leaves.

use http::Uri;
use http::header::{self, HeaderName, HeaderValue};

use super::control::note;
use super::found::{Found, Text};
use super::{PiiAction, PiiControl};
use crate::denial::{Denial, DenialKind};
use crate::outgoing::{OutgoingRequest, RequestNeed};
use crate::wire::header::{PAYMENT_SIGNATURE, X_PAYMENT};

/// Headers that frame a message or route it, or that carry a payment, which is screened as one.
const NEVER_CHANGED: [HeaderName; 12] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    header::EXPECT,
    PAYMENT_SIGNATURE,
    X_PAYMENT,
];

/// Whether a header may be screened.
pub(super) fn may_change(name: &HeaderName) -> bool {
    !NEVER_CHANGED.contains(name)
}

/// What is done with the agent's own requests; nothing unless it was set.
#[derive(Debug, Clone, Default)]
pub(super) struct RequestScreen {
    pub(super) urls: Option<PiiAction>,
    headers: Option<(PiiAction, Vec<HeaderName>)>,
    pub(super) bodies: Option<PiiAction>,
}

impl RequestScreen {
    pub(super) fn set_headers(
        &mut self,
        action: PiiAction,
        names: impl IntoIterator<Item = HeaderName>,
    ) {
        let names: Vec<_> = names.into_iter().filter(may_change).collect();
        self.headers = (!names.is_empty()).then_some((action, names));
    }

    pub(super) const fn need(&self) -> RequestNeed {
        RequestNeed::head_and_body(
            self.urls.is_some() || self.headers.is_some(),
            self.bodies.is_some(),
        )
    }
}

/// Where something was found, as codes and texts of a denial say it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
}

const URL: Place = Place {
    code: "pii.request_url",
    name: "the URL of the request",
};

const HEADER: Place = Place {
    code: "pii.request_header",
    name: "a header of the request",
};

/// What becomes of a text in which something was found.
pub(super) enum Verdict {
    Replace,
    Keep,
}

impl PiiControl {
    pub(super) fn screen_outgoing(&self, request: &mut OutgoingRequest<'_>) -> Result<(), Denial> {
        if let Some(action) = self.request.urls {
            self.screen_uri(action, request)?;
        }
        if let Some((action, names)) = &self.request.headers {
            for name in names {
                self.screen_header(*action, name, request)?;
            }
        }
        if let Some(action) = self.request.bodies {
            self.screen_body(action, request)?;
        }
        Ok(())
    }

    fn screen_uri(
        &self,
        action: PiiAction,
        request: &mut OutgoingRequest<'_>,
    ) -> Result<(), Denial> {
        let (prefix, text) = whole_url(request.uri());
        let Some(found) = self.find(
            Text {
                field: Some("url"),
                value: &text,
                is_url: true,
            },
            self.actions(action),
        ) else {
            return Ok(());
        };
        if let Verdict::Replace = decide(URL, &found, request)? {
            let redacted = found.text.strip_prefix(prefix).unwrap_or(&found.text);
            request.set_uri(redacted).map_err(|_| unchangeable(URL))?;
        }
        Ok(())
    }

    fn screen_header(
        &self,
        action: PiiAction,
        name: &HeaderName,
        request: &mut OutgoingRequest<'_>,
    ) -> Result<(), Denial> {
        let values: Vec<HeaderValue> = request.headers().get_all(name).iter().cloned().collect();
        let mut replaced = Vec::with_capacity(values.len());
        let mut changed = false;
        for value in values {
            let Ok(text) = std::str::from_utf8(value.as_bytes()) else {
                not_readable(action, HEADER)?;
                replaced.push(value);
                continue;
            };
            let Some(found) = self.find(
                Text {
                    field: Some(name.as_str()),
                    value: text,
                    is_url: is_url(text),
                },
                self.actions(action),
            ) else {
                replaced.push(value);
                continue;
            };
            match decide(HEADER, &found, request)? {
                Verdict::Keep => replaced.push(value),
                Verdict::Replace => {
                    let mut new = HeaderValue::from_bytes(found.text.as_bytes())
                        .map_err(|_| unchangeable(HEADER))?;
                    new.set_sensitive(value.is_sensitive());
                    replaced.push(new);
                    changed = true;
                }
            }
        }
        if changed {
            let headers = request.headers_mut();
            headers.remove(name);
            for value in replaced {
                headers.append(name, value);
            }
        }
        Ok(())
    }
}

/// A text to be scanned as a URL, and what has to be taken off its front again. A bare path gets a host, because `//` at
/// its start would else be taken for one.
fn whole_url(uri: &Uri) -> (&'static str, String) {
    const HOST: &str = "http://host";
    if uri.authority().is_some() {
        ("", uri.to_string())
    } else {
        (HOST, format!("{HOST}{uri}"))
    }
}

pub(super) fn is_url(text: &str) -> bool {
    ["http://", "https://", "/"].iter().any(|start| {
        text.get(..start.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(start))
    })
}

/// Notes what was found, and says whether it is to be replaced.
pub(super) fn decide(
    place: Place,
    found: &Found,
    request: &mut OutgoingRequest<'_>,
) -> Result<Verdict, Denial> {
    if found.has(PiiAction::Block) {
        note(request.findings_mut(), found, false);
        return Err(blocked(place, found));
    }
    let replaces = found.has(PiiAction::Redact);
    if replaces && request.is_signed() {
        return Err(Denial::new(
            DenialKind::PiiBlocked,
            "pii.request_signed",
            format!(
                "{} holds personal data ({}), and the request is signed, so that it cannot be taken out; sign after the guard",
                place.name,
                found.names(PiiAction::Redact).join(", ")
            ),
        ));
    }
    note(request.findings_mut(), found, replaces);
    let entities = found.names(PiiAction::Warn);
    if !entities.is_empty() {
        tracing::warn!(
            place = place.code,
            ?entities,
            "personal data in an outgoing request"
        );
    }
    Ok(if replaces {
        Verdict::Replace
    } else {
        Verdict::Keep
    })
}

/// The denial of a request in which something was found.
fn blocked(place: Place, found: &Found) -> Denial {
    found.denial(place.name, |entities| {
        Denial::new(
            DenialKind::PiiBlocked,
            place.code,
            format!(
                "personal data ({}) in {}; take it out, or set the action for it to redact",
                entities.join(", "),
                place.name
            ),
        )
    })
}

/// The denial of a request that cannot be looked into; under [`PiiAction::Warn`] it leaves, and the log says so.
pub(super) fn not_readable(action: PiiAction, place: Place) -> Result<(), Denial> {
    if action == PiiAction::Warn {
        tracing::warn!(
            place = place.code,
            "an outgoing request cannot be searched for personal data"
        );
        return Ok(());
    }
    Err(Denial::new(
        DenialKind::PiiBlocked,
        "pii.request_unreadable",
        format!(
            "{} cannot be searched for personal data; send UTF-8 text or JSON of a known length, uncompressed, at most 1 MiB",
            place.name
        ),
    ))
}

/// The denial of a request in which something was found that cannot be taken out.
pub(super) fn unchangeable(place: Place) -> Denial {
    Denial::new(
        DenialKind::PiiBlocked,
        "pii.request_unchangeable",
        format!(
            "{} holds personal data and cannot be rewritten safely; send JSON or text, or take it out",
            place.name
        ),
    )
}
