//! Bodies: what is sent, and what comes back.

use std::fs::File;
use std::io::{self, Read, Write};

use serde::de::IgnoredAny;
use x402_tower::pay::MAX_REPLAY_BODY_BYTES;
use x402_tower_reqwest::reqwest::{Error, Response};

use crate::fetch::error::{DeliveryError, SetupError};
use crate::shown::{Causes, Foreign};

/// Longest body that a JSON report holds, in bytes.
pub(crate) const MAX_JSON_BODY_BYTES: usize = 16 * 1024 * 1024;

/// What is sent.
pub(crate) struct Data(Vec<u8>);

impl Data {
    /// What it is, where nobody said.
    pub(crate) fn content_type(&self) -> &'static str {
        if serde_json::from_slice::<IgnoredAny>(&self.0).is_ok() {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Reads `--data`: a text, `@FILE` or `@-`.
pub(crate) fn read(data: &str) -> Result<Data, SetupError> {
    let (from, bytes) = match data.strip_prefix('@') {
        None => (String::new(), read_capped(data.as_bytes())),
        Some("-") => ("standard input".to_owned(), read_capped(io::stdin().lock())),
        Some(path) => {
            let bytes = File::open(path).and_then(read_capped);
            (Foreign(path).to_string(), bytes)
        }
    };
    let bytes = bytes.map_err(|source| SetupError::Data { from, source })?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len <= MAX_REPLAY_BODY_BYTES) {
        Ok(Data(bytes))
    } else {
        Err(SetupError::LongData)
    }
}

fn read_capped(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_REPLAY_BODY_BYTES.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Passes the answer's body on as it comes.
pub(crate) async fn stream(
    mut response: Response,
    out: &mut impl Write,
) -> Result<(), DeliveryError> {
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        out.write_all(&chunk).map_err(DeliveryError::Output)?;
    }
    out.flush().map_err(DeliveryError::Output)
}

/// Reads the answer's body whole.
pub(crate) async fn collect(mut response: Response) -> Result<Vec<u8>, DeliveryError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len().saturating_add(chunk.len()) > MAX_JSON_BODY_BYTES {
            return Err(DeliveryError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn broken(error: Error) -> DeliveryError {
    DeliveryError::Broken(Causes(&error.without_url()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content_type(data: &str) -> &'static str {
        read(data).unwrap().content_type()
    }

    #[test]
    fn json_is_known_by_its_form() {
        assert_eq!(content_type(r#"{"a":[1]}"#), "application/json");
        assert_eq!(content_type("a=1&b=2"), "application/x-www-form-urlencoded");
        assert_eq!(content_type(""), "application/x-www-form-urlencoded");
    }

    #[test]
    fn data_beyond_what_can_be_sent_twice_is_refused() {
        let most = usize::try_from(MAX_REPLAY_BODY_BYTES).unwrap();
        assert!(read(&"a".repeat(most)).is_ok());
        assert!(matches!(
            read(&"a".repeat(most + 1)),
            Err(SetupError::LongData)
        ));
    }
}
