//! Other protocols that ask for money beside a challenge.

use http::HeaderMap;
use http::header::{HeaderValue, WWW_AUTHENTICATE};

use crate::context::Context;
use crate::screening::Purpose;

/// Takes out what asks for the same money by another protocol: no control would see that payment (attack 34).
pub(super) fn without_other_rails(purpose: Purpose, context: &Context, headers: &mut HeaderMap) {
    const RAILS: [&str; 3] = ["payment", "l402", "lsat"];
    if purpose != Purpose::Leave || !context.position.spends() {
        return;
    }
    let asks_for_money = |value: &HeaderValue| {
        let text = value.as_bytes().to_ascii_lowercase();
        text.split(|byte| *byte == b',').any(|part| {
            let part = part.trim_ascii_start();
            let end = part.iter().position(|byte| !byte.is_ascii_alphanumeric());
            let scheme = part.get(..end.unwrap_or(part.len()));
            RAILS.iter().any(|rail| scheme == Some(rail.as_bytes()))
        })
    };
    let asked = headers.get_all(WWW_AUTHENTICATE);
    if asked.iter().any(asks_for_money) {
        let kept: Vec<_> = asked
            .iter()
            .filter(|value| !asks_for_money(value))
            .cloned()
            .collect();
        headers.remove(WWW_AUTHENTICATE);
        for value in kept {
            headers.append(WWW_AUTHENTICATE, value);
        }
    }
}
